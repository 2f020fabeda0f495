"""Driver of keyboard-wedge scanners: they type the code as a keyboard would. One thread owns the device.

The device is grabbed (EVIOCGRAB) as long as it is open, whether somebody reads or not: what a resident scans can reach no window
of this machine. Without the grab nothing is read. No key is ever logged.
"""

from __future__ import annotations

import errno
import select
import time
from collections.abc import Sequence
from typing import Protocol

import evdev
from evdev import ecodes

from drivers.barcode_scanner.errors import NotGrabbed
from drivers.barcode_scanner.keys import KeyDecoder, KeyEvent
from drivers.barcode_scanner.protocol import ScanFrame, ScanFramer, to_outcome
from drivers.barcode_scanner.repeats import RepeatFilter
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble
from drivers.errors import Disconnected
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline

SCHEME = "input://"
_POLL_S = 0.05
_LONGEST_CODE_S = 60.0
"""4,096 signs at 12 ms each, as slow scanners type."""
_GRACE_S = 0.03
_QUIET_WITHOUT_SUFFIX_S = 0.4
_MOST_DRAINED_S = 0.2


class KeySource(Protocol):
    """An input device that may be grabbed."""

    def grab(self) -> None:
        """Take the device away from everybody else; raises ``OSError`` (EBUSY when somebody else has it)."""
        ...

    def read_available(self, wait_s: float) -> Sequence[KeyEvent]:
        """Events that are there within ``wait_s``, none when nothing comes; raises ``OSError`` when the device has gone."""
        ...

    def close(self) -> None:
        """Let go; may be called twice."""
        ...


class InputDeviceSource:
    """A true device of the kernel."""

    def __init__(self, path: str) -> None:
        """Open ``path``; raises ``OSError``, also when it is no keyboard."""
        self._device = evdev.InputDevice(path)
        if ecodes.KEY_ENTER not in self._device.capabilities().get(ecodes.EV_KEY, []):
            self._device.close()
            raise OSError(errno.ENOTSUP, "is no keyboard")

    def grab(self) -> None:
        """As ``KeySource``."""
        self._device.grab()

    def read_available(self, wait_s: float) -> Sequence[KeyEvent]:
        """As ``KeySource``."""
        if self._device.fd < 0:
            raise OSError(errno.ENODEV, "is closed")
        if not select.select([self._device.fd], [], [], wait_s)[0]:
            return ()
        try:
            return list(self._device.read())
        except BlockingIOError:
            return ()

    def close(self) -> None:
        """As ``KeySource``. The kernel ends the grab with it."""
        self._device.close()


