"""A serial scanner in software: the ``Peer`` behind a TCP port or a pseudo terminal."""

from __future__ import annotations

import random
import threading
import time
from enum import StrEnum

from drivers.barcode_scanner.emulator_commands import Act, Command, CommandReader, reply_to
from drivers.barcode_scanner.profiles import ProfileName
from drivers.emulation.faults import FaultBook
from drivers.emulation.line import Link

_NOISE_BYTES = 16
_LEAST_COMMAND_PAUSE_S = 0.05


class Fault(StrEnum):
    """What can be made to go wrong, by its word in the fault language."""

    MUTE = "mute"
    AWOL = "awol"
    NO_SUFFIX = "no_suffix"
    HALF_FRAME = "half_frame"
    CUT = "cut"
    DUPLICATE = "duplicate"
    STUCK = "stuck"
    NAK = "nak"
    NO_ACK = "no_ack"
    LATE_ACK = "late_ack"
    WRONG_PROFILE = "wrong_profile"
    WRONG_MODE = "wrong_mode"


MEANINGS = {
    Fault.MUTE: "the scanner beeps and sends nothing",
    Fault.AWOL: "takes everything, sends nothing at all, until clear",
    Fault.NO_SUFFIX: "the suffix stays out",
    Fault.HALF_FRAME: "the second half of the code stays out, and the suffix too",
    Fault.CUT: "the line is cut in the middle of the code",
    Fault.DUPLICATE: "the code is sent twice, as of something that still lies there",
    Fault.STUCK: "the code is sent without end, until clear",
    Fault.NAK: "a command is refused",
    Fault.NO_ACK: "a command is obeyed and not answered",
    Fault.LATE_ACK: "a command is answered behind the next code, or ahead of the next answer",
    Fault.WRONG_PROFILE: "commands are not understood, as by a scanner of another maker, until clear",
    Fault.WRONG_MODE: "the scanner is not set up to be triggered by command, until clear",
}
LASTING = frozenset({Fault.AWOL, Fault.STUCK, Fault.WRONG_PROFILE, Fault.WRONG_MODE})
"""These are states of the scanner, not things that happen to one code: they last until ``clear``."""


