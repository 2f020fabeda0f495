"""The visit as a table: in which step, on which event, what happens, and where that may lead.

``step`` is pure. An event that no row names for the present step is ignored: late answers of devices and double touches
are a fact of life, not an error. ``ROWS`` is also the documentation: ``docs/flow.md`` is made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.flow import (
    disputing,
    gathering,
    guardians,
    handling,
    identifying,
    left_cards,
    messages,
    paging,
    policies,
    progressing,
    proofs,
)
from kiosk.flow import handlers as h
from kiosk.flow.aid_events import AidsChosen, StaffCalled, StaffTold
from kiosk.flow.card_events import CardAbandoned, CardLifted
from kiosk.flow.context import Context
from kiosk.flow.effects import Effect
from kiosk.flow.events import (
    AnotherItem,
    AnotherWay,
    Back,
    CardFailed,
    CardWasRead,
    CaseRefused,
    CaseStored,
    ConsentAnswered,
    Continue,
    CredentialFailed,
    CredentialShown,
    DeliveryKnown,
    Event,
    FaceAsks,
    FarewellOver,
    FieldEntered,
    GuardianCardRead,
    ItemChosen,
    LanguageChosen,
    PersonProved,
    PrintAgain,
    ProofFailed,
    Quit,
    RatingExplained,
    RatingGiven,
    RatingSkipped,
    RouteChosen,
    SearchOpened,
    SearchTyped,
    ServiceChanged,
    ShelfChosen,
    SignatureDrawn,
    SlipFailed,
    SlipPrinted,
    SmsCodeEntered,
    SmsFailed,
    SmsSent,
    StaffCodeEntered,
    StayHere,
    Touched,
    TryAgain,
)
from kiosk.flow.gathering_events import (
    CertificateFailed,
    CertificateRead,
    FieldDisputed,
    HandlingOpened,
    PageKept,
    PageRetaken,
    PaperDeclared,
    PaperPromised,
    PaperPutDown,
    PaperScanned,
    PaperTouched,
    ScanFailed,
    SharedFetched,
)
from kiosk.flow.idle_events import IdleEnded, IdleWarned
from kiosk.flow.moves import go, keep
from kiosk.flow.policy_events import PoliciesMatched, PoliciesOpened
from kiosk.flow.progress_events import AllMineWanted, NumberGiven, ProgressOpened, ProgressTold, SlipNotRead, SlipRead
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted, ProofWanted
from kiosk.flow.states import AT_REST, IDENTIFYING, FlowState, Step

Handler = Callable[[FlowState, Any, Context], tuple[FlowState, tuple[Effect, ...]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. A handler stays in its step or leads to one of ``to``; anything else is a bug and raises."""

    steps: frozenset[Step]
    event: type
    handler: Handler
    to: frozenset[Step]


def _row(steps: Step | frozenset[Step], event: type, handler: Handler, *to: Step) -> Row:
    sources = steps if isinstance(steps, frozenset) else frozenset({steps})
    return Row(sources, event, handler, frozenset(to))


_BUSY_WITH_STORE = frozenset({Step.COMMITTING, Step.DELIVERING})
_ACTIVE = frozenset(Step) - AT_REST - {Step.FAREWELL}
_INTERRUPTIBLE = _ACTIVE - _BUSY_WITH_STORE
_CARD_WAITS = frozenset({Step.CARD, Step.GUARDIAN_CARD})
_AFTER_CARD = (Step.FACE, Step.STAFF, Step.SMS, Step.GUARDIAN_CARD, Step.NOT_ELIGIBLE, Step.ROUTE)
_AFTER_PROOF = (
    Step.GATHERING,
    Step.FORM,
    Step.PAPERS,
    Step.HANDLING,
    Step.REVIEW,
    Step.NOT_ELIGIBLE,
    Step.PROGRESS_ASKING,
    Step.POLICIES,
)
_PROVING = frozenset({Step.FACE, Step.STAFF, Step.SMS})
_BEFORE = frozenset({*h.PREVIOUS.values(), Step.PAPERS, Step.HANDLING, Step.POLICIES})

