"""What each row of the table does. Every handler is pure: (state, event, context) → (new state, effects)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.search_misses import anonymous
from kiosk.flow import gathering, policies, progressing, routes, shelving
from kiosk.flow.aid_events import AidsChosen, StaffTold
from kiosk.flow.context import Context
from kiosk.flow.effects import (
    AwaitDelivery,
    CallStaff,
    CancelGathering,
    CancelIdentify,
    CancelProgress,
    CancelProof,
    CommitCase,
    Effect,
    ForgetCase,
    NoteMiss,
    PrintSlip,
    RememberCase,
    RememberConsent,
    RememberDelivery,
    RememberField,
    RememberQuery,
    RememberSignature,
    StoreRating,
    Wipe,
)
from kiosk.flow.events import (
    CaseRefused,
    CaseStored,
    ConsentAnswered,
    DeliveryKnown,
    Event,
    FieldEntered,
    ItemChosen,
    LanguageChosen,
    RatingExplained,
    RatingGiven,
    SearchTyped,
    ServiceChanged,
    ShelfChosen,
    SignatureDrawn,
    SlipFailed,
    SlipPrinted,
)
from kiosk.flow.identifying import another_way, not_for_holder
from kiosk.flow.idle_events import IdleWarned
from kiosk.flow.moves import PURPOSE_DATA, Result, all_items, enter
from kiosk.flow.states import GATHERING_STEPS, IDENTIFYING, PROGRESS_STEPS, Aim, FlowState, Paper, StaffCall, Step

PREVIOUS: dict[Step, Step] = {
    Step.SEARCH: Step.HOME,
    Step.PROGRESS: Step.HOME,
    Step.POLICIES: Step.HOME,
    Step.PROGRESS_CARD: Step.PROGRESS,
    Step.PROGRESS_ANSWER: Step.HOME,
    Step.GUIDE: Step.HOME,
    Step.CONSENT: Step.GUIDE,
    Step.ROUTE: Step.GUIDE,
    Step.FACE_CONSENT: Step.ROUTE,
    **dict.fromkeys(IDENTIFYING, Step.ROUTE),
    Step.NOT_ELIGIBLE: Step.HOME,
    Step.PAPERS: Step.FORM,
    Step.HANDLING: Step.FORM,
    Step.REVIEW: Step.FORM,
    Step.SIGN: Step.REVIEW,
}
"""Where *Back* leads. Never back over the identification: form and review belong to the person who was proved."""


def wake(state: FlowState, _event: Event, _context: Context) -> Result:
    """A visit begins."""
    return FlowState(step=Step.HOME, language=state.language, aids=state.aids), ()


def open_or_close(state: FlowState, event: ServiceChanged, _context: Context) -> Result:
    """At rest, show whether the machine serves."""
    return replace(state, step=Step.IDLE if event.serving else Step.OUT_OF_SERVICE), ()


def choose_language(state: FlowState, event: LanguageChosen, _context: Context) -> Result:
    """Speak another language; the visit stays where it is."""
    return replace(state, language=event.language), ()


def choose_aids(state: FlowState, event: AidsChosen, _context: Context) -> Result:
    """See, hear or reach the screen in another way; the visit stays where it is, and begins where there was none."""
    return replace(state, step=Step.HOME if state.step is Step.IDLE else state.step, aids=event.aids, page=0), ()


def call_staff(state: FlowState, _event: Event, _context: Context) -> Result:
    """Call for somebody; whoever calls again is heard again."""
    return replace(state, staff_call=StaffCall.CALLING), (CallStaff(),)


def staff_told(state: FlowState, event: StaffTold, _context: Context) -> Result:
    """Say honestly whether anybody knows; an answer to nobody's call changes nothing."""
    if state.staff_call is StaffCall.NONE:
        return state, ()
    return replace(state, staff_call=StaffCall.TOLD if event.reached else StaffCall.UNREACHED), ()


def choose_item(state: FlowState, event: ItemChosen, context: Context) -> Result:
    """Show the item's guide; an item that cannot be done now stays on the home screen with its reason."""
    if context.catalogue.item(event.code) is None:
        return state, ()
    reason = context.readiness.item_reasons.get(event.code, "")
    if reason:
        return replace(state, item_code=event.code, reason=reason), ()
    return enter(replace(state, item_code=event.code, route=None, paper=Paper.NOT_ASKED, paper_reason=""), Step.GUIDE), ()


