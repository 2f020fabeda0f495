"""Children under 14: only a guardian may consent to the face check (人脸识别技术应用安全管理办法; PIPL, article 31)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.identity import Person
from kiosk.flow.context import Context
from kiosk.flow.effects import (
    CancelIdentify,
    ForgetConsent,
    ForgetPortrait,
    MatchFace,
    ReadGuardianCard,
    RememberConsent,
    RememberGuardian,
    RememberPerson,
)
from kiosk.flow.events import ConsentAnswered, GuardianCardRead
from kiosk.flow.moves import PURPOSE_FACE, PURPOSE_PORTRAIT, PURPOSE_PRESENCE, Result, enter
from kiosk.flow.states import FlowState, Step

CONSENTS_FROM_AGE = 14
ADULT_AGE = 18


def needs_guardian(person: Person, context: Context) -> bool:
    """True for a child under 14."""
    age = person.age_on(context.today)
    return age is not None and age < CONSENTS_FROM_AGE


def begin_with_guardian(state: FlowState, remember: RememberPerson) -> Result:
    """The child's own "yes" is void; the camera closes until a guardian has answered."""
    return enter(state, Step.GUARDIAN_CARD, busy=True), (
        CancelIdentify(),
        remember,
        ForgetConsent(PURPOSE_FACE),
        ForgetConsent(PURPOSE_PORTRAIT),
        ForgetConsent(PURPOSE_PRESENCE),
        ReadGuardianCard(),
    )


def take_guardian_card(state: FlowState, event: GuardianCardRead, context: Context) -> Result:
    """Ask the guardian, if the card can be one's."""
    if reason := _reason_against(event.person, context):
        return replace(state, busy=False, reason=reason), ()
    return enter(state, Step.GUARDIAN_CONSENT), (RememberGuardian(event.person),)


def _reason_against(guardian: Person, context: Context) -> str:
    child = context.session.person
    if child is None or guardian.is_same_as(child):
        return "guardian.same_card"
    if guardian.card_is_expired_on(context.today):
        return "guardian.card_expired"
    age = guardian.age_on(context.today)
    return "" if age is not None and age >= ADULT_AGE else "guardian.not_adult"


def answer_as_guardian(state: FlowState, event: ConsentAnswered, _context: Context) -> Result:
    """The guardian's answer is recorded with their name; "no" leads to the other ways."""
    noted = RememberConsent(PURPOSE_FACE, event.granted, state.language, by_guardian=True)
    if not event.granted:
        return enter(replace(state, route=None), Step.ROUTE), (noted, ForgetPortrait())
    return enter(state, Step.FACE, busy=True), (noted, MatchFace())