class ScannerEmulator:
    """Sends what is scanned to whoever is connected. All methods may be called from any thread.

    A triggered one sees only while its light is on: that goes on and off by command, off by itself after ``light_s``, and off
    when a code has been read. Commands that come sooner than 50 ms after the last are lost, as on Newland's scanners.
    """

    def __init__(
        self,
        suffix: bytes = b"\r",
        seed: int = 0,
        profile: ProfileName = ProfileName.PASSIVE,
        *,
        light_s: float = 5.0,
        repeat_pause_s: float = 0.5,
        command_pause_s: float = _LEAST_COMMAND_PAUSE_S,
    ) -> None:
        """``command_pause_s``: commands that follow each other faster are lost; shorter where the line may hold commands up."""
        self.faults = FaultBook()
        self._suffix = suffix
        self._random = random.Random(seed)  # noqa: S311 - noise, not secrets
        self._profile = profile
        self._light_s = light_s
        self._repeat_pause_s = repeat_pause_s
        self._command_pause_s = command_pause_s
        self._commands = CommandReader(profile)
        self._lock = threading.RLock()
        self._released = threading.Event()
        self._link: Link | None = None
        self._lit_until_s = float("-inf")
        self._last_command_at_s = float("-inf")
        self._late_reply = b""
        self._byte_pause_s = 0.0
        self._delay_s = 0.0
        self._noise_probability = 0.0
        self.lost_commands = 0
        """Commands that came too soon after the last one."""

    @property
    def is_connected(self) -> bool:
        """True while somebody would receive a scan."""
        with self._lock:
            return self._link is not None

    @property
    def sees(self) -> bool:
        """True while a code held under the scanner is read: always, or while the light is on."""
        with self._lock:
            return self._profile is ProfileName.PASSIVE or time.monotonic() < self._lit_until_s

    def scan(self, payload: bytes) -> bool:
        """Hold a code under the scanner; False when nobody is connected or the light is off. Returns when all has been sent."""
        with self._lock:
            link = self._link
            if link is None or not self.sees:
                return False
            self._lit_until_s = float("-inf")
        if self.faults.is_on(Fault.AWOL) or self.faults.takes(Fault.MUTE):
            return True
        self._released.wait(self._delay_s)
        must_cut, has_half = self.faults.takes(Fault.CUT), self.faults.takes(Fault.HALF_FRAME)
        data = self._noise() + payload + (b"" if self.faults.takes(Fault.NO_SUFFIX) else self._suffix)
        self._send(link, (data[: len(data) // 2] if has_half or must_cut else data) + self._take_late_reply())
        if must_cut:
            link.hang_up()
            return True
        if self.faults.takes(Fault.DUPLICATE):
            threading.Event().wait(self._repeat_pause_s)
            self._send(link, data)
        while self.faults.is_on(Fault.STUCK) and self.is_connected:
            self._send(link, data)
            threading.Event().wait(0.01)
        return True

    def slow_down(self, byte_pause_s: float) -> None:
        """Send byte by byte with a pause between them."""
        with self._lock:
            self._byte_pause_s = byte_pause_s
            self._released.clear()

    def delay(self, seconds: float) -> None:
        """Think this long before each code and each answer."""
        with self._lock:
            self._delay_s = seconds
            self._released.clear()

    def make_noise(self, probability: float) -> None:
        """Random bytes ahead of a code, as from a loose plug."""
        with self._lock:
            self._noise_probability = probability

    def clear_faults(self) -> None:
        """Be a good scanner again; a code that is being sent slowly goes out at once."""
        self.faults.clear()
        with self._lock:
            self._byte_pause_s = self._delay_s = self._noise_probability = 0.0
            self._released.set()

    def connected(self, link: Link) -> None:
        """A client is there."""
        with self._lock:
            self._link = link

    def received(self, data: bytes) -> None:
        """Commands of the host, to a scanner that takes any."""
        for command in self._commands.feed(data):
            with self._lock:
                is_too_soon = time.monotonic() - self._last_command_at_s < self._command_pause_s
                self._last_command_at_s = time.monotonic()
                self.lost_commands += is_too_soon
            if not is_too_soon and not self.faults.is_on(Fault.WRONG_PROFILE):
                self._obey(command)

    def disconnected(self) -> None:
        """The client has gone."""
        with self._lock:
            self._link = None
            self._lit_until_s = float("-inf")

    def _obey(self, command: Command) -> None:
        is_refused = self.faults.takes(Fault.NAK)
        with self._lock:
            if command.act is Act.LIGHT_ON and not is_refused:
                self._lit_until_s = time.monotonic() + self._light_s
            elif command.act is Act.LIGHT_OFF and not is_refused:
                self._lit_until_s = float("-inf")
            link = self._link
        reply = reply_to(self._profile, command, is_refused, not self.faults.is_on(Fault.WRONG_MODE))
        if link is None or self.faults.is_on(Fault.AWOL) or self.faults.takes(Fault.NO_ACK):
            return
        if self.faults.takes(Fault.LATE_ACK):
            self._late_reply = reply
            return
        self._released.wait(self._delay_s)
        link.send(self._take_late_reply() + reply)

    def _take_late_reply(self) -> bytes:
        reply, self._late_reply = self._late_reply, b""
        return reply

    def _noise(self) -> bytes:
        with self._lock:
            is_noisy = self._random.random() < self._noise_probability
            return self._random.randbytes(_NOISE_BYTES) if is_noisy else b""

    def _send(self, link: Link, data: bytes) -> None:
        pause_s = self._byte_pause_s
        if not pause_s:
            link.send(data)
            return
        for value in data:
            link.send(bytes([value]))
            self._released.wait(pause_s)
