"""Switches the light of a triggered scanner, and keeps book of what the scanner answers."""

from __future__ import annotations

import time
from collections.abc import Iterable

from drivers.barcode_scanner.profiles import TriggerProfile
from drivers.barcode_scanner.replies import Answer, Reply
from drivers.status import DeviceState, DeviceStatus
from drivers.transport.port import Port
from drivers.types import Deadline

_LEAST_TIME_LIT_S = 0.1
"""A shorter look than this is not worth a command."""


class Trigger:
    """Sends commands with the pause that the profile asks for. Does nothing at all for a passive scanner."""

    def __init__(self, port: Port, profile: TriggerProfile) -> None:
        self._port = port
        self._profile = profile
        self._last_command_at_s = float("-inf")
        self._is_lit = False
        self._is_acknowledged = False
        self._has_answered = False
        self._refusal: Answer | None = None
        self._foreign = ""
        self._mode: bytes | None = None

    @property
    def is_acknowledged(self) -> bool:
        """True when the command sent last to switch on or off was acknowledged; never for scanners that do not say."""
        return self._is_acknowledged

    @property
    def is_answered(self) -> bool:
        """True when the question asked last has its answer."""
        return self._mode is not None

    def keep_lit(self, deadline: Deadline) -> None:
        """Switch on, and again before the scanner gives up by itself. Raises ``Disconnected``."""
        if not self._profile.is_triggered or deadline.remaining_s < _LEAST_TIME_LIT_S:
            return
        if self._is_lit and time.monotonic() - self._last_command_at_s < self._profile.relight_s:
            return
        # Set first: a command that fails half-way may have switched it on.
        self._is_lit = True
        self._is_acknowledged = False
        self._send(self._profile.on)

    def switch_off(self) -> None:
        """Switch off what was switched on; raises ``Disconnected``."""
        if self._is_lit:
            self._is_lit = self._is_acknowledged = False
            self._send(self._profile.off)

    def ask(self) -> None:
        """Ask how the scanner is triggered; changes nothing."""
        self._mode = None
        self._send(self._profile.question)

    def note(self, replies: Iterable[Reply]) -> None:
        """Take what the scanner answered."""
        for reply in replies:
            if reply.profile is not self._profile.name:
                self._foreign = reply.profile
                continue
            self._has_answered, self._foreign = True, ""
            if reply.answer is Answer.BROKEN:
                continue
            about_mode = self._profile.mode_of.fullmatch(reply.body)
            if about_mode is not None:
                self._mode = about_mode[1]
            else:
                self._is_acknowledged = reply.answer is Answer.DONE
                self._refusal = None if self._is_acknowledged else reply.answer

    def status(self) -> DeviceStatus:
        """After ``ask``. Codes: ok, wrong_profile, no_answer, wrong_trigger_mode, trigger_refused."""
        profile = self._profile.name
        if self._foreign:
            return DeviceStatus(DeviceState.OFFLINE, "wrong_profile", f"answers as {self._foreign}, set up is {profile}")
        if self._mode is None and not self._has_answered:
            words = f"the port is open, but nothing answers as {profile} does: another scanner, another speed or profile"
            return DeviceStatus(DeviceState.OFFLINE, "wrong_profile", words)
        if self._mode is None:
            return DeviceStatus(DeviceState.OFFLINE, "no_answer", "it answered before and does not now")
        if self._refusal is not None:
            return DeviceStatus(DeviceState.USER_ERROR, "trigger_refused", f"the trigger was answered with {self._refusal}")
        return self._status_of_mode(self._mode)

    def _status_of_mode(self, answered: bytes) -> DeviceStatus:
        mode = bytes([answered[0] & self._profile.mode_bits]) if len(answered) == 1 else answered
        words = self._profile.mode_names.get(mode, "in a way that is not in the table")
        if self._profile.good_modes and mode not in self._profile.good_modes:
            return DeviceStatus(DeviceState.USER_ERROR, "wrong_trigger_mode", f"it looks {words}, not when told to")
        return DeviceStatus(DeviceState.ONLINE, "ok", f"it answers; it looks {words}")

    def _send(self, command: bytes) -> None:
        since_s = time.monotonic() - self._last_command_at_s
        pause_s = self._profile.command_pause_s - since_s
        # Not the caller's deadline: a light must be switched off also when that is over, and the pause is short.
        Deadline(pause_s).sleep(pause_s)
        self._port.write(command)
        self._last_command_at_s = time.monotonic()
