"""Keeps one device in service: owns the thread that owns the port, notices loss, and opens again for ever.

Every look, call, opening and closing of the device happens on that one thread. A driver that does not come back loses its
thread: the caller is told, another thread with a newly opened device takes over, and what the lost one still brings is dropped.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Generic

from drivers.errors import DeviceError, Unsupported
from drivers.status import DeviceState, DeviceStatus
from drivers.supervision.announcer import Announcer, OnChange
from drivers.supervision.calls import Call, Closable, Device, Result
from drivers.supervision.errors import NotServed, Stopped, Wedged
from drivers.supervision.judgement import BUG, STARTING, Judgement, status_of_error
from drivers.supervision.owner import Owner
from drivers.supervision.policy import CAMERAS, CARDS, DOCUMENTS, PRINTERS, SCANNERS, SupervisorPolicy, is_gone
from drivers.supervision.watchdog import SHARED, Watchdog
from drivers.types import Deadline

__all__ = [
    "CAMERAS",
    "CARDS",
    "DOCUMENTS",
    "PRINTERS",
    "SCANNERS",
    "Closable",
    "DeviceSupervisor",
    "NotServed",
    "Stopped",
    "SupervisorPolicy",
    "Wedged",
]

_log = logging.getLogger(__name__)

_FOREVER_S = float("inf")
_WAIT_S = 0.05
"""Longest single wait of a caller, so that a cancelled deadline is noticed."""
_TURN_S = 0.05
"""So long may a call whose time is over still wait for its turn."""
_BUSY = DeviceStatus(DeviceState.BUSY, "busy")


class DeviceSupervisor(Generic[Device]):
    """One device. Every method may be called from any thread; subscribers are told on whatever thread noticed the change."""

    def __init__(
        self,
        name: str,
        open_device: Callable[[], Device],
        probe: Callable[[Device], DeviceStatus],
        policy: SupervisorPolicy | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        watchdog: Watchdog = SHARED,
    ) -> None:
        """``open_device`` resolves its path or URL anew each time; ``probe`` asks a device how it is. Nothing is opened yet."""
        self.name = name
        self._open_device = open_device
        self._probe = probe
        self._policy = policy or SupervisorPolicy()
        self._clock = clock
        self._watchdog = watchdog
        self._lock = threading.Condition()
        self._judgement = Judgement(self._policy)
        self._announcer = Announcer(name, STARTING)
        self._calls: deque[Call[Device, Any]] = deque()
        self._owner: Owner[Device] | None = None
        self._orphans: set[Owner[Device]] = set()
        self._shown_busy: Call[Device, Any] | None = None
        self._next_look_s = 0.0
        self._is_asked = False
        self._is_stopping = False
        self._has_started = False

    def start(self) -> None:
        """Open the device and begin to watch it; once in the supervisor's life."""
        with self._lock:
            if self._has_started or self._is_stopping:
                raise RuntimeError(f"{self.name}: a supervisor starts once")
            self._has_started = True
            self._hire()
        self._watchdog.add(self.check)

    def stop(self, timeout_s: float) -> bool:
        """End: the running call is cancelled, waiting ones get ``Stopped``, the device is closed, threads are joined.

        False when a thread still hangs in its driver; its caller gets ``Wedged``. May be called twice.
        """
        limit = Deadline(timeout_s)
        with self._lock:
            self._is_stopping = True
            owner, waiting = self._owner, self._drain()
            if owner is not None and owner.call is not None:
                owner.call.deadline.cancel()
            threads = [one.thread for one in (owner, *self._orphans) if one is not None]
            self._lock.notify_all()
        for call in waiting:
            call.fail(Stopped(self.name, "is stopped"))
        for thread in threads:
            thread.join(limit.remaining_s)
        if owner is not None and owner.thread.is_alive():
            self._give_up(owner, lambda: True)
        self._watchdog.remove(self.check)
        return not any(thread.is_alive() for thread in threads)

    @property
    def status(self) -> DeviceStatus:
        """What stands now: ``busy`` during a longer call, else what is believed of the device."""
        self.check()
        with self._lock:
            return self._shown()

    def subscribe(self, on_change: OnChange) -> Callable[[], None]:
        """Be told the present status at once and then each change of state or code; returns how to end that.

        ``on_change`` must be quick and must not call the device; one that raises is logged and kept.
        """
        return self._announcer.subscribe(on_change)

    def ask_now(self) -> None:
        """Look at the device as soon as it is free."""
        with self._lock:
            self._is_asked = True
            self._lock.notify_all()

    def call(
        self, work: Callable[[Device], Result], deadline: Deadline, *, dispose: Callable[[Result], None] | None = None
    ) -> Result:
        """Have ``work`` done on the device's own thread, opening the device at once if it is closed; blocks until then.

        Raises ``DeviceError`` when there is no device or the link fails, ``Wedged`` when the driver does not come back within
        the policy's grace beyond ``deadline``, ``NotServed`` when its turn never came, and whatever ``work`` raises besides.
        ``dispose`` gets the result of a call that was given up, should it still come.
        """
        entry: Call[Device, Result] = Call(work, deadline, dispose)
        with self._lock:
            if self._is_stopping or not self._has_started:
                raise Stopped(self.name, "is stopped")
            if self._owner is None:
                raise self._wedged()
            if threading.current_thread() is self._owner.thread:
                raise RuntimeError(f"{self.name}: its own thread cannot wait for itself")
            self._calls.append(entry)
            self._lock.notify_all()
        self._wait_for(entry)
        return entry.take()

    def check(self) -> None:
        """Give up a thread that has been opening, looking or closing for too long; have one where none could be begun before."""
        with self._lock:
            owner = self._owner
            is_late = owner is not None and self._clock() > owner.limit_at_s
            if owner is None and self._may_hire:
                self._hire()
        if owner is not None and is_late:
            self._give_up(owner, lambda: self._clock() > owner.limit_at_s)

    # --- on the caller's thread

    def _wait_for(self, call: Call[Device, Any]) -> None:
        over_at_s: float | None = None
        wait_s = min(_WAIT_S, call.deadline.remaining_s)
        while not call.done.wait(wait_s):
            now_s = self._clock()
            if call.deadline.is_over:
                over_at_s = now_s if over_at_s is None else over_at_s
                self._expire(call, now_s - over_at_s)
                wait_s = min(_WAIT_S, max(0.001, over_at_s + self._policy.grace_s - now_s))
            else:
                self._show_busy(call, now_s)
                wait_s = min(_WAIT_S, call.deadline.remaining_s)

    def _show_busy(self, call: Call[Device, Any], now_s: float) -> None:
        with self._lock:
            is_long = call.begun_at_s is not None and now_s - call.begun_at_s >= self._policy.busy_after_s
            if not is_long or self._shown_busy is call or self._owner is None or self._owner.call is not call:
                return
            self._shown_busy = call
            self._announcer.put(self._shown())
        self._announcer.deliver()

    def _expire(self, call: Call[Device, Any], over_for_s: float) -> None:
        """A call whose time is over: take it out of the queue, or give its thread up when the grace is over too."""
        with self._lock:
            owner = self._owner
            is_running = owner is not None and owner.call is call
            if not is_running and over_for_s >= _TURN_S and call in self._calls:
                self._calls.remove(call)
                call.fail(NotServed(self.name, "was busy until the time was over"))
        if owner is not None and is_running and over_for_s >= self._policy.grace_s:
            self._give_up(owner, lambda: owner.call is call)

    # --- giving a thread up, on whatever thread noticed

    def _give_up(self, owner: Owner[Device], still_hangs: Callable[[], bool]) -> None:
        """The owner hangs in the driver: it becomes an orphan, and another takes over if there are not too many already.

        ``still_hangs`` is asked under the lock: it may have come back since that was noticed, and be at work for somebody else.
        """
        with self._lock:
            if owner is not self._owner or not still_hangs():
                return
            lost, owner.call, owner.limit_at_s = owner.call, None, _FOREVER_S
            self._owner, self._shown_busy = None, None
            self._orphans.add(owner)
            error = self._wedged()
            self._judgement.wedge(status_of_error(error))
            self._announcer.put(self._shown())
            may_hire = self._may_hire
            refused: list[Call[Device, Any]] = []
            self._abort(owner)  # before another thread comes: it lets go of the line that the other one needs
            if may_hire:
                self._hire()
            else:
                refused = self._drain()
        _log.warning("%s: the driver hangs; %s", self.name, "a new thread takes over" if may_hire else "it is left alone")
        self._announcer.deliver()
        if lost is not None:
            lost.fail(error)
        for call in refused:
            call.fail(error)

    def _abort(self, owner: Owner[Device]) -> None:
        abort = getattr(owner.device, "abort", None)
        if abort is None:
            return
        try:
            abort()
        except Exception as error:  # noqa: BLE001 - a mere attempt; the thread is given up all the same
            _log.warning("%s: the driver could not be stopped (%s)", self.name, type(error).__name__)

    @property
    def _may_hire(self) -> bool:
        return self._has_started and not self._is_stopping and len(self._orphans) < self._policy.most_orphans

    def _hire(self) -> None:
        self._next_look_s = self._clock()
        owner = Owner(f"device {self.name}", self._serve)
        try:
            owner.thread.start()
        except RuntimeError as error:  # the machine has no thread left: ``check`` tries again
            _log.error("%s: no thread can be begun (%s)", self.name, error)
        else:
            self._owner = owner

    def _drain(self) -> list[Call[Device, Any]]:
        waiting = list(self._calls)
        self._calls.clear()
        return waiting

    def _wedged(self) -> Wedged:
        return Wedged(self.name, "the driver does not come back")

    def _shown(self) -> DeviceStatus:
        return _BUSY if self._shown_busy is not None else self._judgement.settled

    # --- on the owner's thread

    def _serve(self, owner: Owner[Device]) -> None:
        while (turn := self._next_turn(owner)) is not None:
            turn()
            del turn  # while this thread waits, its frames must hold nothing of a resident
        self._close(owner)
        self._replace(owner)

    def _replace(self, orphan: Owner[Device]) -> None:
        """A lost thread has come back and ends; if there were too many of them, this one makes room for a new owner."""
        with self._lock:
            self._orphans.discard(orphan)
            if self._owner is None and self._may_hire:
                self._hire()

    def _next_turn(self, owner: Owner[Device]) -> Callable[[], None] | None:
        """Wait until there is a call or a look is due; ``None`` when this thread's time is over."""
        with self._lock:
            while owner is self._owner and not self._is_stopping:
                if self._calls:
                    owner.call = self._calls.popleft()
                    return partial(self._work, owner, owner.call)
                pause_s = self._next_look_s - self._clock()
                if pause_s <= 0.0 or self._is_asked:
                    self._is_asked = False
                    return partial(self._look, owner)
                self._lock.wait(pause_s)
        return None

    def _look(self, owner: Owner[Device]) -> None:
        try:
            device = self._opened(owner)
            with self._limit(owner, self._policy.probe_limit_s):
                status = self._probe(device)
        except DeviceError as error:
            status = status_of_error(error)
        except Exception as error:  # noqa: BLE001 - a driver's bug must not end the only thread that can bring the device back
            if self._judgement.settled is not BUG:  # once, not every second
                _log.error("%s: a look ended with %s", self.name, type(error).__name__)
            status = BUG
        self._note(owner, status)
        if is_gone(status):
            self._close(owner)

    def _work(self, owner: Owner[Device], call: Call[Device, Any]) -> None:
        try:
            device = self._opened(owner)
            call.begun_at_s = self._clock()
            result = call.work(device)
        except Unsupported as error:
            self._release(owner)
            call.fail(error)
        except DeviceError as error:
            self._note(owner, status_of_error(error), by_call=True)
            self._release(owner)
            call.fail(error)
            self._close(owner)
        except Exception as error:  # noqa: BLE001 - a bug of the work: it belongs to the caller
            self._release(owner)
            call.fail(error)
            self._close(owner)  # nobody knows in what state it left the device
        else:
            self._release(owner, has_worked=True)
            self._finish(call, result)

    def _finish(self, call: Call[Device, Any], result: object) -> None:
        try:
            call.finish(result)
        except Exception as error:  # noqa: BLE001 - of ``dispose``: it must not end the device's only thread
            _log.error("%s: a result that nobody waits for was not disposed of (%s)", self.name, type(error).__name__)

    def _note(self, owner: Owner[Device], status: DeviceStatus, *, by_call: bool = False) -> None:
        with self._lock:
            if owner is not self._owner:
                return
            self._judgement.note(status, by_call=by_call)
            self._next_look_s = self._clock() + self._judgement.pause_s
            if by_call and status.state is not DeviceState.NO_DEVICE:
                self._next_look_s = self._clock()  # the port was there a moment ago: what is wrong is known soonest by asking
            self._announcer.put(self._shown())
        self._announcer.deliver()

    def _release(self, owner: Owner[Device], *, has_worked: bool = False) -> None:
        """The call is over, and so is ``busy``; told before the caller goes on."""
        with self._lock:
            owner.call = None
            if owner is not self._owner:
                return
            self._shown_busy = None
            if has_worked:  # a device called gone that has just worked is looked at without delay
                pause_s = 0.0 if is_gone(self._judgement.settled) else self._policy.after_call_s
                self._next_look_s = min(self._next_look_s, self._clock() + pause_s)
            self._announcer.put(self._shown())
        self._announcer.deliver()

    def _opened(self, owner: Owner[Device]) -> Device:
        if owner.device is None:
            with self._limit(owner, self._policy.open_limit_s):
                owner.device = self._open_device()
            with self._lock:
                if owner is not self._owner:
                    raise self._wedged()  # opened after it was given up: the port belongs to another thread by now
        return owner.device

    def _close(self, owner: Owner[Device]) -> None:
        device = owner.device
        if device is None:
            return
        try:
            with self._limit(owner, self._policy.open_limit_s):
                device.close()
        except Exception as error:  # noqa: BLE001 - it is given up anyway; what counts is that the next one can be opened
            _log.info("%s: closing ended with %s", self.name, type(error).__name__)
        finally:
            owner.device = None  # not before: a close that hangs must be fenced off like anything else

    @contextmanager
    def _limit(self, owner: Owner[Device], seconds: float) -> Iterator[None]:
        with self._lock:
            owner.limit_at_s = self._clock() + seconds
        try:
            yield
        finally:
            with self._lock:
                owner.limit_at_s = _FOREVER_S
