"""The packaged catalogue says what is so: reasons, promises and steps that fit, and rules that follow life and law."""

from __future__ import annotations

import pytest

from kiosk.catalogue.deciding import From, Gathered, Handed, Means, against, material_lines, parts_of
from kiosk.catalogue.models import Catalogue, Item
from kiosk.catalogue.rules import Facts
from tests.helpers.people import sample_catalogue


@pytest.fixture
def catalogue() -> Catalogue:
    return sample_catalogue()


def _item(catalogue: Catalogue, name: str) -> Item:
    """A listed matter, or one that only bundles contain."""
    parts = (part.item for item in catalogue.items for part in item.parts)
    return next(item for item in (*catalogue.items, *parts) if item.id == name)


def _papers(catalogue: Catalogue, name: str, facts: Facts) -> set[str]:
    item = _item(catalogue, name)
    return {line.id for line in material_lines(item, catalogue.rules, facts, Handed(), Means(), Gathered())}


def _refused(catalogue: Catalogue, name: str, facts: Facts) -> bool:
    return bool(against(_item(catalogue, name), catalogue.rules, facts))


def test_nobody_is_promised_a_text_message_without_a_telephone_number(catalogue: Catalogue) -> None:
    for item in (*catalogue.items, *(part.item for bundle in catalogue.items for part in bundle.parts)):
        texts = "".join(words.zh for words in (*item.guide, item.output))
        if "短信" in texts:
            assert "phone" in {field.name for field in item.fields}, item.id


@pytest.mark.parametrize(("said", "fields"), [("年份", {"year"}), ("用途", {"purpose", "archive_purpose"}), ("时间", {"period"})])
def test_a_step_speaks_only_of_what_the_form_asks(catalogue: Catalogue, said: str, fields: set[str]) -> None:
    steps = [(item, step.zh) for item in catalogue.items for step in item.guide if said in step.zh and "选好" in step.zh]
    assert steps
    for item, step in steps:
        assert fields & {field.name for field in item.fields}, f"{item.id}: {step}"


def test_a_bundle_speaks_of_questions_only_when_it_asks_some(catalogue: Catalogue) -> None:
    for bundle in (item for item in catalogue.items if item.parts):
        assert any("回答" in step.zh for step in bundle.guide) == bool(bundle.questions), bundle.id


def test_no_matter_takes_longer_than_its_bundle_promises(catalogue: Catalogue) -> None:
    for bundle in (item for item in catalogue.items if item.parts):
        assert max(part.item.promised_days for part in bundle.parts) <= bundle.promised_days, bundle.id


def test_who_lost_the_card_is_not_asked_for_it(catalogue: Catalogue) -> None:
    assert "old_id_card" in _papers(catalogue, "id_card_renewal", {"renewal_reason": "expiring"})
    assert "old_id_card" not in _papers(catalogue, "id_card_renewal", {"renewal_reason": "lost"})


def test_the_marriage_certificate_is_asked_for_only_when_both_are_looked_up(catalogue: Catalogue) -> None:
    assert "marriage_certificate" in _papers(catalogue, "no_home_proof", {"with_spouse": True})
    assert "marriage_certificate" not in _papers(catalogue, "no_home_proof", {"with_spouse": False})


def test_a_death_is_not_taken_from_the_records_or_the_word_of_the_one_who_asks(catalogue: Catalogue) -> None:
    facts = {"death_registered": False}
    gathered = Gathered(frozenset(facts), frozenset(facts))
    item = _item(catalogue, "after_death")
    lines = material_lines(item, catalogue.rules, facts, Handed(), Means(), gathered)
    (line,) = (line for line in lines if line.id == "death_certificate")
    assert line.ways == (From.CERTIFICATE, From.SCAN)


@pytest.mark.parametrize(
    ("sex", "age", "refused"), [("male", 21, True), ("male", 22, False), ("female", 19, True), ("female", 20, False)]
)
def test_the_age_of_marriage_goes_by_sex(catalogue: Catalogue, sex: str, age: int, *, refused: bool) -> None:
    assert _refused(catalogue, "marriage_booking", {"sex": sex, "age": age}) is refused


def test_a_record_is_sent_to_the_station_without_saying_why(catalogue: Catalogue) -> None:
    facts: Facts = {"age": 30, "criminal_record": True}
    (told,) = against(_item(catalogue, "no_crime_proof"), catalogue.rules, facts)
    assert "犯罪" not in told.otherwise.zh
    assert "record" not in told.otherwise.en
    assert not _refused(catalogue, "no_crime_proof", {"age": 30, "criminal_record": False})


def test_who_left_of_their_own_wish_draws_nothing_and_still_registers(catalogue: Catalogue) -> None:
    facts: Facts = {"age": 30, "social_insurance_months": 24, "unemployment_reason": "own_wish"}
    assert _refused(catalogue, "unemployment_benefit", facts)
    bundle = _item(catalogue, "job_loss")
    assert not against(bundle, catalogue.rules, facts)
    parts = {part.item.id for part in parts_of(bundle, catalogue.rules, facts)}
    assert parts == {"unemployment_registration", "flexible_insurance"}
    others = parts_of(bundle, catalogue.rules, {**facts, "unemployment_reason": "dismissed"})
    assert "unemployment_benefit" in {part.item.id for part in others}
