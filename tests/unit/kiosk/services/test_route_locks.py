"""Who has failed too often waits; nobody else does, and nothing of it is written anywhere."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.identity import Route, RouteStanding
from kiosk.flow.context import LOCK_S, MAX_TRIES
from kiosk.services.route_locks import RouteLocks, Tries
from tests.helpers.people import FACE, STAFF, sample_person

ONE, OTHER = sample_person(), sample_person(id_number="330302196001010013")


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def subject(clock: Clock) -> RouteLocks:
    return RouteLocks(clock)


def _fails(locks: RouteLocks, times: int, route: Route = FACE) -> None:
    for _ in range(times):
        locks.count(ONE, route)


def test_tries_are_counted_by_person_and_way(subject: RouteLocks) -> None:
    _fails(subject, 2)
    _fails(subject, 1, STAFF)
    assert subject.standings(ONE) == (RouteStanding(STAFF, 1), RouteStanding(FACE, 2))
    assert subject.standings(OTHER) == ()


def test_the_third_pauses_for_five_minutes_and_no_longer(subject: RouteLocks, clock: Clock) -> None:
    _fails(subject, MAX_TRIES)
    assert subject.standings(ONE) == (RouteStanding(FACE, 0, 1000.0 + LOCK_S),)
    assert subject.is_paused(ONE, FACE)
    assert not subject.is_paused(ONE, STAFF)
    assert not subject.is_paused(OTHER, FACE)
    clock.now_s += LOCK_S - 1
    _fails(subject, 5)
    assert subject.is_paused(ONE, FACE)
    clock.now_s += 1
    assert not subject.is_paused(ONE, FACE)
    assert subject.standings(ONE) == ()


def test_tries_left_unused_are_given_back_after_a_while(subject: RouteLocks, clock: Clock) -> None:
    _fails(subject, 2)
    clock.now_s += LOCK_S
    assert subject.standings(ONE) == ()


def test_success_clears_that_way_of_that_person(subject: RouteLocks) -> None:
    _fails(subject, 2)
    _fails(subject, 1, STAFF)
    subject.count(OTHER, FACE)
    subject.clear(ONE, FACE)
    assert subject.standings(ONE) == (RouteStanding(STAFF, 1),)
    assert subject.standings(OTHER) == (RouteStanding(FACE, 1),)


def test_a_final_x_in_either_case_is_the_same_person(subject: RouteLocks) -> None:
    subject.count(sample_person(id_number="42010219920214123x"), FACE)
    assert subject.standings(sample_person(id_number="42010219920214123X")) == (RouteStanding(FACE, 1),)


def test_no_number_is_held_and_two_processes_know_nothing_of_each_other(clock: Clock) -> None:
    locks = [RouteLocks(clock), RouteLocks(clock)]
    for one in locks:
        one.count(ONE, FACE)
    keys = [set(one._tries._entries) for one in locks]
    assert not keys[0] & keys[1]
    assert all(ONE.id_number.encode() not in key and len(key) == 32 for held in keys for key in held)
    reachable = gc.get_referents(*(one._tries._entries for one in locks))
    assert ONE.id_number not in reachable
    assert ONE not in reachable


def test_what_is_over_takes_no_memory(clock: Clock) -> None:
    tries = Tries(clock, 10.0)
    for number in range(500):
        tries.count(str(number).encode())
        clock.now_s += 1.0
    assert len(tries._entries) <= 10


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("fail", "succeed")), st.floats(0.0, 200.0)), max_size=40))
def test_never_more_than_three_failures_within_the_time_of_a_pause(steps: list[tuple[str, float]]) -> None:
    """Whoever asks first, as the desk does, gets at most three failures in a row between two pauses."""
    clock = Clock()
    locks = RouteLocks(clock)
    in_a_row: list[float] = []
    for what, pause_s in steps:
        clock.now_s += pause_s
        if locks.is_paused(ONE, FACE):
            assert len(in_a_row) >= MAX_TRIES
            assert clock.now_s - in_a_row[-1] < LOCK_S
            continue
        if what == "succeed":
            locks.clear(ONE, FACE)
            in_a_row.clear()
        else:
            in_a_row = [at for at in in_a_row if clock.now_s - in_a_row[-1] < LOCK_S]
            if len(in_a_row) >= MAX_TRIES:
                in_a_row.clear()
            in_a_row.append(clock.now_s)
            locks.count(ONE, FACE)
        (standing,) = locks.standings(ONE) or (RouteStanding(FACE, 0),)
        assert standing.tries < MAX_TRIES
