"""How the resident is identified: every handler from the choice of a way to the proof, or to the next way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.catalogue import deciding
from kiosk.catalogue.card_facts import card_facts
from kiosk.domain.identity import Person, Route
from kiosk.flow import eligibility, gathering, routes
from kiosk.flow.context import Context
from kiosk.flow.effects import (
    CancelIdentify,
    CheckStaff,
    DeviceEffect,
    ForgetPortrait,
    MatchFace,
    PrepareCamera,
    ReadCard,
    ReadCredential,
    ReadGuardianCard,
    RememberConsent,
    RememberPerson,
    RememberProof,
    RequestSms,
)
from kiosk.flow.events import (
    CardFailed,
    CardWasRead,
    ConsentAnswered,
    CredentialFailed,
    CredentialShown,
    Event,
    PersonProved,
    ProofFailed,
    RouteChosen,
    ServiceChanged,
    SmsFailed,
    StaffCodeEntered,
)
from kiosk.flow.guardians import begin_with_guardian, needs_guardian
from kiosk.flow.moves import PURPOSE_FACE, PURPOSE_PORTRAIT, PURPOSE_PRESENCE, Result, enter
from kiosk.flow.states import FlowState, Step


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What a step waits for, and how that begins anew."""

    device: str
    lost: str
    """The failure that says the device has gone."""
    start: DeviceEffect


ATTEMPTS: dict[Step, _Attempt] = {
    Step.CARD: _Attempt("id_card_reader", "card.reader_lost", ReadCard()),
    Step.GUARDIAN_CARD: _Attempt("id_card_reader", "card.reader_lost", ReadGuardianCard()),
    Step.FACE: _Attempt("camera", "face.camera_lost", MatchFace()),
    Step.CREDENTIAL: _Attempt("barcode_scanner", "credential.scanner_lost", ReadCredential()),
}
LOST_REASONS = frozenset(attempt.lost for attempt in ATTEMPTS.values())
"""Failures of a device that can come back: the step goes on by itself when it has."""


def choose_route(state: FlowState, event: RouteChosen, context: Context) -> Result:
    """Start the chosen way to identify, if it is open."""
    if event.route not in routes.offered(state, context):
        return state, ()
    chosen = replace(state, route=event.route)
    if reason := routes.closed_reason(state, event.route, context):
        return replace(chosen, reason=reason), ()
    match event.route:
        case Route.ID_CARD_FACE:
            return enter(chosen, Step.FACE_CONSENT), ()
        case Route.ELECTRONIC_CREDENTIAL:
            return enter(chosen, Step.CREDENTIAL, busy=True), (ReadCredential(),)
        case _:
            return enter(chosen, Step.CARD, busy=True), (ReadCard(),)


def answer_face_consent(state: FlowState, event: ConsentAnswered, context: Context) -> Result:
    """ "Yes" reads the card next; "no" is as good an answer and leads back to the other ways.

    Where the screen also told of the platform's photo, or of what the camera does later, the answer is noted for that too.
    """
    told = ((PURPOSE_PORTRAIT, context.readiness.platform_portraits), (PURPOSE_PRESENCE, context.readiness.presence))
    purposes = (PURPOSE_FACE, *(purpose for purpose, is_told in told if is_told))
    noted = tuple(RememberConsent(purpose, event.granted, state.language) for purpose in purposes)
    if not event.granted:
        return enter(replace(state, route=None), Step.ROUTE), noted
    return enter(state, Step.CARD, busy=True), (*noted, PrepareCamera(), ReadCard())


def take_card(state: FlowState, event: CardWasRead, context: Context) -> Result:
    """Card read: check the holder against the item and what was tried before, then go the chosen way on."""
    if _is_somebody_else(event.person, context):
        return replace(state, busy=False, reason="card.other_person"), ()
    if refused := not_for_holder(state, event.person, context):
        return refused, (CancelIdentify(),)
    state = routes.adopt(state, event.standings)
    route = state.route
    if route is None or routes.seconds_paused(state, route, context):
        return _leave_way(state, routes.PAUSED)
    match route:
        case Route.ID_CARD_FACE:
            return _begin_face(state, event, context)
        case Route.ID_CARD_SMS:
            waiting = enter(replace(state, sms_sent_s=None), Step.SMS, busy=True)
            return waiting, (RememberPerson(event.person, None), RequestSms())
        case _:
            return enter(state, Step.STAFF), (RememberPerson(event.person, None),)


