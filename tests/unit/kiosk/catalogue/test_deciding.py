"""Which papers a person needs, why, and from where."""

from __future__ import annotations

import pytest

from kiosk.catalogue.deciding import From, Gathered, Handed, MaterialLine, Means, Status, material_lines, to_fetch, usual_source
from kiosk.catalogue.models import Catalogue, Item
from kiosk.catalogue.rules import Facts
from tests.helpers.people import sample_catalogue


@pytest.fixture
def catalogue() -> Catalogue:
    return sample_catalogue()


def _item(catalogue: Catalogue, name: str) -> Item:
    item = catalogue.item(name)
    assert item is not None
    return item


def _lines(catalogue: Catalogue, name: str, facts: Facts, **changes: object) -> dict[str, MaterialLine]:
    given: dict[str, object] = {"handed": Handed(), "means": Means(), "gathered": Gathered(given=frozenset(facts))} | changes
    known = catalogue.rules.complete(facts)
    return {line.id: line for line in material_lines(_item(catalogue, name), catalogue.rules, known, **given)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("household", "papers"),
    [
        ("local", ["id_card", "household_register"]),
        ("other", ["id_card", "social_insurance_record", "tax_clearance", "residence_permit_copy"]),
    ],
)
def test_buying_a_house_asks_each_person_for_just_their_papers_with_reasons(
    catalogue: Catalogue, household: str, papers: list[str]
) -> None:
    lines = _lines(catalogue, "home_purchase", {"household": household})
    assert list(lines) == papers
    assert all(line.why.zh and line.why.en for line in lines.values())
    assert {line.source for line in lines.values()} == {From.CARD, From.SHARED}
    assert not any(line.undecided for line in lines.values())


def test_while_it_is_not_known_who_asks_the_papers_of_both_are_marked_undecided(catalogue: Catalogue) -> None:
    lines = _lines(catalogue, "home_purchase", {})
    assert len(lines) == 5
    assert [line.undecided for line in lines.values()] == [False, True, True, True, True]


def test_what_an_authority_gave_is_there_and_what_it_did_not_give_is_asked_for(catalogue: Catalogue) -> None:
    given = _lines(catalogue, "residence_permit", {"residence_registered_since": "2024-01-01"})
    assert given["residence_registration"].status is Status.HERE
    asked = _lines(catalogue, "residence_permit", {}, gathered=Gathered(frozenset({"residence_registered_since"})))
    line = asked["residence_registration"]
    assert (line.status, line.ways) == (Status.TO_DO, (From.SCAN, From.DECLARE))


def test_the_resident_s_own_word_is_no_word_of_the_authority(catalogue: Catalogue) -> None:
    facts = {"residence_registered_since": "2024-01-01"}
    gathered = Gathered(frozenset(facts), given=frozenset())
    assert _lines(catalogue, "residence_permit", facts, gathered=gathered)["residence_registration"].status is Status.TO_DO


def test_only_ways_that_are_open_are_offered_and_none_says_so(catalogue: Catalogue) -> None:
    gathered = Gathered(frozenset({"driver_medical_report"}))
    closed = Means(sharing=False, scanner=False, document_camera=False)
    lines = _lines(catalogue, "licence_renewal", {}, means=closed, gathered=gathered)
    assert lines["driver_medical"].ways == (From.DECLARE,)
    assert (lines["id_photo"].status, lines["id_photo"].source) == (Status.MISSING, From.BRING)


def test_only_a_secondary_paper_may_come_later(catalogue: Catalogue) -> None:
    lines = _lines(catalogue, "id_card_renewal", {})
    assert From.PROMISE in lines["id_photo"].ways
    assert From.PROMISE not in lines["old_id_card"].ways
    promised = _lines(catalogue, "id_card_renewal", {}, handed=Handed(promised=frozenset({"id_photo"})))
    assert promised["id_photo"].status is Status.PROMISED


@pytest.mark.parametrize(
    ("handed", "source"),
    [
        (Handed(scanned=frozenset({"residence_registration"})), From.SCAN),
        (Handed(declared=frozenset({"residence_registration"})), From.DECLARE),
        (Handed(certificates={"residence_registration": "1.2"}), From.CERTIFICATE),
    ],
)
def test_what_was_handed_in_is_there(catalogue: Catalogue, handed: Handed, source: From) -> None:
    gathered = Gathered(frozenset({"residence_registered_since"}))
    line = _lines(catalogue, "residence_permit", {}, handed=handed, gathered=gathered)["residence_registration"]
    assert (line.source, line.status) == (source, Status.HERE)


def test_only_what_the_matter_needs_is_fetched_and_nothing_twice(catalogue: Catalogue) -> None:
    item, rules = _item(catalogue, "home_purchase"), catalogue.rules
    local = to_fetch(item, rules, rules.complete({"household": "local"}), Gathered())
    assert "household_registration" in local
    assert not {"social_insurance_status", "tax_paid_months", "residence_permit_number"} & set(local)
    assert to_fetch(item, rules, rules.complete({"household": "local"}), Gathered(frozenset(local))) == ()


def test_before_anybody_is_known_each_paper_names_its_usual_source(catalogue: Catalogue) -> None:
    for item in catalogue.items:
        for needed in item.materials:
            assert usual_source(needed) is not From.BRING, f"{item.id}: {needed.id}"


def test_a_bundle_asks_no_element_and_no_paper_twice(catalogue: Catalogue) -> None:
    for bundle in (item for item in catalogue.items if item.parts):
        names = [field.name for field in bundle.fields]
        papers = [needed.id for needed in bundle.materials]
        assert len(names) == len(set(names))
        assert len(papers) == len(set(papers))
        assert len(names) < sum(len(part.item.fields) for part in bundle.parts)


def test_yiqiban_has_its_four_matters_is_free_and_done_the_same_day(catalogue: Catalogue) -> None:
    bundle = _item(catalogue, "yiqiban")
    assert [part.item.id for part in bundle.parts] == [
        "sole_trader",
        "seal_engraving",
        "invoice_application",
        "employer_registration",
    ]
    assert bundle.promised_days == 0
