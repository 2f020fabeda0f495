"""办件进度查询 at the terminal: the platform is asked; where it cannot be, this machine tells what it last heard.

What this machine tells of a number names neither matter nor person: it keeps nothing by which it could know whose the case is.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Protocol

from contract import receipt_number
from contract.progress import (
    ACTORS,
    AskProgress,
    CaseProgress,
    Progress,
    ProgressAnswer,
    ProgressQuestion,
    next_step,
    open_progress,
    progress_info,
)
from contract.statements import Flaw, read
from drivers.types import Deadline
from kiosk.domain.identity import Person
from kiosk.domain.progress import Standing, Standings, StandingStep, Told
from kiosk.flow.events import CredentialFailed
from kiosk.flow.progress_events import ProgressTold, SlipNotRead, SlipRead
from kiosk.services.sealed_questions import Exchange
from offline_queue.errors import KnownError
from offline_queue.identity import IdentitySource
from offline_queue.models import CaseSummary, Step
from offline_queue.policy import Failure
from offline_queue.states import PENDING, CaseState

_log = logging.getLogger(__name__)
_EXCHANGE = Exchange("progress", progress_info, AskProgress, open_progress)

OFFLINE = "progress.offline"
_AS_TOLD = {
    **dict.fromkeys(PENDING, "submitted"),
    CaseState.ACCEPTED: "received",
    CaseState.PROCESSED: "accepted",
    CaseState.PURGED: "accepted",
    CaseState.VOID: "withdrawn",
}
"""What the queue's states are to a resident."""
_SCAN_REASONS = {"credential.timed_out": "progress.timed_out", "credential.scanner_lost": "progress.no_scanner"}


class ProgressLine(Protocol):
    """The line to the platform. Calls come back within seconds by themselves."""

    def ask_progress(self, request: AskProgress) -> ProgressAnswer | Failure:
        """Ask where cases are."""
        ...


class OwnCases(Protocol):
    """What this machine knows of the cases it took; the outbox is the true one."""

    def find_by_number(self, receipt_number: str) -> CaseSummary | None:
        """One case."""
        ...

    def timeline(self, case_id: str) -> tuple[Step, ...]:
        """Its history, oldest first."""
        ...


class SlipScanner(Protocol):
    """The scanner, as ``kiosk.services.bench`` keeps it."""

    def read_code(self, deadline: Deadline) -> str | CredentialFailed:
        """Wait for a code and read it."""
        ...


def number_in(text: str) -> str | None:
    """The receipt number that was typed, or read from either code of a slip; ``None`` when there is no sound one."""
    statement = read(text.strip())
    if not isinstance(statement, Flaw):
        return statement.statement.receipt_number
    plain = re.sub(r"[\s-]", "", text).upper()
    return plain if receipt_number.is_valid(plain) else None


class ProgressDesk:
    """Each method blocks and may be called on a thread of its own."""

    def __init__(
        self, line: ProgressLine, identity: IdentitySource, own: OwnCases, scanner: SlipScanner, now_ms: Callable[[], int]
    ) -> None:
        self._line = line
        self._identity = identity
        self._own = own
        self._scanner = scanner
        self._now_ms = now_ms

    def read_slip(self, deadline: Deadline) -> SlipRead | SlipNotRead:
        """Wait for either code of a slip before the scanner."""
        text = self._scanner.read_code(deadline)
        if isinstance(text, CredentialFailed):
            return SlipNotRead(_SCAN_REASONS.get(text.reason, "progress.not_a_slip"))
        number = number_in(text)
        return SlipRead(number) if number is not None else SlipNotRead("progress.not_a_slip")

    def ask(self, person: Person, number: str, deadline: Deadline, *, identified: bool) -> ProgressTold:
        """Where the case ``number`` is, or, for somebody identified, all their cases if it is empty."""
        told = self._of_platform(person, number, identified=identified) if not deadline.is_over else None
        if told is not None and told.cases:
            return ProgressTold(Standings(tuple(_standing(case) for case in told.cases), Told.PLATFORM, self._now_ms()))
        own = self._of_machine(number, only_pending=told is not None)
        if own is not None:
            return ProgressTold(own)
        return ProgressTold(Standings((), Told.PLATFORM, reason="" if told is not None else OFFLINE))

    def _of_platform(self, person: Person, number: str, *, identified: bool) -> Progress | None:
        """``None`` when it could not be asked."""
        found = _EXCHANGE.ask(
            self._identity,
            lambda answer_key: ProgressQuestion(
                id_type=person.card_kind,
                id_number=person.id_number,
                receipt_number=number,
                identified=identified,
                answer_key=answer_key,
            ),
            self._line.ask_progress,
        )
        return found[0] if found is not None else None

    def _of_machine(self, number: str, *, only_pending: bool) -> Standings | None:
        """What this machine last heard of the case. Once the platform was asked, only what has not reached it yet counts."""
        if not number:
            return None
        try:
            case = self._own.find_by_number(number)
            if case is None or (only_pending and case.state not in PENDING):
                return None
            history = self._own.timeline(case.case_id)
        except KnownError as error:
            _log.warning("the queue could not be asked for progress: %s", error)
            return None
        steps = _steps(history)
        if not steps:
            return None
        known_at_ms, now_ms = history[-1].at_ms, self._now_ms()
        standing = Standing(number, "", steps, next_step(steps[-1].state, lacking=False))
        return Standings((standing,), Told.MACHINE, known_at_ms, max(0, now_ms - known_at_ms) / 1000)


def _steps(history: tuple[Step, ...]) -> tuple[StandingStep, ...]:
    """Each state once, when it was first reached: a case that is sent a second time has not gone back for its owner."""
    reached: dict[str, StandingStep] = {}
    for entry in history:
        state = _AS_TOLD[entry.to_state]
        reached.setdefault(state, StandingStep(state, entry.at_ms, ACTORS[state]))
    return tuple(reached.values())


def _standing(case: CaseProgress) -> Standing:
    return Standing(
        receipt_number=case.receipt_number,
        item_code=case.item_code,
        steps=tuple(StandingStep(step.state, step.at_ms, step.actor, step.words) for step in case.steps),
        next_step=case.next_step,
        case_id=case.case_id,
        lacking=tuple((paper.material, paper.due) for paper in case.lacking),
    )