def _begin_face(state: FlowState, event: CardWasRead, context: Context) -> Result:
    # A child's guardian is asked about the card's photo only: the platform's is then left where it is.
    needs_card_photo = not context.readiness.platform_portraits or needs_guardian(event.person, context)
    if event.portrait is None and needs_card_photo:
        return _leave_way(routes.close(state, Route.ID_CARD_FACE, "card.no_portrait"), "card.no_portrait")
    remember = RememberPerson(event.person, event.portrait)
    if needs_guardian(event.person, context):
        return begin_with_guardian(state, remember)
    return enter(state, Step.FACE, busy=True), (remember, MatchFace())


def _is_somebody_else(person: Person, context: Context) -> bool:
    """One visit is one person's: whoever comes next begins a visit of their own."""
    session = context.session
    return session.proof is not None and session.person is not None and not session.person.is_same_as(person)


def not_for_holder(state: FlowState, person: Person, context: Context) -> FlowState | None:
    """Where the visit goes when this item is not for the card's holder, as far as the card tells; ``None`` when it may be."""
    if not state.item_code:
        return None  # a progress query is for everybody
    item, rules = context.item(state.item_code), context.catalogue.rules
    if reason := eligibility.reason_against(item, person, context.today):
        return enter(state, Step.NOT_ELIGIBLE, reason=reason)
    failed = deciding.against(item, rules, rules.complete(card_facts(person, context.today)))
    return gathering.not_for_them(state, failed) if failed else None


def failed(state: FlowState, event: CardFailed | ProofFailed | CredentialFailed | SmsFailed, context: Context) -> Result:
    """Say why, and offer another try or another way.

    A device that was lost and is back already is used again at once. A failure that no further try can mend closes the way; the
    last try pauses it; both lead to the choice of the other ways.
    """
    if state.route is None:
        return state, ()
    after = replace(state, busy=False, reason=event.reason)
    if event.reason in LOST_REASONS:
        return _begin_again(after) if state.device_lost and _device_is_there(state, context) else (after, ())
    if event.reason == routes.PAUSED:
        return _leave_way(after, routes.PAUSED)
    if routes.CLOSES.get(event.reason) is state.route:
        return _leave_way(routes.close(after, state.route, event.reason), event.reason)
    if routes.costs_a_try(event.reason):
        after = routes.count_try(after, state.route, context)
        if routes.seconds_paused(after, state.route, context):
            return _leave_way(after, routes.TOO_MANY_TRIES)
    return after, ()


def _leave_way(state: FlowState, reason: str) -> Result:
    return enter(state, Step.ROUTE, reason=reason), (CancelIdentify(), ForgetPortrait())


def another_way(state: FlowState, _event: Event, _context: Context) -> Result:
    """Give this way up, and choose anew."""
    return enter(replace(state, route=None), Step.ROUTE), (CancelIdentify(), ForgetPortrait())


def device_changed(state: FlowState, _event: ServiceChanged, context: Context) -> Result:
    """The device this step waits for was lost: begin again by itself as soon as it is back."""
    if not _device_is_there(state, context):
        return replace(state, device_lost=True), ()
    if not state.busy and state.reason == ATTEMPTS[state.step].lost:
        return _begin_again(state)
    return state, ()


def try_again(state: FlowState, _event: Event, _context: Context) -> Result:
    """Once more, unless an attempt runs already."""
    return (state, ()) if state.busy else _begin_again(state)


def _begin_again(state: FlowState) -> Result:
    return replace(state, busy=True, reason="", device_lost=False), (ATTEMPTS[state.step].start,)


def _device_is_there(state: FlowState, context: Context) -> bool:
    return ATTEMPTS[state.step].device not in context.readiness.absent


def check_staff(state: FlowState, event: StaffCodeEntered, _context: Context) -> Result:
    """Check the badge; a second press meanwhile changes nothing."""
    if state.busy:
        return state, ()
    return replace(state, busy=True, reason=""), (CheckStaff(event.staff_id, event.pin),)


def take_credential(state: FlowState, event: CredentialShown, context: Context) -> Result:
    """The code names the person and proves them in one. It cannot be shown twice: it holds even if this item is not for them."""
    if _is_somebody_else(event.person, context):
        return failed(state, CredentialFailed("credential.wrong_person"), context)
    remember = (RememberPerson(event.person, None), RememberProof(event.proof))
    if refused := not_for_holder(state, event.person, context):
        return refused, remember
    after, effects = gathering.begin(state, event.person, event.proof, context)
    return after, (*remember, *effects)


def proved(state: FlowState, event: PersonProved, context: Context) -> Result:
    """The person is the card's holder: the portrait has done its work."""
    person = context.session.person
    if event.proof.route is not state.route or person is None:
        return state, ()  # a late answer of the other way
    after, effects = gathering.begin(state, person, event.proof, context)
    return after, (RememberProof(event.proof), ForgetPortrait(), *effects)
