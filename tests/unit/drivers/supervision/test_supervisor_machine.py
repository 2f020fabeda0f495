"""A supervisor through any order of mishaps, on true threads: what must hold at every point and in the end."""

from __future__ import annotations

import itertools
import threading

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from drivers.errors import DeviceError
from drivers.status import DeviceState, DeviceStatus
from drivers.supervision.watchdog import Watchdog
from drivers.types import Deadline
from tests.helpers.waiting import until
from tests.unit.drivers.supervision.world import FAST, OK, Thing, World, supervise

pytestmark = pytest.mark.expects_warnings

_BOUND_S = 3.0
"""The policy of these tests is fifty times as fast as the true one; this leaves room for a loaded machine."""


class _Caller:
    """A call on a thread of its own, so that the machine may go on meanwhile."""

    def __init__(self, call: object, value: int, seconds: float) -> None:
        self.end: int | str | None = None
        self.value = value
        self.deadline = Deadline(seconds)
        self._call = call
        self.thread = threading.Thread(target=self._run, name="caller")
        self.thread.start()

    def _run(self) -> None:
        try:
            self.end = self._call(lambda thing: thing.work(self.value), self.deadline)  # type: ignore[operator]
        except DeviceError as error:
            self.end = error.code


class Mishaps(RuleBasedStateMachine):
    """Plug, unplug, hang, free, call, look, fail."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.told: list[DeviceStatus] = []
        self.callers: list[_Caller] = []
        self.watchdog = Watchdog(tick_s=0.01)
        self.subject = supervise(self.world, FAST, watchdog=self.watchdog)
        self.subject.subscribe(self.told.append)
        self.subject.start()

    @rule()
    def plug(self) -> None:
        self.world.is_plugged = True

    @rule()
    def unplug(self) -> None:
        self.world.is_plugged = False

    @rule()
    def wedge(self) -> None:
        self.world.wedge()

    @rule()
    def unwedge(self) -> None:
        self.world.unwedge()

    @rule(times=st.integers(1, 3))
    def fail(self, times: int) -> None:
        self.world.fail_next = times

    @rule(state=st.sampled_from([DeviceState.ONLINE, DeviceState.USER_ERROR, DeviceState.FRAUD_ATTEMPT]))
    def say(self, state: DeviceState) -> None:
        self.world.status = OK if state is DeviceState.ONLINE else DeviceStatus(state, state.value)

    @rule()
    def look(self) -> None:
        self.subject.ask_now()

    @rule(value=st.integers(), seconds=st.sampled_from([0.0, 0.01, 0.1]))
    def call(self, value: int, seconds: float) -> None:
        self.callers.append(_Caller(self.subject.call, value, seconds))

    @precondition(lambda self: self.callers)
    @rule()
    def cancel(self) -> None:
        self.callers[-1].deadline.cancel()

    @rule(seconds=st.sampled_from([0.005, 0.03, 0.15]))
    def wait(self, seconds: float) -> None:
        Deadline(seconds).sleep(seconds)

    @precondition(lambda self: self.world.is_plugged and self.world.free.is_set())
    @rule()
    def a_plugged_device_is_in_service_again(self) -> None:
        wanted = self.world.status
        assert until(lambda: self.subject.status == wanted, _BOUND_S), self.subject.status

    @invariant()
    def never_two_threads_on_one_port(self) -> None:
        assert not self.world.violations

    @invariant()
    def never_too_many_threads_are_lost(self) -> None:
        assert sum(thread.name == "device thing" for thread in threading.enumerate()) <= FAST.most_orphans + 1
        assert len(self.world.hanging) <= FAST.most_orphans

    @invariant()
    def subscribers_hear_changes_only(self) -> None:
        told = list(self.told)
        assert all((a.state, a.code) != (b.state, b.code) for a, b in itertools.pairwise(told))

    def teardown(self) -> None:
        for caller in self.callers:
            caller.thread.join(10.0)
            assert caller.end in (caller.value * 2, "disconnected", "wedged", "busy"), caller.end
        is_free = self.world.free.is_set()
        orphans = len(self.subject._orphans)
        joined = self.subject.stop(2.0)
        assert joined or not is_free or orphans
        self.world.unwedge()
        assert until(lambda: not any(thread.name == "device thing" for thread in threading.enumerate()))
        assert until(lambda: not any(thread.name == "device watchdog" for thread in threading.enumerate()))
        assert not self.world.violations
        assert not self.world.inside


def test_nothing_breaks_in_any_order_of_mishaps() -> None:
    run_state_machine_as_test(
        Mishaps,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_the_machine_notices_a_second_thread_on_the_port() -> None:
    """The net has no hole: a thread that comes beside a working one is found."""
    world = World()
    thing = Thing(world)
    world.inside.add(-1)  # another thread, at work and not hanging
    thing.look()
    assert world.violations == ["look beside another thread"]
