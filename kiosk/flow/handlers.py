"""What each row of the table does. Every handler is pure: (state, event, context) → (new state, effects)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.identity import Route
from kiosk.flow import eligibility, form
from kiosk.flow.context import Context
from kiosk.flow.effects import (
    AwaitDelivery,
    CancelIdentify,
    CheckStaff,
    CommitCase,
    Effect,
    ForgetPortrait,
    MatchFace,
    PrintSlip,
    ReadCard,
    RememberCase,
    RememberConsent,
    RememberDelivery,
    RememberField,
    RememberPerson,
    RememberProof,
    RememberSignature,
    StoreRating,
    Wipe,
)
from kiosk.flow.events import (
    CardFailed,
    CardWasRead,
    CaseRefused,
    CaseStored,
    ConsentAnswered,
    DeliveryKnown,
    Event,
    FieldEntered,
    ItemChosen,
    LanguageChosen,
    PersonProved,
    ProofFailed,
    RatingGiven,
    RouteChosen,
    ServiceChanged,
    SignatureDrawn,
    SlipFailed,
    SlipPrinted,
    StaffCodeEntered,
)
from kiosk.flow.states import IDENTIFYING, FlowState, Paper, Step

Result = tuple[FlowState, tuple[Effect, ...]]

PREVIOUS: dict[Step, Step] = {
    Step.GUIDE: Step.HOME,
    Step.CONSENT: Step.GUIDE,
    Step.ROUTE: Step.GUIDE,
    Step.FACE_CONSENT: Step.ROUTE,
    Step.CARD: Step.ROUTE,
    Step.FACE: Step.ROUTE,
    Step.STAFF: Step.ROUTE,
    Step.NOT_ELIGIBLE: Step.HOME,
    Step.REVIEW: Step.FORM,
    Step.SIGN: Step.REVIEW,
}
"""Where *Back* leads. Never back over the identification: form and review belong to the person who was proved."""

READER_LOST, CAMERA_LOST = "card.reader_lost", "face.camera_lost"
LOST_REASONS = frozenset({READER_LOST, CAMERA_LOST})
"""Failures of a device that can come back: the step goes on by itself when it has."""

PURPOSE_DATA = "case_data"
PURPOSE_FACE = "face"


def go(to: Step) -> Callable[[FlowState, Event, Context], Result]:
    """A handler that only moves on."""

    def move(state: FlowState, _event: Event, _context: Context) -> Result:
        return _enter(state, to), ()

    move.__name__ = f"go_{to.value}"
    return move


def keep(state: FlowState, _event: Event, _context: Context) -> Result:
    """Nothing changes; the event is only for the screen."""
    return state, ()


def wake(state: FlowState, _event: Event, _context: Context) -> Result:
    """A visit begins."""
    return FlowState(step=Step.HOME, language=state.language), ()


def open_or_close(state: FlowState, event: ServiceChanged, _context: Context) -> Result:
    """At rest, show whether the machine serves."""
    return replace(state, step=Step.IDLE if event.serving else Step.OUT_OF_SERVICE), ()


def choose_language(state: FlowState, event: LanguageChosen, _context: Context) -> Result:
    """Speak another language; the visit stays where it is."""
    return replace(state, language=event.language), ()


def choose_item(state: FlowState, event: ItemChosen, context: Context) -> Result:
    """Show the item's guide; an item that cannot be done now stays on the home screen with its reason."""
    if context.catalogue.item(event.code) is None:
        return state, ()
    reason = context.readiness.item_reasons.get(event.code, "")
    if reason:
        return replace(state, item_code=event.code, reason=reason), ()
    return _enter(replace(state, item_code=event.code), Step.GUIDE), ()


def answer_data_consent(state: FlowState, event: ConsentAnswered, _context: Context) -> Result:
    """Without consent to handle the data the item cannot be done; nothing has been taken yet."""
    if not event.granted:
        return _enter(state, Step.HOME), (Wipe(),)
    return _enter(state, Step.ROUTE), (RememberConsent(PURPOSE_DATA, True, state.language),)


