"""The verbs of ``kiosk queue`` by which staff decide: retry, void."""

from __future__ import annotations

import argparse
import sys

from kiosk.commands import CommandError
from kiosk.commands.queue_files import check_folder, look, look_at_identity, tell, tell_json, told
from offline_queue.guests import join
from offline_queue.inspection import CaseDetail
from offline_queue.states import CaseState

_NO_RETRY = {
    CaseState.COMMITTED: "it is up for sending already",
    CaseState.SENDING: "it is being sent at this moment",
    CaseState.ACCEPTED: "it was delivered",
    CaseState.PROCESSED: "it was delivered, and the platform is done with it",
    CaseState.PURGED: "it was delivered, and the platform is done with it",
    CaseState.VOID: "it was withdrawn, which cannot be undone; the resident must apply again",
}
_NO_VOID = _NO_RETRY | {
    CaseState.SENDING: "it is being sent at this moment; wait until that has ended",
    CaseState.VOID: "it was withdrawn already",
}


def retry(arguments: argparse.Namespace) -> int:
    """Put a case up for sending now."""
    case = _find(arguments)
    _confirm(arguments, f"Send case {case.summary.receipt_number} again?")
    path, identity = check_folder(arguments.data), look_at_identity(arguments.data)
    with told(path), join(path, identity) as guest:
        done = guest.outbox.retry(case.summary.case_id, arguments.by)
    return _tell(arguments, case, done, "up for sending; a running terminal takes it with its next pass, within 15 min")


def void(arguments: argparse.Namespace) -> int:
    """Withdraw a case."""
    case = _find(arguments)
    _confirm(arguments, f"Withdraw case {case.summary.receipt_number} for good? It will never be sent.")
    path, identity = check_folder(arguments.data), look_at_identity(arguments.data)
    with told(path), join(path, identity) as guest:
        done = guest.outbox.void(case.summary.case_id, arguments.by, arguments.why)
    return _tell(arguments, case, done, "withdrawn; tell the resident")


def _find(arguments: argparse.Namespace) -> CaseDetail:
    with look(arguments.data) as inspection:
        found = inspection.find(arguments.case)
    if found is None:
        raise CommandError(f"{arguments.case}: there is no such case in this queue")
    return found


def _confirm(arguments: argparse.Namespace, question: str) -> None:
    """Ask on a terminal. A program that gives its decision through a pipe has made it already."""
    if arguments.yes or not sys.stdin.isatty():
        return
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was changed")


def _tell(arguments: argparse.Namespace, before: CaseDetail, done: bool, words: str) -> int:
    """Say what came of it; a refusal is told by the state the case has now, which may have changed since it was looked up."""
    now = _find(arguments).summary
    if not done:
        reasons = _NO_VOID if arguments.verb is void else _NO_RETRY
        raise CommandError(
            f"{now.receipt_number}: nothing was changed: {reasons.get(now.state, 'it changed at this moment; try again')}"
        )
    if arguments.json:
        facts = {"case_id": now.case_id, "receipt_number": now.receipt_number}
        tell_json(facts | {"before": before.summary.state.value, "state": now.state.value})
    else:
        tell(f"{now.receipt_number}: {words}")
    return 0
