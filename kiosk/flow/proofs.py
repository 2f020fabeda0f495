"""证明打印: after the slip of a matter that ends in a signed proof, the platform makes it and the A4 printer prints it. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.progress import Standing
from kiosk.flow import routes
from kiosk.flow.context import Context
from kiosk.flow.effects import PrintProof, RememberCase, RememberProofPaper
from kiosk.flow.events import Event
from kiosk.flow.moves import Result, enter
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted, ProofWanted
from kiosk.flow.states import FlowState, Step

NO_PRINTER = "document.missing"
_FINAL = frozenset({"proof.not_held", "proof.not_yet", "proof.refused", "proof.no_root", NO_PRINTER})
"""No further try at this machine can mend these."""


def slip_taken(state: FlowState, _event: Event, context: Context) -> Result:
    """On to the proof, where the matter has one; else to the rating."""
    if not context.item(state.item_code).proof:
        return enter(state, Step.RATING), ()
    if not context.readiness.documents:
        return enter(state, Step.PROOF, reason=NO_PRINTER), ()
    return enter(state, Step.PROOF, busy=True), (PrintProof(),)


def printed(state: FlowState, event: ProofPrinted, context: Context) -> Result:
    """It is out. One of an earlier case says nothing about this one's."""
    if event.case_id != context.session.case_id:
        return state, ()
    return replace(state, busy=False, reason=""), (RememberProofPaper(event.code, event.pages),)


def not_printed(state: FlowState, event: ProofNotPrinted, context: Context) -> Result:
    """It is not, and why; the case stands all the same."""
    if event.case_id != context.session.case_id:
        return state, ()
    return replace(state, busy=False, reason=event.reason), (RememberProofPaper(words=event.words),)


def again(state: FlowState, _event: Event, _context: Context) -> Result:
    """Another try, where one can help."""
    if state.busy or not may_try_again(state):
        return state, ()
    return replace(state, busy=True, reason=""), (PrintProof(),)


def may_try_again(state: FlowState) -> bool:
    """True when the last try failed for a reason that may pass."""
    return bool(state.reason) and state.reason not in _FINAL


def done(state: FlowState, _event: Event, context: Context) -> Result:
    """On; not while the printer is at work, whose sheet would lie there for the next person."""
    if state.busy:
        return state, ()
    if context.session.standings is not None:  # printed once more, from a progress query
        return enter(replace(state, item_code=""), Step.PROGRESS_ANSWER), (RememberProofPaper(),)
    return enter(state, Step.RATING), ()


def may_print_again(case: Standing, context: Context) -> bool:
    """True for a case that has reached the platform and ends in a proof, asked for by somebody who is proved well enough."""
    item = context.catalogue.item(case.item_code) if case.item_code else None
    is_proof = item is not None and bool(item.proof) and bool(case.case_id) and context.readiness.documents
    return is_proof and routes.is_enough(context.session.proof, context, case.item_code)


def wanted(state: FlowState, event: ProofWanted, context: Context) -> Result:
    """Print the proof of an earlier case."""
    cases = context.session.standings.cases if context.session.standings is not None else ()
    case = next((one for one in cases if one.receipt_number == event.receipt_number), None)
    item = context.catalogue.item(case.item_code) if case is not None else None
    if case is None or item is None or not may_print_again(case, context):
        return state, ()
    chosen = replace(state, item_code=item.code)
    return enter(chosen, Step.PROOF, busy=True), (RememberCase(case.case_id, case.receipt_number, ""), PrintProof())
