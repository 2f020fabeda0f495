"""A value that is not right: corrected where the catalogue lets the resident, else noted for its keeper; the visit goes on."""

from __future__ import annotations

from contract.case_contents import CaseContents
from kiosk.domain.language import Language
from kiosk.flow import events as ev
from kiosk.flow.gathering_events import FieldDisputed
from kiosk.flow.review_views import Origin, ReviewView
from kiosk.flow.states import Step
from kiosk.flow.views import FormView
from kiosk.services.cases import contents_of, facts_of
from tests.helpers.people import SENIOR, STAFF, sample_person, sample_signature
from tests.helpers.visitor import Visitor

OLD_PHONE = "13900000001"


def _at_review() -> Visitor:
    subject = Visitor()
    subject.shared |= {"phone": OLD_PHONE, "pension_status": "正常发放"}
    subject.identifies("pension_certification", STAFF)
    assert subject.state.step is Step.REVIEW
    return subject


def _origin(subject: Visitor, name: str) -> Origin | None:
    model = subject.shown()
    assert isinstance(model, ReviewView)
    assert len(model.origins) == len(model.lines)
    return next((one for one in model.origins if one is not None and one.name == name), None)


def _contents(subject: Visitor) -> CaseContents:
    subject.session.signature = sample_signature()
    item = subject.context.item(subject.state.item_code)
    facts = facts_of(subject.context, item, Language.ZH)
    return contents_of(facts.cases[0], facts, None)


def test_the_review_tells_where_each_value_comes_from() -> None:
    subject = _at_review()
    assert _origin(subject, "name") == Origin("name", "card", "", may_change=True)
    assert _origin(subject, "id_number") == Origin("id_number", "card", "")
    phone = _origin(subject, "phone")
    assert phone is not None
    assert phone.source == "shared"
    assert phone.may_change
    assert phone.keeper
    status = _origin(subject, "pension_status")
    assert status is not None
    assert not status.may_change


def test_a_telephone_number_that_is_not_right_is_asked_and_then_the_residents() -> None:
    subject = _at_review()
    subject.does(FieldDisputed("phone"))
    assert subject.state.step is Step.FORM
    form = subject.shown()
    assert isinstance(form, FormView)
    (asked,) = (field for field in form.fields if field.name == "phone")
    assert (asked.value, asked.source) == (OLD_PHONE, "shared")
    assert asked.authority
    subject.does(ev.FieldEntered("phone", "13800000000"), ev.Continue())
    assert subject.state.step is Step.REVIEW
    assert _origin(subject, "phone") is None
    values = facts_of_values(subject)
    assert values["phone"] == ("13800000000", "resident")
    assert _contents(subject).disputed == ("phone",)


def facts_of_values(subject: Visitor) -> dict[str, tuple[str, str]]:
    subject.session.signature = sample_signature()
    facts = facts_of(subject.context, subject.context.item(subject.state.item_code), Language.ZH)
    return {value.name: (value.value, value.source) for value in facts.cases[0].values}


def test_what_an_authority_keeps_is_noted_and_the_matter_goes_on() -> None:
    subject = _at_review()
    subject.does(FieldDisputed("pension_status"))
    assert subject.state.step is Step.REVIEW
    noted = _origin(subject, "pension_status")
    assert noted is not None
    assert noted.is_disputed
    assert facts_of_values(subject)["pension_status"] == ("正常发放", "shared")
    assert _contents(subject).disputed == ("pension_status",)
    subject.does(ev.Continue())
    assert subject.state.step is Step.SIGN


def test_it_can_be_taken_back() -> None:
    subject = _at_review()
    subject.does(FieldDisputed("id_number"), FieldDisputed("id_number", is_wrong=False))
    assert _contents(subject).disputed == ()


def test_the_cards_number_is_noted_and_its_name_is_corrected_in_the_form() -> None:
    subject = _at_review()
    subject.does(FieldDisputed("id_number"))
    assert subject.state.step is Step.REVIEW
    subject.does(FieldDisputed("name"))
    assert subject.state.step is Step.FORM


def test_the_residents_own_words_and_unknown_names_are_left_alone() -> None:
    subject = Visitor()
    subject.identifies(SENIOR, STAFF)
    subject.does(ev.FieldEntered("phone", "13800000000"), ev.FieldEntered("collect", "village"), ev.Continue())
    assert subject.state.step is Step.REVIEW
    before = subject.state
    subject.does(FieldDisputed("phone"), FieldDisputed("collect"), FieldDisputed("nothing"))
    assert subject.state == before
    assert subject.session.disputed == set()


def test_it_is_forgotten_with_the_case() -> None:
    subject = _at_review()
    subject.does(FieldDisputed("id_number"), ev.Quit())
    assert subject.session.disputed == set()


def test_numbers_are_masked_in_the_review() -> None:
    subject = _at_review()
    model = subject.shown()
    assert isinstance(model, ReviewView)
    shown = " ".join(value for _, value in model.lines)
    assert OLD_PHONE not in shown
    assert "139****0001" in shown
    assert sample_person().id_number not in shown
    assert OLD_PHONE not in repr(model)


def test_the_form_of_a_matter_that_asks_a_relatives_number_masks_it_in_the_review() -> None:
    subject = Visitor()
    subject.identifies("family_account", STAFF)
    item = subject.context.item("family_account")
    subject.session.values |= {"family_member_id": "330302195801010005"}
    assert "family_member_id" in {field.name for field in item.fields}
    subject.state = subject.state.__class__(step=Step.REVIEW, item_code="family_account")
    model = subject.shown()
    assert isinstance(model, ReviewView)
    assert "330302********0005" in dict(model.lines).values()
