"""One pass of the sync: claim, send, check the receipts, record; then what became of earlier cases; then clean up.

A pass may end at any point, by a crash as well: what was not recorded is sent again, and the platform knows it by its id.
"""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, assert_never

from contract.cases import (
    Accepted,
    CaseOutcome,
    Conflict,
    Duplicate,
    Later,
    Rating,
    RatingsAnswer,
    Rejected,
    SealedCase,
    StatusFeed,
    SubmitAnswer,
)
from contract.search_misses import MAX_MISSES, SearchMiss, SearchMissesAnswer
from offline_queue.freight import Freight, Shipment
from offline_queue.identity import Identity, IdentitySource
from offline_queue.leases import new_owner
from offline_queue.material_sync import MaterialLine
from offline_queue.models import AskStaff, ClaimedCase, Delivered, PutBack, Resolution, WaitFor
from offline_queue.policy import Failure, FailureKind, backoff_s, parse_seconds
from offline_queue.sealing import check_receipt
from offline_queue.settings import SyncSettings
from offline_queue.store import Outbox

_MAX_STATUS_PAGES = 50
_ADDRESS_UNKNOWN = frozenset({"not_found", "http_404"})


class Line(MaterialLine, Protocol):
    """What a pass needs of ``transport.PlatformClient``."""

    def rate(self, ratings: tuple[Rating, ...]) -> RatingsAnswer | Failure:
        """Hand in ratings."""
        ...

    def report_misses(self, misses: tuple[SearchMiss, ...]) -> SearchMissesAnswer | Failure:
        """Tell of searches that found nothing."""
        ...

    def submit(self, cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        """Hand in cases, oldest first."""
        ...

    def status(self, after: str, limit: int) -> StatusFeed | Failure:
        """One page of what became of delivered cases."""
        ...


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one pass did. ``failure`` is what ended it early, ``None`` when the line held."""

    sent: int = 0
    delivered: int = 0
    """Receipts stored, those of cases the platform held already included."""
    waiting: int = 0
    needs_staff: int = 0
    processed: int = 0
    purged: int = 0
    unknown_statuses: int = 0
    """Changes the feed told about cases that are not here."""
    failure: Failure | None = None

    @property
    def changed(self) -> bool:
        """True when any case got further, or came to the desk."""
        return bool(self.delivered or self.waiting or self.needs_staff or self.processed or self.purged)


@dataclass(slots=True)
class _Pass:
    """Running account of one pass."""

    identity: Identity
    owner: str
    proved: bool = False
    """True once any case had an outcome of its own: then a refusal is about the case, not about the line."""
    unproved_refusals: int = 0
    sent: int = 0
    answered: bool = False
    """True once the platform answered a batch case by case: the line holds, more may be under way at once."""
    tally: dict[type, int] = field(default_factory=dict)
    failure: Failure | None = None

    def count(self, kind: type) -> int:
        return self.tally.get(kind, 0)


class Syncer:
    """Runs passes, one at a time, on one thread."""

    def __init__(
        self,
        outbox: Outbox,
        line: Line,
        identity: IdentitySource,
        *,
        settings: SyncSettings | None = None,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._outbox = outbox
        self._line = line
        self._identity = identity
        self.settings = settings or SyncSettings()
        self._uniform = uniform
        self._should_stop: Callable[[], bool] = lambda: False
        self._freight = Freight(outbox, line, self.settings, self._is_stopping)
        self._owner = new_owner(os.urandom(6).hex())
        self._line_failed = False

    def run_once(self) -> SyncReport:
        """One pass. Raises ``KnownError`` when the store fails; whatever was recorded by then stays."""
        identity = self._identity.current()
        if identity is None:
            return SyncReport(failure=Failure(FailureKind.AUTHORISATION, "not_enrolled"))
        self._outbox.show_again(identity.kiosk_id)
        account = _Pass(identity, self._owner)
        self._deliver(account)
        processed = unknown = 0
        if account.failure is None:
            processed, unknown, account.failure = self._follow(identity)
        if account.failure is None:
            account.failure = self._rate() or self._report_misses()
        self._line_failed = account.failure is not None
        return SyncReport(
            sent=account.sent,
            delivered=account.count(Delivered),
            waiting=account.count(WaitFor),
            needs_staff=account.count(AskStaff),
            processed=processed,
            purged=self._outbox.purge(),
            unknown_statuses=unknown,
            failure=account.failure,
        )

    def stop_when(self, should_stop: Callable[[], bool]) -> None:
        """Ask ``should_stop`` between requests, and end the pass early when it says so."""
        self._should_stop = should_stop

    def _is_stopping(self) -> bool:
        return self._should_stop()

    # Delivery

    def _deliver(self, account: _Pass) -> None:
        """Claim and send batch after batch, oldest first. Once one was answered, several are under way at once."""
        position = 0
        # A line that failed last time is tried with a single case, so that days offline do not shuffle whole batches.
        batch_cases = 1 if self._line_failed else self.settings.batch_cases
        with ThreadPoolExecutor(max(1, self.settings.lanes), "case-lane") as lanes:
            under_way: deque[tuple[list[ClaimedCase], Future[Shipment]]] = deque()
            while True:
                room = self.settings.lanes if account.answered else 1
                while len(under_way) < room and account.failure is None and not self._should_stop():
                    claimed = self._claim(position, batch_cases)
                    if not claimed:
                        break
                    position = claimed[-1].position
                    under_way.append((claimed, lanes.submit(self._freight.ship, claimed)))
                if not under_way:
                    return
                batch, future = under_way.popleft()
                self._settle(account, batch, future)
                batch_cases = self.settings.batch_cases

    def _claim(self, position: int, batch_cases: int) -> list[ClaimedCase]:
        return self._outbox.claim(
            self._owner, after_position=position, max_cases=batch_cases, max_bytes=self.settings.batch_bytes
        )

    def _settle(self, account: _Pass, batch: list[ClaimedCase], future: Future[Shipment]) -> None:
        """Wait for a batch, and write down what became of each of its cases."""
        resolutions: list[Resolution] = []
        try:
            shipment = future.result()
            resolutions += shipment.set_apart
            self._outbox.materials.mark(shipment.materials_sent, are_sent=True)
            apart = {resolution.case_id for resolution in shipment.set_apart}
            self._take_answer(account, [case for case in batch if case.header.case_id not in apart], shipment.answer, resolutions)
        finally:
            self._record(account, batch, resolutions)

    def _record(self, account: _Pass, claimed: Sequence[ClaimedCase], resolutions: list[Resolution]) -> None:
        """Write down every outcome of the batch; a case without one goes back as it was."""
        settled = {resolution.case_id for resolution in resolutions}
        code = account.failure.code if account.failure else "not_sent"
        left = [PutBack(case.header.case_id, code) for case in claimed if case.header.case_id not in settled]
        self._outbox.record(self._owner, [*resolutions, *left])
        for resolution in resolutions:
            account.tally[type(resolution)] = account.count(type(resolution)) + 1

    def _take_answer(
        self,
        account: _Pass,
        batch: Sequence[ClaimedCase],
        answer: SubmitAnswer | Failure | None,
        resolutions: list[Resolution],
    ) -> None:
        """Sort an answer. A batch refused as a whole is sent in halves, so that a bad case is found and the others go through."""
        if answer is None or not batch:
            return
        account.sent += len(batch)
        if isinstance(answer, SubmitAnswer):
            account.answered = True
            self._sort(account, batch, answer.outcomes, resolutions)
        elif answer.kind is not FailureKind.PERMANENT:
            account.failure = account.failure or answer
        elif len(batch) > 1:
            middle = len(batch) // 2
            for half in (batch[:middle], batch[middle:]):
                if account.failure is None and not self._should_stop():
                    self._take_answer(account, half, self._line.submit(tuple(case.case for case in half)), resolutions)
        else:
            self._refused(account, batch[0], answer, resolutions)

    def _refused(self, account: _Pass, case: ClaimedCase, refusal: Failure, resolutions: list[Resolution]) -> None:
        """A lone case that was refused without an outcome of its own."""
        if account.proved or case.attempts + 1 >= self.settings.attempts_before_staff:
            resolutions.append(AskStaff(case.header.case_id, refusal.code, refusal.detail))
            return
        resolutions.append(self._wait(case, refusal.code, refusal.detail))
        account.unproved_refusals += 1
        if account.unproved_refusals >= self.settings.max_refusals_unproved:
            account.failure = Failure(FailureKind.TEMPORARY, "all_refused", refusal.code)

    def _wait(self, case: ClaimedCase, code: str, detail: str = "") -> WaitFor:
        return WaitFor(case.header.case_id, backoff_s(case.attempts + 1, self.settings, self._uniform), code, detail)

    def _sort(
        self,
        account: _Pass,
        batch: Sequence[ClaimedCase],
        outcomes: Sequence[CaseOutcome],
        resolutions: list[Resolution],
    ) -> None:
        """One outcome a case, found by id: a shuffled, shortened or repeated list does no harm."""
        by_id: dict[str, CaseOutcome] = {}
        for outcome in outcomes:
            by_id.setdefault(outcome.case_id, outcome)
        for case in batch:
            told = by_id.get(case.header.case_id)
            if told is None and case.attempts + 1 >= self.settings.attempts_before_staff:
                why = "the platform answers, but never with a word on this case"
                resolutions.append(AskStaff(case.header.case_id, "no_outcome", why))
            elif told is None:
                resolutions.append(self._wait(case, "no_outcome"))
            else:
                resolutions.append(self._judge(account, case, told))

    def _judge(self, account: _Pass, case: ClaimedCase, outcome: CaseOutcome) -> Resolution:
        case_id = case.header.case_id
        if isinstance(outcome, Accepted | Duplicate):
            wrong = check_receipt(outcome.receipt, account.identity.receipt_keys, case.header, case.digest)
            if wrong:
                return self._wait(case, wrong)
            account.proved = True
            return Delivered(case_id, outcome.receipt, isinstance(outcome, Duplicate))
        account.proved = True
        match outcome:
            case Conflict():
                why = f"the platform holds another case with this id, digest {outcome.held_digest[:16]}"
                return AskStaff(case_id, "conflict", why)
            case Rejected():
                return AskStaff(case_id, outcome.code[:60], outcome.reason)
            case Later():
                if case.header.materials:
                    # It may be one of them that is lacking after all: next time the platform is asked for each.
                    self._outbox.materials.mark(case.header.materials, are_sent=False)
                return WaitFor(case_id, parse_seconds(outcome.seconds), "later")
        assert_never(outcome)

    def _rate(self) -> Failure | None:
        """Ratings of delivered cases. A platform that refuses them for good is no reason to hold up cases: they stay and wait."""
        waiting = self._outbox.sendable_ratings(self.settings.batch_cases)
        if not waiting or self._should_stop():
            return None
        answer = self._line.rate(waiting)
        if isinstance(answer, Failure):
            return None if answer.kind is FailureKind.PERMANENT else answer
        sent = {rating.case_id for rating in waiting}
        self._outbox.settle_ratings([case_id for case_id in answer.settled if case_id in sent])
        return None

    def _report_misses(self) -> Failure | None:
        """Searches that found nothing, last of all. They wait at a platform that refuses them, or is too old to know of them."""
        if self._should_stop() or not (waiting := self._outbox.sendable_misses(MAX_MISSES)):
            return None
        answer = self._line.report_misses(waiting)
        if isinstance(answer, Failure):
            return None if answer.kind is FailureKind.PERMANENT or answer.code in _ADDRESS_UNKNOWN else answer
        sent = {miss.report_id for miss in waiting}
        self._outbox.settle_misses([report_id for report_id in answer.settled if report_id in sent])
        return None

    # Progress

    def _follow(self, identity: Identity) -> tuple[int, int, Failure | None]:
        """Read the status feed from where it was left, page by page; each page is stored together with its cursor."""
        processed = unknown = 0
        if not self._outbox.awaits_progress():
            return processed, unknown, None
        cursor = self._outbox.status_cursor(identity.kiosk_id)
        for _ in range(_MAX_STATUS_PAGES):
            if self._should_stop():
                break
            page = self._line.status(cursor, self.settings.status_page)
            if isinstance(page, Failure):
                return processed, unknown, page
            if page.changes or page.cursor != cursor:
                done, strange = self._outbox.take_statuses(identity.kiosk_id, page.changes, page.cursor)
                processed, unknown = processed + done, unknown + strange
            if not page.more or page.cursor == cursor:
                break
            cursor = page.cursor
        return processed, unknown, None
