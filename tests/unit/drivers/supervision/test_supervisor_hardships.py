"""What must not cost a device its only thread, nor a thread that has come back its work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from drivers.errors import Disconnected
from drivers.supervision.fence import Fence
from drivers.supervision.watchdog import Watchdog
from drivers.supervisor import DeviceSupervisor, Wedged
from drivers.transport.port import Port
from drivers.types import Deadline
from tests.helpers.waiting import until
from tests.unit.drivers.supervision.test_fence import Line
from tests.unit.drivers.supervision.world import FAST, OK, Thing, World, supervise


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def subject(world: World) -> Iterator[DeviceSupervisor[Thing]]:
    subject = supervise(world, replace(FAST, grace_s=0.02, poll_s=60.0), watchdog=Watchdog(tick_s=0.01))
    yield subject
    world.unwedge()
    assert subject.stop(5.0)


@pytest.mark.expects_warnings
def test_a_bug_in_disposing_ends_no_thread(subject: DeviceSupervisor[Thing], world: World) -> None:
    def dispose(_result: int) -> None:
        raise ZeroDivisionError("with a name in it")

    subject.start()
    assert until(lambda: subject.status == OK)
    world.wedge()
    with pytest.raises(Wedged):
        subject.call(lambda thing: thing.work(1), Deadline(0.02), dispose=dispose)
    world.unwedge()
    assert until(lambda: not subject._orphans)
    assert subject.call(lambda thing: thing.work(2), Deadline(2)) == 4


@pytest.mark.expects_warnings
def test_a_machine_without_threads_gets_its_device_back_when_there_are_some(
    subject: DeviceSupervisor[Thing], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, refusals = threading.Thread.start, [1, 2, 3]

    def start(thread: threading.Thread) -> None:
        if thread.name == "device thing" and refusals:
            refusals.pop()
            raise RuntimeError("can't start new thread")
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    subject.start()
    assert until(lambda: subject.status == OK)
    assert subject.call(lambda thing: thing.work(2), Deadline(2)) == 4
    assert not refusals


def test_a_thread_that_came_back_a_moment_ago_is_not_given_up(
    subject: DeviceSupervisor[Thing], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_up = subject._give_up

    def too_late(*arguments: object) -> None:
        world.unwedge()
        assert until(lambda: subject._owner is not None and subject._owner.call is None)
        give_up(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(subject, "_give_up", too_late)
    subject.start()
    assert until(lambda: subject.status == OK)
    world.wedge()
    assert subject.call(lambda thing: thing.work(21), Deadline(0.01)) == 42
    assert not subject._orphans


@pytest.mark.expects_warnings
def test_a_close_that_hangs_is_fenced_off_too(world: World) -> None:
    let_go, aborted = threading.Event(), threading.Event()

    class Clinging(Thing):
        def close(self) -> None:
            let_go.wait()
            super().close()

        def abort(self) -> None:
            aborted.set()

    subject = DeviceSupervisor("thing", lambda: Clinging(world), lambda thing: thing.look(), FAST, watchdog=Watchdog(tick_s=0.01))
    subject.start()
    assert until(lambda: subject.status == OK)
    with pytest.raises(ZeroDivisionError):
        subject.call(lambda _thing: 1 // 0, Deadline(2))
    assert aborted.wait(5.0)
    let_go.set()
    assert until(lambda: not subject._orphans)
    assert subject.stop(5.0)


def test_a_line_that_opens_after_the_fence_fell_shut_is_let_go_of() -> None:
    line = Line([])

    def opener(_url: str, _baudrate: int, _deadline: Deadline | None = None) -> Port:
        fence.shut()
        return line

    fence = Fence(opener)
    with pytest.raises(Disconnected, match="another thread"):
        fence.open_port("line", 9600)
    assert not line.is_open
