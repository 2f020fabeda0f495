"""Handing cases to the queue, also when the disk has its moods."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest

from drivers.types import Deadline
from kiosk.domain.identity import AssuranceLevel, Proof, Route
from kiosk.domain.language import Language
from kiosk.domain.papers import ScannedPage
from kiosk.domain.rating import Grade, RatingReason
from kiosk.flow.events import DeliveryKnown
from kiosk.flow.session import SessionContext
from kiosk.services.cases import facts_of
from kiosk.services.queue_desk import QueueDesk
from offline_queue.errors import KnownError
from offline_queue.models import CaseCommitted, CaseDraft, RefusalCode
from offline_queue.models import CaseRefused as QueueRefused
from offline_queue.states import CaseState
from tests.helpers.people import INSURANCE, sample_catalogue, sample_context, sample_person, sample_signature


class Moody:
    """An outbox of which only what is asked here exists; it answers, or fails as a disk does."""

    def __init__(self, states: list[CaseState | KnownError]) -> None:
        self._states = states
        self.ratings: list[tuple[str | int, ...]] = []
        self.misses: list[str] = []

    def state_of(self, case_id: str) -> CaseState:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        if isinstance(state, KnownError):
            raise state
        return state

    def statement(self, case_id: str) -> str:
        if isinstance(self._states[0], KnownError):
            raise self._states[0]
        return f"the word on {case_id}"

    def rate(self, case_id: str, grade: int, reasons: Sequence[str]) -> None:
        if isinstance(self._states[0], KnownError):
            raise self._states[0]
        self.ratings.append((case_id, grade, *reasons))

    def note_miss(self, text: str) -> None:
        if isinstance(self._states[0], KnownError):
            raise self._states[0]
        self.misses.append(text)


class Taking(Moody):
    """Takes a case with this outcome."""

    def __init__(self, outcome: CaseCommitted | QueueRefused) -> None:
        super().__init__([CaseState.COMMITTED])
        self._outcome = outcome

    def accept(self, _draft: CaseDraft) -> CaseCommitted | QueueRefused:
        return self._outcome


def _desk(outbox: Moody, woken: list[bool]) -> QueueDesk:
    return QueueDesk(outbox, lambda: woken.append(True))  # type: ignore[arg-type]


@pytest.mark.parametrize("refused", [False, True])
def test_pages_are_overwritten_when_the_case_was_stored_or_refused_and_the_sessions_stay(refused: bool) -> None:
    session = SessionContext()
    proof = Proof(Route.ID_CARD_STAFF, AssuranceLevel.L4, staff_id="W001")
    session.person, session.proof, session.signature = sample_person(), proof, sample_signature()
    session.pages.append(ScannedPage("residence_registration", bytearray(b"a page")))
    item = next(item for item in sample_catalogue().items if item.code == INSURANCE)
    facts = facts_of(sample_context(session), item, Language.ZH)
    assert [bytes(page.jpeg) for page in facts.pages] == [b"a page"]
    outcome = QueueRefused(RefusalCode.DISK_FULL, "") if refused else CaseCommitted("id", "number", 1, "digest", 1)
    _desk(Taking(outcome), []).commit(facts)
    assert [bytes(page.jpeg) for page in facts.pages] == [bytes(6)]
    assert bytes(session.pages[0].jpeg) == b"a page"


def test_a_receipt_within_the_moment_is_told_and_the_sync_was_woken() -> None:
    woken: list[bool] = []
    desk = _desk(Moody([CaseState.COMMITTED, CaseState.SENDING, CaseState.ACCEPTED]), woken)
    assert desk.await_delivery("id", Deadline(20)) == DeliveryKnown(True)
    assert woken


def test_without_a_receipt_the_honest_answer_is_no() -> None:
    assert _desk(Moody([CaseState.SENDING]), []).await_delivery("id", Deadline(0.2)) == DeliveryKnown(False)


@pytest.mark.expects_warnings
def test_a_disk_that_cannot_be_read_ends_no_visit(caplog: pytest.LogCaptureFixture) -> None:
    desk = _desk(Moody([KnownError("io_error", "the disk")]), [])
    with caplog.at_level(logging.WARNING):
        assert desk.await_delivery("id", Deadline(0.2)) == DeliveryKnown(False)
        desk.rate("id", Grade.SATISFIED, ())
        assert desk.statement("id") is None
        desk.note_miss("飞机票")
    assert "io_error" in caplog.text
    assert "飞机票" not in caplog.text


def test_the_statement_is_the_queues() -> None:
    assert _desk(Moody([CaseState.ACCEPTED]), []).statement("id") == "the word on id"


def test_a_rating_is_kept_and_sent() -> None:
    woken: list[bool] = []
    outbox = Moody([CaseState.ACCEPTED])
    _desk(outbox, woken).rate("id", Grade.SATISFIED, ())
    _desk(outbox, woken).rate("id", Grade.DISSATISFIED, (RatingReason.SLOW,))
    _desk(outbox, woken).rate("id", None, ())
    assert outbox.ratings == [("id", 4), ("id", 2, "slow"), ("id", 0)]
    assert woken


def test_a_search_in_vain_is_counted_without_waking_the_sync() -> None:
    woken: list[bool] = []
    outbox = Moody([CaseState.ACCEPTED])
    _desk(outbox, woken).note_miss("飞机票")
    assert (outbox.misses, woken) == (["飞机票"], [])