ROWS: tuple[Row, ...] = (
    _row(Step.IDLE, Touched, h.wake, Step.HOME),
    _row(AT_REST, ServiceChanged, h.open_or_close, Step.IDLE, Step.OUT_OF_SERVICE),
    _row(frozenset(Step) - {Step.FAREWELL}, LanguageChosen, h.choose_language),
    _row(frozenset(Step) - {Step.FAREWELL}, AidsChosen, h.choose_aids, Step.HOME),
    _row(frozenset(Step) - {Step.FAREWELL}, StaffCalled, h.call_staff),
    _row(frozenset(Step) - {Step.FAREWELL}, StaffTold, h.staff_told),
    _row(Step.HOME, ItemChosen, h.choose_item, Step.GUIDE, Step.HOME),
    _row(Step.HOME, ShelfChosen, h.choose_shelf),
    _row(Step.HOME, Back, h.leave_shelf),
    _row(Step.HOME, SearchOpened, go(Step.SEARCH), Step.SEARCH),
    _row(Step.SEARCH, SearchTyped, h.search),
    _row(Step.SEARCH, ItemChosen, h.choose_found, Step.GUIDE),
    _row(frozenset({Step.HOME, Step.PROGRESS_ANSWER}), ProgressOpened, progressing.open_progress, Step.PROGRESS),
    _row(Step.PROGRESS, NumberGiven, progressing.number_given, Step.PROGRESS_CARD, Step.PROGRESS_ASKING),
    _row(Step.PROGRESS, SlipRead, progressing.slip_read, Step.PROGRESS_CARD, Step.PROGRESS_ASKING),
    _row(Step.PROGRESS, SlipNotRead, progressing.slip_not_read),
    _row(Step.PROGRESS, AllMineWanted, progressing.all_mine, Step.ROUTE, Step.PROGRESS_ASKING),
    _row(Step.PROGRESS_CARD, CardWasRead, progressing.card_read, Step.PROGRESS_ASKING),
    _row(Step.PROGRESS_CARD, CardFailed, progressing.card_failed),
    _row(Step.PROGRESS_CARD, TryAgain, progressing.card_again),
    _row(Step.PROGRESS_CARD, AnotherWay, progressing.without_card, Step.ROUTE),
    _row(Step.PROGRESS_CARD, ServiceChanged, progressing.reader_changed),
    _row(Step.PROGRESS_ASKING, ProgressTold, progressing.told, Step.PROGRESS_ANSWER),
    _row(Step.PROGRESS_ANSWER, Continue, h.other_item, Step.HOME),
    _row(Step.HOME, PoliciesOpened, policies.open_policies, Step.POLICIES),
    _row(Step.POLICIES, PoliciesMatched, policies.match, Step.ROUTE),
    _row(Step.POLICIES, SharedFetched, policies.take_shared),
    _row(Step.POLICIES, ItemChosen, h.choose_policy, Step.GUIDE),
    _row(Step.SEARCH, Back, h.leave_search, Step.HOME),
    _row(Step.GUIDE, Continue, go(Step.CONSENT), Step.CONSENT),
    _row(Step.CONSENT, ConsentAnswered, h.answer_data_consent, Step.ROUTE, Step.HOME, *_AFTER_PROOF),
    _row(Step.ROUTE, RouteChosen, identifying.choose_route, Step.ROUTE, Step.FACE_CONSENT, Step.CARD, Step.CREDENTIAL),
    _row(Step.FACE_CONSENT, ConsentAnswered, identifying.answer_face_consent, Step.CARD, Step.ROUTE),
    _row(Step.CARD, CardWasRead, identifying.take_card, *_AFTER_CARD),
    _row(_CARD_WAITS, CardFailed, identifying.failed, Step.ROUTE),
    _row(_CARD_WAITS | {Step.PROGRESS_CARD}, CardLifted, left_cards.lifted),
    _row(Step.GUARDIAN_CARD, GuardianCardRead, guardians.take_guardian_card, Step.GUARDIAN_CONSENT),
    _row(Step.GUARDIAN_CONSENT, ConsentAnswered, guardians.answer_as_guardian, Step.FACE, Step.ROUTE),
    _row(Step.FACE, FaceAsks, keep),
    _row(_PROVING, PersonProved, identifying.proved, Step.ROUTE, *_AFTER_PROOF),
    _row(frozenset({Step.FACE, Step.STAFF}), ProofFailed, identifying.failed, Step.ROUTE),
    _row(Step.STAFF, StaffCodeEntered, identifying.check_staff),
    _row(Step.CREDENTIAL, CredentialShown, identifying.take_credential, Step.ROUTE, *_AFTER_PROOF),
    _row(Step.CREDENTIAL, CredentialFailed, identifying.failed, Step.ROUTE),
    _row(Step.SMS, SmsSent, messages.sent),
    _row(Step.SMS, SmsFailed, identifying.failed, Step.ROUTE),
    _row(Step.SMS, SmsCodeEntered, messages.check_code),
    _row(Step.SMS, TryAgain, messages.send_again),
    _row(frozenset(identifying.ATTEMPTS), TryAgain, identifying.try_again),
    _row(frozenset(identifying.ATTEMPTS), ServiceChanged, identifying.device_changed),
    _row(IDENTIFYING, AnotherWay, identifying.another_way, Step.ROUTE),
    _row(Step.NOT_ELIGIBLE, Continue, h.other_item, Step.HOME),
    _row(Step.FORM, FieldEntered, h.enter_field),
    _row(Step.GATHERING, SharedFetched, gathering.take_shared, *_AFTER_PROOF),
    _row(Step.FORM, Continue, paging.check_form, *_AFTER_PROOF),
    _row(Step.PAPERS, PaperTouched, gathering.touch_paper),
    _row(Step.PAPERS, PaperDeclared, gathering.declare),
    _row(Step.PAPERS, PaperPromised, gathering.promise),
    _row(Step.PAPERS, CertificateRead, gathering.certificate_read),
    _row(Step.PAPERS, PaperScanned, gathering.scanned),
    _row(Step.PAPERS, PageKept, gathering.keep_page),
    _row(Step.PAPERS, PageRetaken, gathering.retake_page),
    _row(Step.PAPERS, CertificateFailed, gathering.paper_failed),
    _row(Step.PAPERS, ScanFailed, gathering.paper_failed),
    _row(Step.PAPERS, PaperPutDown, gathering.put_paper_down),
    _row(Step.PAPERS, Continue, gathering.papers_done, Step.HANDLING, Step.REVIEW),
    _row(Step.HANDLING, FieldEntered, handling.answer),
    _row(Step.HANDLING, Continue, paging.done_handling, Step.REVIEW),
    _row(Step.REVIEW, FieldDisputed, disputing.dispute, Step.FORM),
    _row(Step.REVIEW, HandlingOpened, handling.wanted, Step.HANDLING),
    _row(Step.REVIEW, Continue, go(Step.SIGN), Step.SIGN),
    _row(Step.SIGN, SignatureDrawn, h.sign, Step.COMMITTING, Step.SIGN),
    _row(Step.COMMITTING, CaseStored, h.stored, Step.DELIVERING),
    _row(Step.COMMITTING, CaseRefused, h.refused, Step.NOT_ACCEPTED),
    _row(Step.NOT_ACCEPTED, TryAgain, h.commit_again, Step.COMMITTING),
    _row(Step.DELIVERING, DeliveryKnown, h.delivery_known, Step.SLIP),
    _row(Step.SLIP, SlipPrinted, h.slip_printed),
    _row(Step.SLIP, SlipFailed, h.slip_failed),
    _row(Step.SLIP, PrintAgain, h.print_again),
    _row(frozenset({Step.SLIP, Step.PROOF, Step.RATING, Step.RATING_WHY}), DeliveryKnown, h.delivery_came_late),
    _row(Step.SLIP, Continue, proofs.slip_taken, Step.PROOF, Step.RATING),
    _row(Step.PROOF, ProofPrinted, proofs.printed),
    _row(Step.PROOF, ProofNotPrinted, proofs.not_printed),
    _row(Step.PROOF, PrintAgain, proofs.again),
    _row(Step.PROOF, Continue, proofs.done, Step.RATING, Step.PROGRESS_ANSWER),
    _row(Step.PROGRESS_ANSWER, ProofWanted, proofs.wanted, Step.PROOF),
    _row(Step.RATING, RatingGiven, h.rate, Step.ANOTHER, Step.RATING_WHY),
    _row(Step.RATING, RatingSkipped, h.skip_rating, Step.ANOTHER),
    _row(Step.RATING_WHY, RatingExplained, h.explain_rating, Step.ANOTHER),
    _row(Step.ANOTHER, AnotherItem, h.other_item, Step.HOME),
    _row(Step.ANOTHER, Continue, h.leave, Step.FAREWELL),
    _row(Step.FAREWELL, FarewellOver, left_cards.farewell_over, Step.IDLE, Step.OUT_OF_SERVICE),
    _row(Step.FAREWELL, Touched, left_cards.farewell_over, Step.IDLE, Step.OUT_OF_SERVICE),
    _row(Step.FAREWELL, CardAbandoned, h.rest, Step.IDLE, Step.OUT_OF_SERVICE),
    _row(frozenset(h.PREVIOUS) - {Step.SEARCH, Step.HANDLING}, Back, h.back, *_BEFORE),
    _row(Step.FORM, Back, paging.back),
    _row(Step.HANDLING, Back, paging.back_in_handling, *_BEFORE),
    _row(_INTERRUPTIBLE, Quit, h.leave, Step.FAREWELL),
    _row(_INTERRUPTIBLE, IdleWarned, h.warn_idle),
    _row(_ACTIVE, StayHere, h.stay),
    _row(_INTERRUPTIBLE, IdleEnded, h.leave, Step.FAREWELL),
)


