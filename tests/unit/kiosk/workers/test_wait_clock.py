"""How long waiting takes is measured, never made up."""

from __future__ import annotations

import pytest

from kiosk.config import Times
from kiosk.domain.identity import Proof, Route
from kiosk.domain.waiting import FOR_THE_RESIDENT, Patience, Wait
from kiosk.flow.events import Back, CaseStored, Event, FaceAsks, PersonProved, ProofFailed, SlipPrinted
from kiosk.workers.wait_clock import ENOUGH, REMEMBERED, WaitClock, limits

STORED = CaseStored("id", "number", "2026-11-26 10:00")
PROVED = PersonProved(Proof(Route.ID_CARD_STAFF, Route.ID_CARD_STAFF.level))


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def subject(clock: Clock) -> WaitClock:
    return WaitClock({Wait.STAFF_CHECK: 20.0}, clock)


def _take(subject: WaitClock, clock: Clock, kind: Wait, seconds: float, event: Event) -> None:
    subject.turn(kind, None)
    clock.s += seconds
    subject.turn(None, event)


def test_nothing_is_waited_for_at_first(subject: WaitClock) -> None:
    assert subject.now() is None


def test_what_is_waited_for_is_told_with_how_long_already(subject: WaitClock, clock: Clock) -> None:
    subject.turn(Wait.STAFF_CHECK, None)
    clock.s += 2.5
    subject.turn(Wait.STAFF_CHECK, None)
    assert subject.now() == Patience(Wait.STAFF_CHECK, 2.5, None, 20.0)


def test_the_median_is_told_once_enough_was_measured(subject: WaitClock, clock: Clock) -> None:
    for seconds in (1.0, 9.0, 2.0)[: ENOUGH - 1]:
        _take(subject, clock, Wait.STORING, seconds, STORED)
    subject.turn(Wait.STORING, None)
    assert (now := subject.now()) is not None
    assert now.usual_s is None
    clock.s += 2.0
    subject.turn(None, STORED)
    subject.turn(Wait.STORING, None)
    assert (now := subject.now()) is not None
    assert now.usual_s == 2.0


def test_only_the_newest_count(subject: WaitClock, clock: Clock) -> None:
    for _ in range(REMEMBERED):
        _take(subject, clock, Wait.STORING, 50.0, STORED)
    for _ in range(REMEMBERED):
        _take(subject, clock, Wait.STORING, 1.0, STORED)
    subject.turn(Wait.STORING, None)
    assert (now := subject.now()) is not None
    assert now.usual_s == 1.0


@pytest.mark.parametrize("event", [Back(), ProofFailed("staff.wrong_code"), SlipPrinted("id"), None])
def test_what_was_given_up_or_failed_is_no_measure(subject: WaitClock, clock: Clock, event: Event) -> None:
    for _ in range(ENOUGH):
        _take(subject, clock, Wait.STAFF_CHECK, 5.0, event)
    subject.turn(Wait.STAFF_CHECK, None)
    assert (now := subject.now()) is not None
    assert now.usual_s is None


def test_the_face_check_is_waited_for_until_it_asks_and_then_for_the_comparison(subject: WaitClock, clock: Clock) -> None:
    for _ in range(ENOUGH):
        subject.turn(Wait.CAMERA, None)
        clock.s += 1.5
        assert subject.refine(None, FaceAsks("blink", 0, 2))
        assert subject.now() is None
        assert not subject.refine(None, FaceAsks("nod", 1, 2))
        clock.s += 30.0
        assert subject.refine(Wait.FACE_CHECK, FaceAsks("", 2, 2))
        clock.s += 0.5
        subject.turn(None, PROVED)
    subject.turn(Wait.CAMERA, None)
    assert subject.now() == Patience(Wait.CAMERA, 0.0, 1.5, None)
    subject.refine(Wait.FACE_CHECK)
    assert subject.now() == Patience(Wait.FACE_CHECK, 0.0, 0.5, None)


def test_late_is_what_takes_longer_than_was_said() -> None:
    assert Patience(Wait.STORING, usual_s=0.5).late_after_s == 3.5
    assert Patience(Wait.PROOF, usual_s=12.0, at_most_s=90.0).late_after_s == 24.0
    assert Patience(Wait.PROGRESS, at_most_s=20.0).late_after_s == 21.0
    assert Patience(Wait.STORING).late_after_s is None


@pytest.mark.parametrize("kind", sorted(FOR_THE_RESIDENT))
def test_a_resident_who_takes_time_is_never_late_and_is_told_how_much_there_is(kind: Wait) -> None:
    at_most_s = limits(Times())[kind]
    assert Patience(kind, 1000.0, 1.0, at_most_s).late_after_s is None