def choose_route(state: FlowState, event: RouteChosen, context: Context) -> Result:
    """Start the chosen way to identify, if it is open to this visit."""
    reason = closed_reason(state, event.route, context)
    if reason:
        return replace(state, reason=reason), ()
    chosen = replace(state, route=event.route)
    if event.route is Route.ID_CARD_FACE:
        return _enter(chosen, Step.FACE_CONSENT), ()
    return _enter(chosen, Step.CARD, busy=True), (ReadCard(),)


def closed_reason(state: FlowState, route: Route, context: Context) -> str:
    """Why ``route`` cannot be taken now, empty when it can."""
    if state.tries_of(route) >= context.max_tries:
        return "route.too_many_tries"
    return context.readiness.route_reasons.get(route, "")


def answer_face_consent(state: FlowState, event: ConsentAnswered, _context: Context) -> Result:
    """ "Yes" reads the card next; "no" is as good an answer and leads back to the other ways."""
    noted = RememberConsent(PURPOSE_FACE, event.granted, state.language)
    if not event.granted:
        return _enter(replace(state, route=None), Step.ROUTE), (noted,)
    return _enter(state, Step.CARD, busy=True), (noted, ReadCard())


def take_card(state: FlowState, event: CardWasRead, context: Context) -> Result:
    """Card read: check eligibility before anything else is asked, then the person."""
    against = eligibility.reason_against(context.item(state.item_code).eligibility, event.person, context.today)
    if against:
        if event.portrait is not None:
            event.portrait.forget()
        return _enter(replace(state, reason=against), Step.NOT_ELIGIBLE, keep_reason=True), ()
    remember = RememberPerson(event.person, event.portrait)
    if state.route is Route.ID_CARD_STAFF:
        return _enter(state, Step.STAFF), (remember,)
    if event.portrait is None:
        return replace(state, busy=False, reason="card.no_portrait"), ()
    return _enter(state, Step.FACE, busy=True), (remember, MatchFace())


def card_failed(state: FlowState, event: CardFailed, context: Context) -> Result:
    """Say why, and offer another try; a reader that was lost and is back already is read again at once."""
    failed = replace(state, busy=False, reason=event.reason)
    if state.device_lost and event.reason == READER_LOST and _is_open(Route.ID_CARD_STAFF, context):
        return _read_card(failed)
    return failed, ()


def reader_changed(state: FlowState, _event: ServiceChanged, context: Context) -> Result:
    """The reader was lost while the card was awaited: wait for the card again by itself as soon as the reader is back."""
    if not _is_open(Route.ID_CARD_STAFF, context):
        return replace(state, device_lost=True), ()
    if not state.busy and state.reason == READER_LOST:
        return _read_card(state)
    return state, ()


def read_card_again(state: FlowState, _event: Event, _context: Context) -> Result:
    """Wait for the card once more, unless the reader is waiting already."""
    return (state, ()) if state.busy else _read_card(state)


def camera_changed(state: FlowState, _event: ServiceChanged, context: Context) -> Result:
    """The camera was lost during the face check: begin it again by itself as soon as the camera is back."""
    if not _is_open(Route.ID_CARD_FACE, context):
        return replace(state, device_lost=True), ()
    if not state.busy and state.reason == CAMERA_LOST:
        return _match_face(state)
    return state, ()


def match_face_again(state: FlowState, _event: Event, _context: Context) -> Result:
    """Another liveness challenge, unless one runs already."""
    return (state, ()) if state.busy else _match_face(state)


def _is_open(route: Route, context: Context) -> bool:
    """True when the devices that ``route`` needs are there; the staff route needs the card reader alone."""
    return route not in context.readiness.route_reasons


