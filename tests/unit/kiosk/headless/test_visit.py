"""One notice tells everything: mending all that it lists leads to acceptance (一次告知)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.catalogue.models import FieldKind, FormField
from kiosk.demo.residents import Resident, sample_residents
from kiosk.domain.days import DaySpan
from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.flow import form
from kiosk.headless.dry import DryWorld
from kiosk.headless.visit import HeadlessVisit
from tests.helpers.people import TODAY, sample_catalogue

ELDER, WORKER = sample_residents()
ITEMS = tuple(item.id for item in sample_catalogue().items)


def _run(resident: Resident, item: str, *, online: bool = True) -> HeadlessVisit:
    code = sample_catalogue().item(item)
    assert code is not None
    visit = HeadlessVisit(DryWorld(sample_catalogue(), resident, TODAY, online=online), resident, code.code, Route.ID_CARD_STAFF)
    visit.run()
    return visit


def test_a_visit_in_traditional_characters_is_told_and_kept_so() -> None:
    code = sample_catalogue().item("senior_card")
    assert code is not None
    refused = HeadlessVisit(DryWorld(sample_catalogue(), WORKER, TODAY), WORKER, code.code, Route.ID_CARD_STAFF, Language.ZH_HANT)
    assert refused.run().notice == [{"reason": "這件事要滿 60 週歲才能辦"}]
    world = DryWorld(sample_catalogue(), ELDER, TODAY)
    assert HeadlessVisit(world, ELDER, code.code, Route.ID_CARD_STAFF, Language.ZH_HANT).run().ok
    (case,) = world.stored
    assert case.language is Language.ZH_HANT
    assert {one.language for one in case.consents} == {Language.ZH_HANT}
    assert case.person == ELDER.person, "what stands on the card is never converted"


def test_who_may_not_is_told_every_condition_at_once() -> None:
    report = _run(WORKER, "senior_card").report
    assert not report.ok
    assert report.notice == [{"reason": "这件事要满 60 周岁才能办"}]


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("online", [True, False])
def test_nothing_of_the_resident_is_left(item: str, online: bool) -> None:
    for resident in (ELDER, WORKER):
        visit = _run(resident, item, online=online)
        assert visit.session.is_empty


_WRONG = st.sampled_from(["", " ", "x" * 300, "\x00", "12", "-1", "1999-02-31", "2999-01-01", "nobody"])


def _wrong_for(field: FormField, value: str) -> bool:
    return bool(form.problems((field,), {field.name: value}, TODAY))


@settings(max_examples=40)
@given(item=st.sampled_from(ITEMS), wrong=st.lists(_WRONG, min_size=30, max_size=30))
def test_mending_all_that_one_notice_lists_leads_to_acceptance(item: str, wrong: list[str]) -> None:
    found = sample_catalogue().item(item)
    assert found is not None
    answers = {one.name: wrong[n % len(wrong)] for n, one in enumerate(found.fields)}
    for resident in (ELDER, WORKER):
        first = _run(Resident(resident.person, {}, answers), item, online=False)
        listed = {line["field"] for line in first.report.notice if "field" in line}
        mended = {name: value for name, value in answers.items() if name not in listed}
        fields = {one.name: one for one in found.fields}
        usable = {name: value for name, value in mended.items() if not _wrong_for(fields[name], value)}
        second = _run(Resident(resident.person, {}, usable), item, online=False)
        assert second.report.ok or any("reason" in line and "field" not in line for line in second.report.notice)


def test_typical_answers_are_of_the_kind_that_is_asked_for() -> None:
    for item in sample_catalogue().items:
        for one in item.fields:
            answer = ELDER.answer(one, TODAY)
            assert not _wrong_for(one, answer), one.name
            assert one.kind is not FieldKind.DATE or (answer > TODAY.isoformat()) == (one.days is DaySpan.FUTURE)
