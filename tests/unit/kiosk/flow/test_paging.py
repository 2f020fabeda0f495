"""长辈版: one question a screen, and the same answers in the end."""

from __future__ import annotations

import pytest

from kiosk.domain.aids import PLAIN, Aids
from kiosk.flow import events as ev
from kiosk.flow import knowing
from kiosk.flow.aid_events import AidsChosen
from kiosk.flow.presenter import present
from kiosk.flow.states import Step
from kiosk.flow.views import FormView
from tests.helpers.people import FACE, PERMIT, sample_person
from tests.helpers.visitor import Visitor

ELDER = Aids(elder=True)
ANSWERS = {"current_address": "测试路 2 号", "reason": "work", "phone": "13800000000"}


@pytest.fixture
def subject() -> Visitor:
    newcomer = sample_person(id_number="42010219920214123X")
    return Visitor().identifies(PERMIT, FACE, newcomer).does(AidsChosen(ELDER))


def form(visitor: Visitor) -> FormView:
    model = visitor.shown()
    assert isinstance(model, FormView)
    return model


def names(visitor: Visitor) -> list[str]:
    return [field.name for field in form(visitor).fields]


def test_what_is_known_stands_first_and_every_question_alone(subject: Visitor) -> None:
    whole = [field.name for field in knowing.shown(subject.context.item(PERMIT), subject.context)]
    seen = [names(subject)]
    assert len(seen[0]) > 1, "what the card told"
    for name in (name for name in whole if name not in seen[0]):
        subject.does(ev.Continue())
        seen.append(names(subject))
        assert seen[-1] == [name]
        subject.does(ev.FieldEntered(name, ANSWERS[name]))
    assert [name for page in seen for name in page] == whole
    assert (form(subject).number, form(subject).total) == (len(seen), len(seen))
    subject.does(ev.Continue())
    assert subject.state.step is not Step.FORM


def test_a_question_that_is_not_answered_well_stays_with_its_complaint(subject: Visitor) -> None:
    subject.does(ev.Continue())
    (asked,) = names(subject)
    subject.does(ev.Continue())
    assert names(subject) == [asked]
    assert form(subject).fields[0].problem


def test_back_leads_to_the_question_before_and_no_further(subject: Visitor) -> None:
    first = names(subject)
    assert not present(subject.state, subject.context).chrome.can_go_back
    subject.does(ev.Continue())
    assert present(subject.state, subject.context).chrome.can_go_back
    subject.does(ev.Back(), ev.Back())
    assert (subject.state.step, names(subject)) == (Step.FORM, first)


def test_leaving_elder_mode_shows_the_whole_form_with_its_answers(subject: Visitor) -> None:
    subject.does(ev.Continue())
    (asked,) = names(subject)
    subject.does(ev.FieldEntered(asked, ANSWERS[asked]), AidsChosen(PLAIN))
    assert {asked, "name"} <= set(names(subject))
    assert subject.session.values[asked] == ANSWERS[asked]


def test_a_defect_found_at_the_end_opens_its_page(subject: Visitor) -> None:
    pages = form(subject).total
    for _ in range(pages - 1):
        subject.does(ev.Continue())
        for name in names(subject):
            subject.does(ev.FieldEntered(name, ANSWERS[name]))
    subject.does(ev.FieldEntered("phone", "12"))
    subject.does(ev.Continue())
    assert subject.state.step is Step.FORM
    assert "phone" in names(subject)
