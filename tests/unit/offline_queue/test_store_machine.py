"""Random lives of a queue: cases come, the line does what it likes, the power goes. Nothing is lost, nothing doubled."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contract.cases import Accepted, CaseHeader, Conflict, Later, Rejected, SealedCase, StatusFeed, SubmitAnswer
from offline_queue.errors import BugError
from offline_queue.models import CaseCommitted
from offline_queue.policy import Failure, FailureKind
from offline_queue.settings import QueueSettings, SyncSettings
from offline_queue.states import TRANSITIONS, CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FakeClock, FixedIdentity, make_identity, sample_draft
from tests.helpers.platform_stand_in import Platform

_LINE_MOODS = (
    "honest",
    "unreachable",
    "answer_lost",
    "refused",
    "unauthorised",
    "shuffled",
    "shortened",
    "crash_before",
    "crash_after",
)
_CASE_MOODS = ("honest", "later", "rejected", "conflict", "forged")


class PowerCutError(Exception):
    """Ends a pass wherever it is. The outbox is closed before, so nothing more of that life reaches the disk."""


class MoodyLine:
    """The platform behind a line of changing moods."""

    def __init__(self, platform: Platform, kiosk_id: str, cut_power: Callable[[], None]) -> None:
        self.platform, self.kiosk_id, self.cut_power = platform, kiosk_id, cut_power
        self.moods: list[str] = []

    def submit(self, cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        mood = self.moods.pop() if self.moods else "honest"
        if mood == "crash_before":
            self.cut_power()
            raise PowerCutError
        if mood in ("unreachable", "refused", "unauthorised"):
            kinds = {"refused": FailureKind.PERMANENT, "unauthorised": FailureKind.AUTHORISATION}
            return Failure(kinds.get(mood, FailureKind.TEMPORARY), mood)
        answer = self.platform.submit(self.kiosk_id, cases)
        if mood == "crash_after":
            self.cut_power()
            raise PowerCutError
        if mood == "answer_lost":
            return Failure(FailureKind.TEMPORARY, "line_broken")
        if mood == "shuffled":
            return msgspec.structs.replace(answer, outcomes=tuple(reversed(answer.outcomes)))
        if mood == "shortened":
            return msgspec.structs.replace(answer, outcomes=answer.outcomes[: len(answer.outcomes) // 2])
        return answer

    def status(self, after: str, limit: int) -> StatusFeed | Failure:
        return self.platform.status(self.kiosk_id, after, limit)


class QueueLife(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.platform = Platform()
        identity = make_identity(self.platform.sealing_keys, self.platform.receipt_keys)
        self.platform.kiosk_keys[identity.kiosk_id] = [identity.public_key]
        self.identity = FixedIdentity(identity)
        self.promised: dict[str, CaseCommitted] = {}
        self.voided: set[str] = set()
        self.seen: dict[str, CaseState] = {}
        self.strangers = Ed25519PrivateKey.generate()
        self.lives: list[Outbox] = []
        self._open()

    def _open(self) -> None:
        limits = QueueSettings(purge_grace_s=50, max_processed=4)
        path = Path(self.folder.name) / "queue.sqlite"
        self.outbox = Outbox.open(path, self.identity, settings=limits, clock=self.clock, free_disk_bytes=lambda: 10**12)
        self.lives.append(self.outbox)
        assert self.outbox.damage is None
        self.line = MoodyLine(self.platform, "k-330304-0001", self.outbox.close)
        habits = SyncSettings(batch_cases=4, status_page=3)
        self.syncer = Syncer(self.outbox, self.line, self.identity, settings=habits, uniform=lambda _, high: high)

    @rule(count=st.integers(1, 5))
    def accept(self, count: int) -> None:
        for _ in range(count):
            taken = self.outbox.accept(sample_draft())
            assert isinstance(taken, CaseCommitted)
            assert taken.case_id not in self.promised
            self.promised[taken.case_id] = taken

    @rule(moods=st.lists(st.sampled_from(_LINE_MOODS), max_size=6), verdicts=st.lists(st.sampled_from(_CASE_MOODS), max_size=6))
    def sync(self, moods: list[str], verdicts: list[str]) -> None:
        self.line.moods = moods
        self._give_verdicts(verdicts)
        try:
            self.syncer.run_once()
        except (PowerCutError, BugError):
            # Either the cut itself, or the sender finding its queue closed when it wanted to tidy up.
            self.clock.reboot(off_s=30)
            self._open()
        self.platform.verdicts.clear()

    def _give_verdicts(self, verdicts: list[str]) -> None:
        waiting = [case_id for case_id in self.promised if case_id not in self.platform.held]
        makers = {
            "later": lambda header: Later(header.case_id, 20.0),
            "rejected": lambda header: Rejected(header.case_id, "bad_item", "no"),
            "conflict": lambda header: Conflict(header.case_id, "0" * 64),
            "forged": self._forge,
        }
        self.platform.verdicts = {
            case_id: makers[mood] for case_id, mood in zip(waiting, verdicts, strict=False) if mood != "honest"
        }

    def _forge(self, header: CaseHeader) -> Accepted:
        return Accepted(header.case_id, self.platform.sign_receipt(header, "0" * 64, self.strangers))

    @rule(kill=st.booleans())
    def restart(self, kill: bool) -> None:
        # A killed process leaves its leases; its connection is closed only because the test lives on.
        if kill:
            self.outbox.claim("999999999:1:gone", after_position=0, max_cases=3, max_bytes=10**9)
        self.outbox.close()
        self.clock.advance(3)
        self._open()

    @rule(seconds=st.integers(1, 1000))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(jump_s=st.integers(-(10**8), 10**8))
    def the_wall_clock_jumps(self, jump_s: int) -> None:
        self.clock.wall_ms = max(0, self.clock.wall_ms + jump_s * 1000)

    @rule()
    def the_platform_processes(self) -> None:
        self.platform.process(*list(self.platform.held)[::2])

    @rule()
    def staff_retry(self) -> None:
        for case in self.outbox.needs_staff():
            assert self.outbox.retry(case.case_id, by="W001")

    @rule()
    def staff_void_one(self) -> None:
        for case in self.outbox.needs_staff(limit=1):
            assert self.outbox.void(case.case_id, by="W001", why="test")
            self.voided.add(case.case_id)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        states = {case.case_id: case.state for _, case in self.outbox.list_cases(limit=10_000)}
        assert set(states) == set(self.promised)
        assert set(self.platform.held) <= set(self.promised)
        for case_id, state in states.items():
            if state in (CaseState.ACCEPTED, CaseState.PROCESSED, CaseState.PURGED):
                assert self.platform.held[case_id].case.digest == self.promised[case_id].digest
            assert (state is CaseState.VOID) == (case_id in self.voided)
        self._sealed_bytes_stay_until_purged(states)

    def _sealed_bytes_stay_until_purged(self, states: dict[str, CaseState]) -> None:
        with self.outbox._database.read() as connection:
            rows = connection.execute("SELECT case_id FROM envelopes JOIN cases USING (position)").fetchall()
            tallies = {row["state"]: row["cases"] for row in connection.execute("SELECT * FROM tallies")}
        assert {row[0] for row in rows} == {case_id for case_id, state in states.items() if state is not CaseState.PURGED}
        assert {state: n for state, n in tallies.items() if n} == {
            state: list(states.values()).count(state) for state in set(states.values())
        }

    @invariant()
    def every_move_is_one_of_the_table_and_on_record(self) -> None:
        for case_id in self.promised:
            steps = self.outbox.timeline(case_id)
            assert steps[0].from_state == ""
            for before, after in pairwise(steps):
                assert after.from_state == before.to_state
                same_state = after.from_state == after.to_state
                assert same_state or after.to_state in TRANSITIONS[CaseState(after.from_state)]
            assert steps[-1].to_state == self.outbox.state_of(case_id)
        assert self.outbox.first_broken_audit_entry() is None

    def teardown(self) -> None:
        """In the end everything that is not withdrawn gets through."""
        if not hasattr(self, "outbox"):
            return
        try:
            self._everything_gets_through()
        finally:
            for outbox in self.lives:
                outbox.close()
            self.folder.cleanup()

    def _everything_gets_through(self) -> None:
        self.line.moods.clear()
        for _ in range(6):
            self.clock.advance(2_000)
            self.staff_retry()
            self.syncer.run_once()
        self.platform.process()
        self.syncer.run_once()
        done = {
            case.case_id
            for _, case in self.outbox.list_cases(limit=10_000)
            if case.state in (CaseState.PROCESSED, CaseState.PURGED)
        }
        assert done == set(self.promised) - self.voided


QueueLife.TestCase.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestQueueLife = QueueLife.TestCase
