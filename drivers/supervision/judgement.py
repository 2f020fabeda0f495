"""Decides what to believe of a device, and when to look again. Pure: it never looks at a clock."""

from __future__ import annotations

import random
from collections.abc import Callable

from drivers.errors import BadFrame, DeviceError, Disconnected, HeldByAnother, NoResponse, Stalled
from drivers.status import DeviceState, DeviceStatus
from drivers.supervision.policy import SupervisorPolicy, is_gone

STARTING = DeviceStatus(DeviceState.UNKNOWN, "starting", "not asked yet")
BUG = DeviceStatus(DeviceState.HARDWARE_ERROR, "driver_bug", "the driver ended with an error of its own; see the log")
_JITTER = 0.25


class Judgement:
    """What is believed of one device. Every look at it goes through ``note``."""

    def __init__(self, policy: SupervisorPolicy, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self._policy = policy
        self._uniform = uniform
        self._misses = 0
        self._retry_s = policy.first_retry_s
        self.settled = STARTING
        """The status that stands."""
        self.pause_s = 0.0
        """So long until the next look."""

    def note(self, status: DeviceStatus, *, by_call: bool = False) -> None:
        """Take in what a look brought, or what a call ran into. Calls that fail one after another are still one miss."""
        if not is_gone(status):
            self._misses = 0
            self._retry_s = self._policy.first_retry_s
            self.settled = status
            self.pause_s = self._policy.poll_s
            return
        self._misses = max(self._misses, 1) if by_call else self._misses + 1
        was_there = not is_gone(self.settled) and self.settled != STARTING
        if was_there and self._misses < self._policy.gone_after_polls:
            self.pause_s = self._policy.doubt_s
            return
        self.settled = status
        self.pause_s = self._retry_s * self._uniform(1.0 - _JITTER, 1.0)
        self._retry_s = min(self._retry_s * 2.0, self._policy.longest_retry_s)

    def wedge(self, status: DeviceStatus) -> None:
        """The driver hangs: no doubt about that. Whoever takes over looks at once."""
        self._misses = 0
        self.settled = status
        self.pause_s = 0.0


def status_of_error(error: DeviceError) -> DeviceStatus:
    """The status that explains a failed call, in the words the drivers use themselves."""
    if isinstance(error, HeldByAnother | Stalled):
        return DeviceStatus(DeviceState.OFFLINE, error.code, error.message)
    if isinstance(error, Disconnected):
        return DeviceStatus(DeviceState.NO_DEVICE, "disconnected", error.message)
    if isinstance(error, NoResponse):
        return DeviceStatus(DeviceState.OFFLINE, "no_answer", error.message)
    if isinstance(error, BadFrame):
        return DeviceStatus(DeviceState.HARDWARE_ERROR, "garbled", error.message)
    return DeviceStatus(DeviceState.HARDWARE_ERROR, error.code, error.message)
