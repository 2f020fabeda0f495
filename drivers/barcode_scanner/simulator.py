"""A scanner in memory, for fast tests and for a terminal without hardware: the driver's promises, no bytes on a line."""

from __future__ import annotations

import threading

from drivers.barcode_scanner.protocol import FrameEnd, ScanFrame, to_outcome
from drivers.barcode_scanner.repeats import RepeatFilter
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble
from drivers.errors import Disconnected
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline

_POLL_S = 0.02


class SimulatedScanner:
    """``scan`` and ``unplug`` may be called from any thread."""

    def __init__(self, settings: ScannerSettings = ScannerSettings()) -> None:  # noqa: B008 - frozen
        self._settings = settings
        self._repeats = RepeatFilter(settings.duplicate_window_s)
        self._lock = threading.Lock()
        self._is_reading = False
        self._is_plugged = True
        self._scanned: bytes | None = None

    def scan(self, payload: bytes) -> bool:
        """Hold a code under the scanner; False when nobody was reading, then the code is dropped as the driver would."""
        with self._lock:
            if not self._is_reading or self._scanned is not None or not payload:
                return False
            self._scanned = payload
            return True

    def unplug(self) -> None:
        """Pull the cable, for good."""
        with self._lock:
            self._is_plugged = False

    def status(self) -> DeviceStatus:
        """Online until unplugged or closed."""
        with self._lock:
            if self._is_plugged:
                return DeviceStatus(DeviceState.ONLINE, "ok")
            return DeviceStatus(DeviceState.NO_DEVICE, "disconnected", "has gone away")

    def read(self, deadline: Deadline) -> ScanOutcome:
        """As the driver's."""
        try:
            while not deadline.is_over:
                payload = self._take()
                outcome = None if payload is None else to_outcome(self._framed(payload), self._settings.strips_aim)
                if outcome is not None and not (isinstance(outcome, Code) and self._repeats.is_repeat(outcome.raw)):
                    return outcome
                deadline.sleep(_POLL_S)
        finally:
            with self._lock:
                self._is_reading, self._scanned = False, None
        return NotScanned(ScanTrouble.CANCELLED if deadline.is_cancelled else ScanTrouble.NOTHING)

    def close(self) -> None:
        """Be of no more use."""
        self.unplug()

    def _take(self) -> bytes | None:
        with self._lock:
            if not self._is_plugged:
                raise Disconnected("sim://", "has gone away")
            self._is_reading = True
            scanned, self._scanned = self._scanned, None
            return scanned

    def _framed(self, payload: bytes) -> ScanFrame:
        if len(payload) > self._settings.longest:
            return ScanFrame(FrameEnd.TOO_LONG)
        return ScanFrame(FrameEnd.COMPLETE, payload)