class WedgeScanner:
    """As ``SerialScanner``, for what is typed."""

    def __init__(self, url: str, source: KeySource, settings: ScannerSettings = ScannerSettings()) -> None:  # noqa: B008 - frozen
        """Take over an open device, and grab it if that can be done now; ``status`` and ``read`` try again."""
        self._url = url
        self._source = source
        self._settings = settings
        self._keys = KeyDecoder()
        self._repeats = RepeatFilter(settings.duplicate_window_s)
        self._trouble = ""
        self._last_key_at_s = float("-inf")
        self._is_grabbed = False
        self._try_to_grab()

    @classmethod
    def create(cls, url: str, settings: ScannerSettings = ScannerSettings()) -> WedgeScanner:  # noqa: B008 - frozen
        """Open ``input:///dev/input/by-id/…-event-kbd``; raises ``Disconnected``."""
        try:
            source = InputDeviceSource(url.removeprefix(SCHEME))
        except OSError as error:
            raise Disconnected(url, f"cannot be opened ({error.strerror or error})") from error
        try:
            return cls(url, source, settings)
        except Disconnected:
            source.close()
            raise

    def status(self) -> DeviceStatus:
        """Codes: ok, held_by_another, disconnected. Drops what was typed while nobody read."""
        try:
            if not self._try_to_grab():
                words = "another program has grabbed the scanner; it is not read while its keys may go elsewhere"
                return DeviceStatus(DeviceState.OFFLINE, NotGrabbed.code, words)
            patience = Deadline(_MOST_DRAINED_S)
            while self._listen(0.0) is not None and not patience.is_over:
                pass
        except Disconnected as error:
            return DeviceStatus(DeviceState.NO_DEVICE, "disconnected", error.message)
        return DeviceStatus(DeviceState.ONLINE, "ok", "grabbed; a keyboard wedge cannot be asked more")

    def read(self, deadline: Deadline) -> ScanOutcome:
        """Wait for the next code; raises ``Disconnected``, ``NotGrabbed``. Comes back at most 50 ms behind the deadline."""
        if not self._try_to_grab():
            raise NotGrabbed(self._url, "another program has grabbed it")
        self._drop_earlier_keys(deadline)
        while True:
            outcome = self._read_one(deadline)
            if not isinstance(outcome, Code) or not self._repeats.is_repeat(outcome.raw):
                return outcome

    def close(self) -> None:
        """Let go of the device; may be called twice."""
        self._source.close()

    def _read_one(self, deadline: Deadline) -> ScanOutcome:
        framer = ScanFramer(self._settings.framing, self._settings.longest)
        self._begin_code()
        begun_at_s = time.monotonic()
        grace: Deadline | None = None
        while not deadline.is_cancelled:
            is_inside = framer.is_inside_code or bool(self._trouble)
            if deadline.is_over:
                grace = grace or Deadline(_GRACE_S)
                if not is_inside or grace.is_over:
                    return NotScanned(ScanTrouble.UNDECODABLE, "unfinished") if is_inside else NotScanned(ScanTrouble.NOTHING)
            if not is_inside:
                begun_at_s = time.monotonic()
            outcome = self._next_outcome(framer, grace or deadline)
            if outcome is not None:
                return outcome
            if time.monotonic() - begun_at_s > _LONGEST_CODE_S:
                return NotScanned(ScanTrouble.TOO_LONG, detail="endless")
        return NotScanned(ScanTrouble.CANCELLED)

    def _next_outcome(self, framer: ScanFramer, deadline: Deadline) -> ScanOutcome | None:
        wait_s = min(_POLL_S, self._settings.gap_s, deadline.remaining_s)
        listened_until_s = time.monotonic() + wait_s
        typed = self._listen(wait_s)
        if typed:
            frame = next(iter(framer.feed(typed)), None)
            return None if frame is None else self._to_outcome(frame)
        quiet_s = listened_until_s - self._last_key_at_s
        gap_s = self._settings.gap_s
        if quiet_s < (max(gap_s, _QUIET_WITHOUT_SUFFIX_S) if self._settings.framing.has_suffix else gap_s):
            return None
        frame = framer.line_is_quiet()
        if frame is not None or self._trouble:
            return self._to_outcome(frame)
        self._keys.forget()
        return None

    def _to_outcome(self, frame: ScanFrame | None) -> ScanOutcome:
        """A code of which a key is missing is none, however it reads without."""
        trouble, self._trouble = self._trouble, ""
        self._keys.forget()
        if trouble or frame is None:
            return NotScanned(ScanTrouble.UNDECODABLE, trouble)
        return to_outcome(frame, self._settings.strips_aim)

    def _begin_code(self) -> None:
        self._keys.forget()
        self._trouble = ""

    def _drop_earlier_keys(self, deadline: Deadline) -> None:
        """As the serial driver: the rest of a code that began earlier must not pass for a code of its own."""
        while not deadline.is_over:
            quiet_s = time.monotonic() - self._last_key_at_s
            if self._listen(0.0) is None and quiet_s >= self._settings.gap_s:
                return
            deadline.sleep(self._settings.gap_s / 4)

    def _listen(self, wait_s: float) -> bytes | None:
        """What was typed within ``wait_s``; ``None`` when no key was pressed. Raises ``Disconnected``."""
        try:
            events = self._source.read_available(wait_s)
        except (OSError, ValueError) as error:
            self._is_grabbed = False
            raise Disconnected(self._url, "has gone away") from error
        typed = self._keys.feed(events)
        self._trouble = typed.trouble or self._trouble
        if not typed.keys and not typed.trouble:
            return None
        self._last_key_at_s = time.monotonic()
        return bytes(typed.data)

    def _try_to_grab(self) -> bool:
        if self._is_grabbed:
            return True
        try:
            self._source.grab()
        except OSError as error:
            if error.errno == errno.EBUSY:
                return False
            raise Disconnected(self._url, f"cannot be grabbed ({error.strerror or error})") from error
        self._is_grabbed = True
        return True