def _index() -> dict[tuple[Step, type], Row]:
    table: dict[tuple[Step, type], Row] = {}
    for row in ROWS:
        for source in row.steps:
            if (source, row.event) in table:
                raise ValueError(f"two rows for {source} on {row.event.__name__}")
            table[source, row.event] = row
    return table


_TABLE = _index()


def step(state: FlowState, event: Event, context: Context) -> tuple[FlowState, tuple[Effect, ...]]:
    """What ``event`` makes of ``state``. Pure: the same arguments always give the same answer."""
    row = _TABLE.get((state.step, type(event)))
    if row is None:
        return state, ()
    if state.idle_warning and _is_sign_of_life(event):
        state = replace(state, idle_warning=False)
    after, effects = row.handler(state, event, context)
    if after.step not in row.to and after.step is not state.step:
        raise ValueError(f"{row.event.__name__} in {state.step} led to {after.step}, which its row does not name")
    return after, effects


def _is_sign_of_life(event: Event) -> bool:
    """Devices that come and go by themselves must not keep alive a visit that somebody has walked away from."""
    if isinstance(event, (CardFailed, ProofFailed, CredentialFailed)):
        return event.reason not in identifying.LOST_REASONS
    return not isinstance(event, (IdleWarned, IdleEnded, ServiceChanged, SlipNotRead, StaffTold))
