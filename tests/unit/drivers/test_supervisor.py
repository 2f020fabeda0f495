"""The supervisor on true threads: what callers and subscribers may rely on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from drivers.errors import DeviceError, Disconnected, NoResponse, Unsupported
from drivers.status import DeviceState, DeviceStatus
from drivers.supervision.watchdog import Watchdog
from drivers.supervisor import DeviceSupervisor, NotServed, Stopped, Wedged
from drivers.types import Deadline
from tests.helpers.waiting import until
from tests.unit.drivers.supervision.world import FAST, OK, Thing, World, supervise

Start = Callable[..., DeviceSupervisor[Thing]]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def start(world: World) -> Iterator[Start]:
    """Starts supervisors, and sees to it that they end."""
    started: list[DeviceSupervisor[Thing]] = []
    watchdog = Watchdog(tick_s=0.01)

    def begin(policy: object = FAST) -> DeviceSupervisor[Thing]:
        subject = supervise(world, policy, watchdog=watchdog)  # type: ignore[arg-type]
        started.append(subject)
        subject.start()
        return subject

    yield begin
    world.unwedge()
    assert all([subject.stop(5.0) for subject in started])
    assert not world.violations


@pytest.fixture
def subject(start: Start) -> DeviceSupervisor[Thing]:
    subject = start()
    assert until(lambda: subject.status == OK)
    return subject


def _double(thing: Thing) -> int:
    return thing.work(21)


def test_work_is_done_on_the_devices_own_thread(subject: DeviceSupervisor[Thing]) -> None:
    assert subject.call(_double, Deadline(2)) == 42
    assert subject.call(lambda _thing: threading.current_thread().name, Deadline(2)) == "device thing"


def test_an_idle_device_is_looked_at_again_and_again(subject: DeviceSupervisor[Thing], world: World) -> None:
    looks = world.looks
    assert until(lambda: world.looks > looks + 3)
    assert world.opened == 1


def test_a_look_can_be_asked_for(start: Start, world: World) -> None:
    subject = start(replace(FAST, poll_s=60.0))
    assert until(lambda: subject.status == OK)
    looks = world.looks
    subject.ask_now()
    assert until(lambda: world.looks == looks + 1)


def test_loss_is_noticed_without_any_call_and_mended_when_the_device_is_back(
    subject: DeviceSupervisor[Thing], world: World
) -> None:
    world.is_plugged = False
    assert until(lambda: subject.status.state is DeviceState.NO_DEVICE)
    world.is_plugged = True
    assert until(lambda: subject.status == OK)
    assert world.opened == 2


def test_a_call_gets_the_true_error_and_the_next_one_opens_at_once(start: Start, world: World) -> None:
    subject = start(replace(FAST, first_retry_s=60.0, longest_retry_s=60.0))
    assert until(lambda: subject.status == OK)
    world.is_plugged = False
    with pytest.raises(Disconnected, match="unplugged"):
        subject.call(_double, Deadline(2))
    assert subject.status.state is DeviceState.NO_DEVICE
    world.is_plugged = True
    assert subject.call(_double, Deadline(2)) == 42
    assert until(lambda: subject.status == OK)


def test_the_loss_is_told_before_the_caller_hears_of_it(subject: DeviceSupervisor[Thing], world: World) -> None:
    told: list[str] = []
    subject.subscribe(lambda status: told.append(status.code))
    with pytest.raises(NoResponse):
        subject.call(_fail(NoResponse("thing", "silent")), Deadline(2))
    assert told[:2] == ["ok", "no_answer"]
    assert until(lambda: told[-1] == "ok")


def _fail(error: Exception) -> Callable[[Thing], int]:
    def work(_thing: Thing) -> int:
        raise error

    return work


def test_what_a_device_cannot_do_is_no_loss(subject: DeviceSupervisor[Thing], world: World) -> None:
    with pytest.raises(Unsupported):
        subject.call(_fail(Unsupported("thing", "cannot")), Deadline(2))
    assert (subject.status, world.opened) == (OK, 1)


def test_a_bug_goes_to_the_caller_and_the_device_is_opened_anew(subject: DeviceSupervisor[Thing], world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        subject.call(lambda _thing: 1 // 0, Deadline(2))
    assert subject.call(_double, Deadline(2)) == 42
    assert world.opened == 2


@pytest.mark.expects_warnings
def test_a_bug_in_a_look_is_logged_by_its_type_and_tried_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([ValueError("names and numbers"), OK])

    def probe(_thing: Thing) -> DeviceStatus:
        answer = next(answers, OK)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    subject = DeviceSupervisor("thing", lambda: Thing(world), probe, FAST)
    told: list[str] = []
    subject.subscribe(lambda status: told.append(status.code))
    subject.start()
    assert until(lambda: told == ["starting", "driver_bug", "ok"])
    assert subject.stop(5.0)
    assert "ValueError" in caplog.text
    assert "names and numbers" not in caplog.text


def test_a_printers_blip_is_not_told_but_its_callers_know(start: Start, world: World) -> None:
    subject = start(replace(FAST, gone_after_polls=3, doubt_s=0.1))
    assert until(lambda: subject.status == OK)
    told: list[str] = []
    subject.subscribe(lambda status: told.append(status.code))
    world.fail_next = 1
    with pytest.raises(Disconnected):
        subject.call(_double, Deadline(2))
    assert until(lambda: world.opened == 2)
    assert told == ["ok"]
    world.is_plugged = False
    assert until(lambda: told == ["ok", "disconnected"])


def test_a_longer_call_shows_as_busy_and_counts_as_online(subject: DeviceSupervisor[Thing]) -> None:
    told: list[DeviceStatus] = []
    subject.subscribe(told.append)
    assert subject.call(lambda thing: _slow(thing, 0.2), Deadline(2)) == 42
    assert [status.code for status in told] == ["ok", "busy", "ok"]
    assert all(status.is_online for status in told)


def _slow(thing: Thing, seconds: float) -> int:
    Deadline(seconds).sleep(seconds)
    return thing.work(21)


@pytest.mark.parametrize("code", ["fraud_attempt", "user_error"])
def test_what_the_device_says_of_itself_passes_through(subject: DeviceSupervisor[Thing], world: World, code: str) -> None:
    world.status = DeviceStatus(DeviceState(code), "cover_forced")
    assert until(lambda: subject.status == world.status)
    assert world.opened == 1


def test_subscribers_hear_the_present_first_then_changes_only(subject: DeviceSupervisor[Thing], world: World) -> None:
    told: list[str] = []
    end = subject.subscribe(lambda status: told.append(status.code))
    looks = world.looks
    assert until(lambda: world.looks > looks + 3)
    assert told == ["ok"]
    end()
    world.is_plugged = False
    assert until(lambda: not subject.status.is_online)
    assert told == ["ok"]


@pytest.mark.expects_warnings
def test_a_subscriber_that_raises_is_logged_and_kept(
    subject: DeviceSupervisor[Thing], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def broken(status: DeviceStatus) -> None:
        told.append(status.code)
        raise RuntimeError("secret")

    subject.subscribe(broken)
    world.is_plugged = False
    assert until(lambda: told == ["ok", "disconnected"])
    assert caplog.text.count("RuntimeError") == 2
    assert "secret" not in caplog.text


@pytest.mark.expects_warnings
def test_a_wedged_call_is_given_up_in_time_and_another_thread_takes_over(subject: DeviceSupervisor[Thing], world: World) -> None:
    told: list[str] = []
    subject.subscribe(lambda status: told.append(status.code))
    world.wedge()
    deadline = Deadline(0.1)
    begun_s = time.monotonic()
    with pytest.raises(Wedged):
        subject.call(_double, deadline)
    assert time.monotonic() - begun_s < 0.1 + FAST.grace_s + 0.5
    assert not deadline.is_cancelled, "whoever waits must be able to tell that it was not cancelled"
    assert "wedged" in told
    assert subject.status.state is DeviceState.HARDWARE_ERROR
    world.unwedge()
    assert until(lambda: subject.status == OK)
    assert subject.call(_double, Deadline(2)) == 42


@pytest.mark.expects_warnings
def test_a_cancelled_call_that_hangs_is_given_up_after_the_grace(subject: DeviceSupervisor[Thing], world: World) -> None:
    world.wedge()
    deadline = Deadline(60)
    threading.Timer(0.1, deadline.cancel).start()
    with pytest.raises(Wedged):
        subject.call(_double, deadline)


@pytest.mark.expects_warnings
def test_a_look_that_hangs_is_noticed_though_nobody_calls(subject: DeviceSupervisor[Thing], world: World) -> None:
    world.wedge()
    told: list[str] = []
    subject.subscribe(lambda status: told.append(status.code))
    assert until(lambda: told == ["ok", "wedged"])


@pytest.mark.expects_warnings
def test_never_more_threads_are_lost_than_the_policy_allows(subject: DeviceSupervisor[Thing], world: World) -> None:
    world.wedge()
    assert until(lambda: len(world.hanging) == FAST.most_orphans)
    Deadline(0.4).sleep(0.4)
    assert len(world.hanging) == FAST.most_orphans
    begun_s = time.monotonic()
    with pytest.raises(Wedged):
        subject.call(_double, Deadline(30))
    assert time.monotonic() - begun_s < 5.0
    world.unwedge()
    assert until(lambda: subject.status == OK)
    assert subject.call(_double, Deadline(2)) == 42


@pytest.mark.expects_warnings
def test_a_result_that_comes_too_late_is_disposed_of(subject: DeviceSupervisor[Thing], world: World) -> None:
    disposed: list[int] = []
    world.wedge()
    with pytest.raises(Wedged):
        subject.call(_double, Deadline(0.05), dispose=disposed.append)
    assert not disposed
    world.unwedge()
    assert until(lambda: disposed == [42])


@pytest.mark.expects_warnings
def test_a_device_that_can_be_aborted_is_and_needs_no_second_thread(world: World) -> None:
    class Abortable(Thing):
        def abort(self) -> None:
            world.unwedge()

    subject = DeviceSupervisor("thing", lambda: Abortable(world), lambda thing: thing.look(), FAST)
    subject.start()
    assert until(lambda: subject.status == OK)
    world.wedge()
    with pytest.raises(Wedged):
        subject.call(_double, Deadline(0.05))
    assert until(lambda: subject.status == OK)
    assert subject.stop(5.0)


@pytest.mark.expects_warnings
def test_a_device_opened_by_a_lost_thread_is_closed_and_never_used(world: World) -> None:
    """The port belongs to the next thread by then: not one byte may come from the lost one."""
    world.wedge()
    opened: list[Thing] = []

    def open_thing() -> Thing:
        thing = Thing(world)
        opened.append(thing)
        return thing

    looked: list[Thing] = []

    def probe(thing: Thing) -> DeviceStatus:
        looked.append(thing)
        return thing.look()

    subject = DeviceSupervisor("thing", open_thing, probe, FAST, watchdog=Watchdog(tick_s=0.01))
    subject.start()
    assert until(lambda: len(world.hanging) == 2)
    world.unwedge()
    assert until(lambda: subject.status == OK)
    assert until(lambda: len(opened) >= 2)
    assert subject.stop(5.0)
    assert len(set(map(id, looked))) == 1
    assert not any(thing.is_open for thing in opened)


def test_a_call_whose_turn_never_comes_ends_with_its_time(subject: DeviceSupervisor[Thing]) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def long_work(_thing: Thing) -> None:
        begun.set()
        go_on.wait(10)

    first = threading.Thread(target=lambda: subject.call(long_work, Deadline(10)))
    first.start()
    assert begun.wait(5)
    with pytest.raises(NotServed):
        subject.call(_double, Deadline(0.1))
    go_on.set()
    first.join()


def test_stop_cancels_the_running_call_and_refuses_the_waiting_ones(start: Start) -> None:
    subject = start()
    begun = threading.Event()
    deadline = Deadline(60)
    ends: list[str] = []

    def patient(_thing: Thing) -> str:
        begun.set()
        deadline.sleep(60)
        return "cancelled" if deadline.is_cancelled else "over"

    def attempt(work: Callable[[Thing], str], limit: Deadline) -> None:
        try:
            ends.append(subject.call(work, limit))
        except DeviceError as error:
            ends.append(error.code)

    callers = [threading.Thread(target=attempt, args=(patient, deadline))]
    callers[0].start()
    assert begun.wait(5)
    callers.append(threading.Thread(target=attempt, args=(lambda _thing: "served", Deadline(60))))
    callers[1].start()
    assert until(lambda: len(subject._calls) == 1)
    assert subject.stop(5.0)
    for caller in callers:
        caller.join()
    assert sorted(ends) == ["cancelled", "stopped"]
    with pytest.raises(Stopped):
        subject.call(_double, Deadline(1))
    assert subject.stop(1.0)


@pytest.mark.expects_warnings
def test_stop_does_not_wait_for_a_driver_that_hangs_and_says_so(world: World) -> None:
    subject = supervise(world, replace(FAST, grace_s=60.0, probe_limit_s=60.0))
    subject.start()
    assert until(lambda: subject.status == OK)
    world.wedge()
    ends: list[str] = []

    def attempt() -> None:
        try:
            subject.call(_double, Deadline(60))
        except DeviceError as error:
            ends.append(error.code)

    caller = threading.Thread(target=attempt)
    caller.start()
    assert until(lambda: bool(world.hanging))
    assert not subject.stop(0.2)
    caller.join(5.0)
    assert ends == ["wedged"]
    world.unwedge()
    assert until(lambda: not any(thread.name == "device thing" for thread in threading.enumerate()))


def test_its_own_thread_cannot_wait_for_itself(subject: DeviceSupervisor[Thing]) -> None:
    with pytest.raises(RuntimeError, match="itself"):
        subject.call(lambda _thing: subject.call(_double, Deadline(1)), Deadline(5))


def test_a_supervisor_starts_once(subject: DeviceSupervisor[Thing]) -> None:
    with pytest.raises(RuntimeError, match="once"):
        subject.start()


def test_nothing_of_a_call_is_kept_by_the_idle_thread(subject: DeviceSupervisor[Thing]) -> None:
    """What a call carries may be a resident's: it must be gone when the caller lets go of it."""
    import gc
    import weakref

    class Personal:
        pass

    def work(_thing: Thing) -> Personal:
        return Personal()

    gc.disable()
    try:
        held = weakref.ref(subject.call(work, Deadline(2)))
        assert until(lambda: held() is None)
        error = Personal()
        gone = weakref.ref(error)

        def failing(_thing: Thing, personal: Personal = error) -> None:
            raise Unsupported("thing", repr(personal))

        with pytest.raises(Unsupported):
            subject.call(failing, Deadline(2))
        del error, failing
        assert until(lambda: gone() is None)
    finally:
        gc.enable()


def test_logs_are_quiet_while_all_is_well(subject: DeviceSupervisor[Thing], caplog: pytest.LogCaptureFixture) -> None:
    subject.call(_double, Deadline(2))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
