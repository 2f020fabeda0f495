"""证明打印: after the slip of a matter that ends in a signed proof, the platform makes it and the A4 printer prints it. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow.context import Context
from kiosk.flow.effects import PrintProof, RememberProofPaper
from kiosk.flow.events import Event
from kiosk.flow.moves import Result, enter
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted
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


def done(state: FlowState, _event: Event, _context: Context) -> Result:
    """On to the rating; not while the printer is at work, whose sheet would lie there for the next person."""
    return (state, ()) if state.busy else (enter(state, Step.RATING), ())