def choose_shelf(state: FlowState, event: ShelfChosen, context: Context) -> Result:
    """Show the matters of one category; a shelf that there is not shows those asked for most."""
    known = shelving.is_shelf(event.shelf, context.catalogue)
    return replace(state, shelf=event.shelf if known else "", item_code="", reason=""), ()


def leave_shelf(state: FlowState, _event: Event, _context: Context) -> Result:
    """Back to what is asked for most, and to all shelves."""
    return replace(state, shelf="", item_code="", reason=""), ()


def search(state: FlowState, event: SearchTyped, _context: Context) -> Result:
    """Look for what was typed."""
    return replace(state, item_code="", reason=""), (RememberQuery(event.text),)


def choose_found(state: FlowState, event: ItemChosen, context: Context) -> Result:
    """As on the home screen; what was typed is forgotten with it."""
    after, effects = choose_item(state, event, context)
    return after, (RememberQuery(""), *effects) if after.step is Step.GUIDE else effects


def choose_policy(state: FlowState, event: ItemChosen, context: Context) -> Result:
    """The matter by which one applies; what was fetched to match policies is not used for it."""
    after, effects = choose_item(state, event, context)
    if after.step is not Step.GUIDE:
        return state, ()  # one that cannot be done now is not offered here
    return after, (*_stopped(state), ForgetCase(), *effects)


def leave_search(state: FlowState, _event: Event, context: Context) -> Result:
    """Back to all items; what was typed is forgotten here too, or it would count once more when the search is opened again."""
    after, effects = all_items(state, context)
    return after, (*_missed(state, context), RememberQuery(""), *effects)


def answer_data_consent(state: FlowState, event: ConsentAnswered, context: Context) -> Result:
    """Without consent to handle the data the item cannot be done. Who is proved well enough already is not asked again."""
    if not event.granted:
        return all_items(state, context)
    noted = RememberConsent(PURPOSE_DATA, True, state.language)
    person, proof = context.session.person, context.session.proof
    if person is None or proof is None:
        return enter(replace(state, route=None), Step.ROUTE), (noted,)
    if not routes.is_enough(proof, context, state.item_code):
        return enter(replace(state, route=None), Step.ROUTE, reason="route.higher_level"), (noted,)
    if refused := not_for_holder(state, person, context):
        return refused, (noted,)
    after, effects = gathering.begin(state, person, proof, context)
    return after, (noted, *effects)


def other_item(state: FlowState, _event: Event, context: Context) -> Result:
    """Back to all items. Who is proved stays so; of a card that was only read nothing is kept."""
    return all_items(state, context)


def enter_field(state: FlowState, event: FieldEntered, context: Context) -> Result:
    """Keep what was entered, and drop the complaint about that field."""
    if event.name not in {field.name for field in context.item(state.item_code).fields}:
        return state, ()
    remaining = tuple(problem for problem in state.invalid_fields if problem[0] != event.name)
    return replace(state, invalid_fields=remaining), (RememberField(event.name, event.value),)


def sign(state: FlowState, event: SignatureDrawn, _context: Context) -> Result:
    """Store the case, once, as soon as there is a real signature."""
    if not event.signature.is_enough:
        return replace(state, reason="sign.too_little"), ()
    return enter(state, Step.COMMITTING, busy=True), (RememberSignature(event.signature), CommitCase())


def stored(state: FlowState, event: CaseStored, _context: Context) -> Result:
    """Durable: from here on nothing can lose the case. Give delivery a moment before the slip is written."""
    others = tuple((part.item_code, part.receipt_number) for part in event.others)
    remember = RememberCase(event.case_id, event.receipt_number, event.stored_at, others)
    return enter(state, Step.DELIVERING, busy=True), (remember, AwaitDelivery())


def refused(state: FlowState, event: CaseRefused, _context: Context) -> Result:
    """Nothing was taken on; the session stays so that another try costs one touch."""
    return enter(state, Step.NOT_ACCEPTED, reason=event.reason), ()


def commit_again(state: FlowState, _event: Event, _context: Context) -> Result:
    """Another try to store the case."""
    return enter(state, Step.COMMITTING, busy=True), (CommitCase(),)