def _read_card(state: FlowState) -> Result:
    return replace(state, busy=True, reason="", device_lost=False), (ReadCard(),)


def _match_face(state: FlowState) -> Result:
    return replace(state, busy=True, reason="", device_lost=False), (MatchFace(),)


def check_staff(state: FlowState, event: StaffCodeEntered, _context: Context) -> Result:
    """Check the badge; a second press meanwhile changes nothing."""
    if state.busy:
        return state, ()
    return replace(state, busy=True, reason=""), (CheckStaff(event.staff_id, event.pin),)


def proved(state: FlowState, event: PersonProved, context: Context) -> Result:
    """The person is the card's holder: the portrait has done its work, the form is filled in from the card."""
    if event.proof.route is not state.route:
        return state, ()  # a late answer of the other way
    person = context.session.person
    known = form.prefilled(context.item(state.item_code), person) if person is not None else {}
    fields = tuple(RememberField(name, value) for name, value in known.items())
    return _enter(state, Step.FORM), (RememberProof(event.proof), ForgetPortrait(), *fields)


def proof_failed(state: FlowState, event: ProofFailed, context: Context) -> Result:
    """Count the try. After the last one the route is closed for this visit and the others are offered."""
    if state.route is None:
        return state, ()
    if event.reason == CAMERA_LOST:
        return _camera_lost(state, context)
    counted = dict(state.tries) | {state.route: state.tries_of(state.route) + 1}
    after = replace(state, tries=tuple(counted.items()), reason=event.reason, busy=False)
    if after.tries_of(state.route) < context.max_tries:
        return after, ()
    closed = replace(after, route=None, reason="route.too_many_tries")
    return _enter(closed, Step.ROUTE, keep_reason=True), (ForgetPortrait(),)


def _camera_lost(state: FlowState, context: Context) -> Result:
    """The machine's own trouble costs the resident no try; a camera that is back already is used at once."""
    failed = replace(state, busy=False, reason=CAMERA_LOST)
    if state.device_lost and _is_open(Route.ID_CARD_FACE, context):
        return _match_face(failed)
    return failed, ()


def other_item(state: FlowState, _event: Event, _context: Context) -> Result:
    """Not eligible: back to all items, with nothing of the card kept."""
    return _enter(FlowState(language=state.language), Step.HOME), (Wipe(),)


def enter_field(state: FlowState, event: FieldEntered, context: Context) -> Result:
    """Keep what was entered, and drop the complaint about that field."""
    if event.name not in {field.name for field in context.item(state.item_code).fields}:
        return state, ()
    remaining = tuple(problem for problem in state.invalid_fields if problem[0] != event.name)
    return replace(state, invalid_fields=remaining), (RememberField(event.name, event.value),)


def check_form(state: FlowState, _event: Event, context: Context) -> Result:
    """Go on when nothing is wrong, else tell everything that is, at once."""
    wrong = form.problems(context.item(state.item_code), context.session.values, context.today)
    if wrong:
        return replace(state, invalid_fields=wrong), ()
    return _enter(state, Step.REVIEW), ()


def sign(state: FlowState, event: SignatureDrawn, _context: Context) -> Result:
    """Store the case, once, as soon as there is a real signature."""
    if not event.signature.is_enough:
        return replace(state, reason="sign.too_little"), ()
    return _enter(state, Step.COMMITTING, busy=True), (RememberSignature(event.signature), CommitCase())


def stored(state: FlowState, event: CaseStored, _context: Context) -> Result:
    """Durable: from here on nothing can lose the case. Give delivery a moment before the slip is written."""
    remember = RememberCase(event.case_id, event.receipt_number, event.stored_at)
    return _enter(state, Step.DELIVERING, busy=True), (remember, AwaitDelivery())


def refused(state: FlowState, event: CaseRefused, _context: Context) -> Result:
    """Nothing was taken on; the session stays so that another try costs one touch."""
    return _enter(replace(state, reason=event.reason), Step.NOT_ACCEPTED, keep_reason=True), ()


