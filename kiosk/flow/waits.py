"""What is at work in a step, which event ends it, and how a resident who has waited enough goes on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.catalogue.deciding import From
from kiosk.domain.waiting import Patience, Wait
from kiosk.flow.events import (
    CaseStored,
    CredentialShown,
    DeliveryKnown,
    Event,
    FaceAsks,
    PersonProved,
    SlipPrinted,
    SmsSent,
)
from kiosk.flow.gathering_events import CertificateRead, SharedFetched
from kiosk.flow.progress_events import ProgressTold
from kiosk.flow.proof_events import ProofPrinted
from kiosk.flow.session import SessionContext
from kiosk.flow.states import IDENTIFYING, FlowState, Paper, Step


class Way(StrEnum):
    """How to go on without waiting any longer."""

    ANOTHER = "another"
    BACK = "back"
    QUIT = "quit"
    GO_ON = "go_on"
    STAY = "stay"
    """There is none: what has begun must be ended."""


@dataclass(frozen=True, slots=True)
class WaitView:
    """What is waited for now, and the way on for whoever has waited enough."""

    patience: Patience
    way: Way


_WHILE_IN: dict[Step, Wait] = {
    Step.GATHERING: Wait.AUTHORITIES,
    Step.PROGRESS_ASKING: Wait.PROGRESS,
    Step.COMMITTING: Wait.STORING,
    Step.DELIVERING: Wait.DELIVERING,
}
_WHILE_BUSY: dict[Step, Wait] = {
    Step.CARD: Wait.CARD,
    Step.PROGRESS_CARD: Wait.CARD,
    Step.GUARDIAN_CARD: Wait.GUARDIAN_CARD,
    Step.CREDENTIAL: Wait.CODE,
    Step.FACE: Wait.CAMERA,
    Step.STAFF: Wait.STAFF_CHECK,
    Step.POLICIES: Wait.AUTHORITIES,
    Step.PROOF: Wait.PROOF,
}
_ENDS: dict[Wait, type] = {
    Wait.CODE_CHECK: CredentialShown,
    Wait.CERTIFICATE_CHECK: CertificateRead,
    Wait.CAMERA: FaceAsks,
    Wait.FACE_CHECK: PersonProved,
    Wait.STAFF_CHECK: PersonProved,
    Wait.SMS_SENDING: SmsSent,
    Wait.SMS_CHECK: PersonProved,
    Wait.AUTHORITIES: SharedFetched,
    Wait.PROGRESS: ProgressTold,
    Wait.STORING: CaseStored,
    Wait.DELIVERING: DeliveryKnown,
    Wait.SLIP: SlipPrinted,
    Wait.PROOF: ProofPrinted,
}
WHEN_CODE_SEEN = {Wait.CODE: Wait.CODE_CHECK, Wait.CERTIFICATE: Wait.CERTIFICATE_CHECK}
"""The scanner has seen a code: from now on the resident waits for the machine."""


def kind_of(state: FlowState, session: SessionContext) -> Wait | None:
    """What is at work; ``None`` when nothing is."""
    if state.step in _WHILE_IN:
        return _WHILE_IN[state.step]
    if state.step is Step.SLIP:
        return Wait.SLIP if state.paper is Paper.PRINTING else None
    if not state.busy:
        return None
    if state.step is Step.SMS:
        return Wait.SMS_CHECK if session.masked_phone else Wait.SMS_SENDING
    if state.step is Step.PAPERS:
        return Wait.PAGE if state.paper_way is From.SCAN else Wait.CERTIFICATE
    return _WHILE_BUSY.get(state.step)


def during_face_check(asks: FaceAsks) -> Wait | None:
    """What is at work once the face check speaks: nothing while it asks, the comparison when all is done."""
    return Wait.FACE_CHECK if asks.total and asks.done >= asks.total and not asks.light else None


def is_end_of(kind: Wait, event: Event | None) -> bool:
    """True when this event says that the work was carried out; giving up and failing are no measure of it."""
    ends = _ENDS.get(kind)
    return ends is not None and isinstance(event, ends)


def way_on(state: FlowState, *, can_go_back: bool, can_quit: bool) -> Way:
    """The shortest way on that this step has."""
    if state.step in IDENTIFYING or state.step in (Step.PROGRESS_CARD, Step.PAPERS):
        return Way.ANOTHER
    if state.step is Step.SLIP:
        return Way.GO_ON
    if can_go_back:
        return Way.BACK
    return Way.QUIT if can_quit else Way.STAY
