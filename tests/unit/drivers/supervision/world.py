"""A device that can be unplugged, fail, and hang; it notices everything a supervisor must never do."""

from __future__ import annotations

import threading

from drivers.errors import Disconnected
from drivers.status import DeviceState, DeviceStatus
from drivers.supervisor import DeviceSupervisor, SupervisorPolicy
from drivers.types import Deadline

OK = DeviceStatus(DeviceState.ONLINE, "ok")
_MOMENT_S = 0.001
FAST = SupervisorPolicy(
    poll_s=0.02,
    doubt_s=0.006,
    first_retry_s=0.004,
    longest_retry_s=0.02,
    probe_limit_s=0.1,
    open_limit_s=0.1,
    grace_s=0.1,
    busy_after_s=0.02,
    after_call_s=0.002,
)


class World:
    """The other end of the line."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_plugged = True
        self.status = OK
        self.fail_next = 0
        self.free = threading.Event()
        self.free.set()
        self.hanging: set[int] = set()
        self.inside: set[int] = set()
        self.opened = self.looks = 0
        self.violations: list[str] = []

    def wedge(self) -> None:
        self.free.clear()

    def unwedge(self) -> None:
        self.free.set()

    def touch(self, what: str) -> None:
        """Something happens on the line and takes a moment; hangs while the world is wedged."""
        me = threading.get_ident()
        with self.lock:
            if self.inside - self.hanging - {me}:
                self.violations.append(f"{what} beside another thread")
            self.inside.add(me)
            hangs = not self.free.is_set()
            if hangs:
                self.hanging.add(me)  # until it returns: when it wakes, its port may belong to another thread by right
        try:
            if hangs:
                self.free.wait()
            Deadline(_MOMENT_S).sleep(_MOMENT_S)
            with self.lock:
                if not self.is_plugged:
                    raise Disconnected("world", "unplugged")
                if self.fail_next:
                    self.fail_next -= 1
                    raise Disconnected("world", "failed once")
        finally:
            with self.lock:
                self.inside.discard(me)
                self.hanging.discard(me)


class Thing:
    """The device as a driver hands it out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.owner = threading.get_ident()
        self.is_open = True
        world.touch("open")
        with world.lock:
            world.opened += 1

    def look(self) -> DeviceStatus:
        self._check("look")
        self.world.touch("look")
        with self.world.lock:
            self.world.looks += 1
            return self.world.status

    def work(self, value: int) -> int:
        self._check("work")
        self.world.touch("work")
        return value * 2

    def close(self) -> None:
        if threading.get_ident() != self.owner:
            self.world.violations.append("closed by a strange thread")
        self.is_open = False

    def _check(self, what: str) -> None:
        if threading.get_ident() != self.owner:
            self.world.violations.append(f"{what} by a strange thread")
        if not self.is_open:
            self.world.violations.append(f"{what} on a closed device")


def supervise(world: World, policy: SupervisorPolicy = FAST, **more: object) -> DeviceSupervisor[Thing]:
    return DeviceSupervisor("thing", lambda: Thing(world), lambda thing: thing.look(), policy, **more)  # type: ignore[arg-type]
