"""容缺受理: who is kept from it by rule, and by which table of working days its last day is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import assets
from kiosk.catalogue.deciding import From, Gathered, Handed, MaterialLine, Means, Status, material_lines, to_fetch
from kiosk.catalogue.models import Catalogue, Item
from kiosk.catalogue.reading import CatalogueError, read, texts_in
from kiosk.catalogue.rules import Facts
from kiosk.services.calendar import calendar_of, packaged_calendar

FOLDER = Path(assets.ROOT) / "catalogue"
LACKABLE = "unemployment_benefit"


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    return texts_in(FOLDER)


@pytest.fixture(scope="module")
def catalogue(texts: Mapping[str, str]) -> Catalogue:
    return read(texts)


def _item(catalogue: Catalogue, name: str = LACKABLE) -> Item:
    item = catalogue.item(name)
    assert item is not None
    return item


def _line(catalogue: Catalogue, facts: Facts, handed: Handed | None = None) -> MaterialLine:
    """The paper that may be handed in later, when no authority could be asked for it."""
    item = _item(catalogue)
    gathered = Gathered(frozenset(item.shared), frozenset())
    lines = material_lines(item, catalogue.rules, facts, handed or Handed(), Means(), gathered)
    (line,) = (line for line in lines if line.material.lack_days)
    return line


@pytest.mark.parametrize("facts", [{}, {"dishonest_listed": False}])
def test_whoever_is_not_known_to_be_listed_may_hand_it_in_later(catalogue: Catalogue, facts: Facts) -> None:
    line = _line(catalogue, facts)
    assert From.PROMISE in line.ways
    assert line.barred is None


def test_whoever_is_listed_may_not_and_is_told_why(catalogue: Catalogue) -> None:
    line = _line(catalogue, {"dishonest_listed": True})
    assert From.PROMISE not in line.ways
    assert line.barred is not None
    assert "失信" in line.barred.zh


def test_a_promise_made_before_it_was_known_does_not_count(catalogue: Catalogue) -> None:
    item = _item(catalogue)
    (needed,) = (one for one in item.materials if one.lack_days)
    handed = Handed(promised=frozenset({needed.id}))
    assert _line(catalogue, {}, handed).status is Status.PROMISED
    assert not _line(catalogue, {"dishonest_listed": True}, handed).is_settled


def test_nobody_is_looked_up_where_nothing_may_be_handed_in_later(catalogue: Catalogue) -> None:
    looked_up = {item.id for item in catalogue.items if "dishonest_listed" in item.shared}
    assert looked_up == {item.id for item in catalogue.items if any(one.lack_days for one in item.materials)}
    assert "dishonest_listed" in to_fetch(_item(catalogue), catalogue.rules, {}, Gathered())
    known = {"dishonest_listed": False}
    assert "dishonest_listed" not in to_fetch(_item(catalogue), catalogue.rules, known, Gathered())


def test_a_paper_that_must_come_from_the_resident_is_not_settled_by_what_an_authority_knows(catalogue: Catalogue) -> None:
    item = _item(catalogue, "residence_permit")
    known = frozenset({"residence_registered_since"})

    def source(item: Item) -> From:
        facts = {"residence_registered_since": "2024-01-01"}
        lines = material_lines(item, catalogue.rules, facts, Handed(), Means(), Gathered(known, known))
        return next(line.source for line in lines if line.id == "residence_registration")

    assert source(item) is From.SHARED
    stamped = tuple(replace(one, from_resident=True) for one in item.materials)
    assert source(replace(item, materials=stamped)) is not From.SHARED


def test_nor_by_an_electronic_certificate(catalogue: Catalogue) -> None:
    item = next(item for item in catalogue.items if any(one.certificate and one.when is None for one in item.materials))

    def offered(item: Item) -> set[From]:
        lines = material_lines(item, catalogue.rules, {}, Handed(), Means(scanner=True), Gathered(frozenset(item.shared)))
        return {way for line in lines for way in line.ways}

    assert From.CERTIFICATE in offered(item)
    stamped = tuple(replace(one, from_resident=True) for one in item.materials)
    assert From.CERTIFICATE not in offered(replace(item, materials=stamped))


def test_the_table_of_the_catalogue_is_in_force_and_without_one_that_of_the_program(texts: Mapping[str, str]) -> None:
    mine = "valid_from: 2027-01-01\nvalid_to: 2027-12-31\nholidays: [2027-01-01]\nworked: [2027-01-03]\n"
    published = read({**texts, "working-days.yaml": mine})
    assert calendar_of(published).after(date(2027, 1, 1), 1) == date(2027, 1, 3)
    without = read({path: text for path, text in texts.items() if path != "working-days.yaml"})
    assert calendar_of(without) is packaged_calendar()
    assert calendar_of(read(texts)) == packaged_calendar()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("valid_from: 2027-01-01\nvalid_to: 2026-01-01\n", "valid from"),
        ("valid_from: 2027-01-01\nvalid_to: 2027-12-31\nholidays: [2026-12-31]\n", "outside"),
        ("valid_from: 2027-01-01\nvalid_to: 2027-12-31\nholidays: [2027-01-02]\n", "not a week day"),
        ("valid_from: 2027-01-01\nvalid_to: 2027-12-31\nworked: [2027-01-04]\n", "not a Saturday or Sunday"),
        ("valid_from: 2027-01-01\nvalid_to: 2027-12-31\nholidays: [2027-01-04, 2027-01-04]\n", "twice"),
        ("valid_from: someday\nvalid_to: 2027-12-31\n", "valid_from"),
    ],
)
def test_a_table_that_promises_cannot_be_counted_by_is_refused(texts: Mapping[str, str], table: str, said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        read({**texts, "working-days.yaml": table})


@pytest.mark.parametrize(
    ("rule", "said"), [("!never_heard_of", "never_heard_of"), ('reason == "work"', "which residents say"), ("1 + 1", "rule")]
)
def test_a_rule_that_keeps_people_out_rests_on_card_and_authorities(texts: Mapping[str, str], rule: str, said: str) -> None:
    head = texts["catalogue.yaml"].replace("'!dishonest_listed'", f"'{rule}'")
    with pytest.raises(CatalogueError, match=said):
        read({**texts, "catalogue.yaml": head})