def delivery_known(state: FlowState, event: DeliveryKnown, context: Context) -> Result:
    """Print the slip with the truth as it stands now, if there is a printer."""
    remember = RememberDelivery(event.delivered)
    arrived = enter(state, Step.SLIP)
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
    """Who is satisfied is done; who is not may say why."""
    if event.grade.is_bad:
        return replace(enter(state, Step.RATING_WHY), grade=event.grade), ()
    after, effects = ask_for_another(state, event, context)
    return after, (StoreRating(event.grade), *effects)


def explain_rating(state: FlowState, event: RatingExplained, context: Context) -> Result:
    """Keep grade and reasons, then ask for another matter."""
    after, effects = ask_for_another(state, event, context)
    return replace(after, grade=None), (StoreRating(state.grade, event.reasons), *effects)


def skip_rating(state: FlowState, event: Event, context: Context) -> Result:
    """A skip is kept as a skip."""
    after, effects = ask_for_another(state, event, context)
    return after, (StoreRating(None), *effects)


def ask_for_another(state: FlowState, _event: Event, _context: Context) -> Result:
    """Done with this case: it is forgotten here and now, whatever is answered."""
    return enter(state, Step.ANOTHER), (ForgetCase(),)


def leave(state: FlowState, _event: Event, context: Context) -> Result:
    """End the visit from anywhere: everything personal is wiped before the farewell is shown."""
    last_words = (*_stopped(state), *_unexplained(state), *_missed(state, context))
    return FlowState(step=Step.FAREWELL, language=state.language, aids=state.aids), (*last_words, Wipe())


def _missed(state: FlowState, context: Context) -> tuple[Effect, ...]:
    """What somebody was looking for who leaves the search with nothing found; half a word on the way to a find is no miss."""
    if state.step is not Step.SEARCH or context.find(context.session.query.strip()):
        return ()
    text = anonymous(context.session.query)
    return (NoteMiss(text),) if text else ()


def _unexplained(state: FlowState) -> tuple[Effect, ...]:
    """The grade of somebody who goes without saying why: it counts all the same."""
    return (StoreRating(state.grade),) if state.step is Step.RATING_WHY else ()


def _stopped(state: FlowState) -> tuple[Effect, ...]:
    if state.step in IDENTIFYING:
        return (CancelIdentify(),)
    if state.step is Step.PROOF and state.busy:
        return (CancelProof(),)
    if state.step in PROGRESS_STEPS:
        return (CancelProgress(),)
    asks = state.step in GATHERING_STEPS or (state.step is Step.POLICIES and state.busy)
    return (CancelGathering(),) if asks else ()


def rest(_state: FlowState, _event: Event, context: Context) -> Result:
    """Ready for the next resident, in the first language again."""
    closed = all(not context.readiness.can_do(item.code) for item in context.catalogue.items)
    return FlowState(step=Step.OUT_OF_SERVICE if closed else Step.IDLE), (Wipe(),)


def back(state: FlowState, event: Event, context: Context) -> Result:
    """One step back, giving up what a device was doing and forgetting what it had found."""
    own = _BACK.get(state.step)
    if own is not None:
        return own(state, event, context)
    to = PREVIOUS[state.step]
    if to is Step.HOME:
        after, effects = all_items(state, context)
        return after, (*_stopped(state), *effects)
    return enter(replace(state, route=None) if to is Step.ROUTE else state, to), ()


def _back_from_route(state: FlowState, event: Event, context: Context) -> Result:
    """Whoever asks where all their cases are came from there, and not from a matter."""
    if state.item_code:
        return enter(state, PREVIOUS[Step.ROUTE]), ()
    opened = policies.open_policies if state.aim is Aim.POLICIES else progressing.open_progress
    return opened(state, event, context)


_BACK: dict[Step, Callable[[FlowState, Event, Context], Result]] = {
    **dict.fromkeys(IDENTIFYING, another_way),
    Step.ROUTE: _back_from_route,
    Step.PROGRESS_CARD: progressing.card_given_up,
    Step.REVIEW: gathering.back_from_review,
    Step.HANDLING: gathering.back_to_papers,
    Step.PAPERS: gathering.back_to_form,
}
"""Steps that have something to give up first."""


def warn_idle(state: FlowState, event: IdleWarned, _context: Context) -> Result:
    """Ask whether anybody is still there."""
    return replace(state, idle_warning=True, quiet=event.why), ()


def stay(state: FlowState, _event: Event, _context: Context) -> Result:
    """Somebody is."""
    return replace(state, idle_warning=False), ()
