"""Driver of scanners that send codes over a serial line (USB CDC or RS-232). One thread owns the port."""

from __future__ import annotations

import time

from drivers.barcode_scanner.protocol import LONGEST_CODE_BYTES, Framing, ScanFrame, ScanFramer, to_outcome
from drivers.barcode_scanner.types import NotScanned, ScanOutcome, ScanTrouble
from drivers.errors import Disconnected
from drivers.status import DeviceState, DeviceStatus
from drivers.transport.serial_port import SerialPort
from drivers.types import Deadline

_POLL_S = 0.05
_READ_BYTES = 4096
_LONGEST_CODE_S = 10.0
"""A code of the longest length takes 4.3 s at 9600 baud; what goes on for longer is no code."""
_QUIET_WITHOUT_SUFFIX_S = 1.0
"""Where a suffix is agreed, pauses inside a code are harmless; this one means that the suffix will not come."""


class SerialScanner:
    """Delivers what is scanned while somebody reads; what came before is dropped, it belongs to another person."""

    def __init__(
        self, port: SerialPort, framing: Framing = Framing.GAP, gap_s: float = 0.08, longest: int = LONGEST_CODE_BYTES
    ) -> None:
        """Take over an open port. ``gap_s`` is the pause that ends a code or a burst."""
        self._port = port
        self._framing = framing
        self._gap_s = gap_s
        self._longest = longest
        self._last_byte_at_s = float("-inf")

    @classmethod
    def create(cls, url: str, baudrate: int = 9600, framing: Framing = Framing.GAP, gap_s: float = 0.08) -> SerialScanner:
        """Open the port; raises ``Disconnected``."""
        return cls(SerialPort(url, baudrate), framing, gap_s)

    def status(self) -> DeviceStatus:
        """Whether the port is there; codes: ok, disconnected. Drops what was scanned while nobody read."""
        try:
            while self._receive(0.0):
                pass
        except Disconnected as error:
            return DeviceStatus(DeviceState.NO_DEVICE, "disconnected", error.message)
        return DeviceStatus(DeviceState.ONLINE, "ok", "the port is open; a passive scanner cannot be asked more")

    def read(self, deadline: Deadline) -> ScanOutcome:
        """Wait for the next code; one that has begun in time is taken to its end. Raises ``Disconnected``."""
        self._drop_earlier_codes(deadline)
        framer = ScanFramer(self._framing, self._longest)
        begun_at_s = 0.0
        while not deadline.is_cancelled:
            if not framer.is_inside_code:
                if deadline.is_over:
                    return NotScanned(ScanTrouble.NOTHING)
                begun_at_s = time.monotonic()
            frame = self._next_frame(framer)
            if frame is not None:
                return to_outcome(frame)
            if time.monotonic() - begun_at_s > _LONGEST_CODE_S:
                return NotScanned(ScanTrouble.TOO_LONG, detail="endless")
        return NotScanned(ScanTrouble.CANCELLED)

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        self._port.close()

    def _drop_earlier_codes(self, deadline: Deadline) -> None:
        """Wait for the end of a burst that began earlier: its rest must not pass for a code of its own."""
        while not deadline.is_over:
            quiet_s = time.monotonic() - self._last_byte_at_s
            if not self._receive(0.0) and quiet_s >= self._gap_s:
                return
            deadline.sleep(self._gap_s / 4)

    def _next_frame(self, framer: ScanFramer) -> ScanFrame | None:
        """Listen for a moment; the first frame that ended in it."""
        wait_s = min(_POLL_S, self._gap_s)
        # Only time spent listening counts as quiet: a thread that was held up must not cut a code in two.
        listened_until_s = time.monotonic() + wait_s
        received = self._receive(wait_s)
        if received:
            return next(iter(framer.feed(received)), None)
        needed_s = self._gap_s if self._framing is Framing.GAP else max(self._gap_s, _QUIET_WITHOUT_SUFFIX_S)
        if framer.is_inside_code and listened_until_s - self._last_byte_at_s >= needed_s:
            return framer.line_is_quiet()
        return None

    def _receive(self, wait_s: float) -> bytes:
        received = self._port.read_available(_READ_BYTES, wait_s)
        if received:
            self._last_byte_at_s = time.monotonic()
        return received