def commit_again(state: FlowState, _event: Event, _context: Context) -> Result:
    """Another try to store the case."""
    return _enter(state, Step.COMMITTING, busy=True), (CommitCase(),)


def delivery_known(state: FlowState, event: DeliveryKnown, context: Context) -> Result:
    """Print the slip with the truth as it stands now, if there is a printer."""
    remember = RememberDelivery(event.delivered)
    arrived = _enter(state, Step.SLIP)
    if context.readiness.paper:
        return replace(arrived, paper=Paper.FAILED, paper_reason=context.readiness.paper), (remember,)
    return replace(arrived, paper=Paper.PRINTING), (remember, PrintSlip())


def delivery_came_late(state: FlowState, event: DeliveryKnown, _context: Context) -> Result:
    """The receipt came while the screen still stood: show it."""
    return state, (RememberDelivery(event.delivered),)


def slip_printed(state: FlowState, event: SlipPrinted, context: Context) -> Result:
    """The slip is out. A slip of an earlier visit, still printing when its resident left, says nothing about this one's."""
    if event.case_id != context.session.case_id:
        return state, ()
    return replace(state, paper=Paper.PRINTED, paper_reason=""), ()


def slip_failed(state: FlowState, event: SlipFailed, context: Context) -> Result:
    """The slip is not; the case is safe, and the screen says both. Of another case as above."""
    if event.case_id != context.session.case_id:
        return state, ()
    return replace(state, paper=Paper.FAILED, paper_reason=event.reason), ()


def print_again(state: FlowState, _event: Event, _context: Context) -> Result:
    """Another slip, a copy as far as the flow knows: part of the first may lie in somebody's hand. The journal knows better."""
    if state.paper is not Paper.FAILED:
        return state, ()
    return replace(state, paper=Paper.PRINTING, paper_reason=""), (PrintSlip(copy=True),)


def rate(state: FlowState, event: RatingGiven, context: Context) -> Result:
    """Keep the grade, then leave."""
    after, effects = leave(state, event, context)
    return after, (StoreRating(event.grade), *effects)


def leave(state: FlowState, _event: Event, _context: Context) -> Result:
    """End the visit from anywhere: everything personal is wiped before the farewell is shown."""
    stop = (CancelIdentify(),) if state.step in IDENTIFYING else ()
    return FlowState(step=Step.FAREWELL, language=state.language), (*stop, Wipe())


def rest(_state: FlowState, _event: Event, context: Context) -> Result:
    """Ready for the next resident, in the first language again."""
    closed = all(not context.readiness.can_do(item.code) for item in context.catalogue.items)
    return FlowState(step=Step.OUT_OF_SERVICE if closed else Step.IDLE), (Wipe(),)


def back(state: FlowState, _event: Event, _context: Context) -> Result:
    """One step back, giving up what a device was doing and forgetting what it had found."""
    to = PREVIOUS[state.step]
    if to is Step.HOME:
        return FlowState(step=to, language=state.language), (Wipe(),)
    if state.step in IDENTIFYING:
        return _enter(replace(state, route=None), to), (CancelIdentify(), ForgetPortrait())
    return _enter(state, to), ()


def warn_idle(state: FlowState, _event: Event, _context: Context) -> Result:
    """Ask whether anybody is still there."""
    return replace(state, idle_warning=True), ()


def stay(state: FlowState, _event: Event, _context: Context) -> Result:
    """Somebody is."""
    return replace(state, idle_warning=False), ()


def _enter(state: FlowState, to: Step, *, busy: bool = False, keep_reason: bool = False) -> FlowState:
    return replace(
        state,
        step=to,
        busy=busy,
        reason=state.reason if keep_reason else "",
        invalid_fields=(),
        device_lost=False,
        idle_warning=False,
    )
