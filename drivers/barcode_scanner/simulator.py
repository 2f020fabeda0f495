"""A scanner in memory, for fast tests and for a terminal without hardware: the driver's promises, no bytes on a line."""

from __future__ import annotations

import threading

from drivers.barcode_scanner.protocol import LONGEST_CODE_BYTES, FrameEnd, ScanFrame, to_outcome
from drivers.barcode_scanner.types import NotScanned, ScanOutcome, ScanTrouble
from drivers.errors import Disconnected
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline

_POLL_S = 0.02


class SimulatedScanner:
    """``scan`` and ``unplug`` may be called from any thread."""

    def __init__(self) -> None:
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
                if payload is not None:
                    return to_outcome(_framed(payload))
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
            return self._scanned


def _framed(payload: bytes) -> ScanFrame:
    if len(payload) > LONGEST_CODE_BYTES:
        return ScanFrame(FrameEnd.TOO_LONG)
    return ScanFrame(FrameEnd.COMPLETE, payload)
