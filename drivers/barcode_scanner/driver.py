"""Driver of scanners that send codes over a serial line (USB CDC or RS-232). One thread owns the port."""

from __future__ import annotations

import contextlib
import time

from drivers.barcode_scanner.profiles import PROFILES
from drivers.barcode_scanner.protocol import ScanFrame, ScanFramer, to_outcome
from drivers.barcode_scanner.repeats import RepeatFilter
from drivers.barcode_scanner.replies import Answer, Reply, ReplySorter
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.trigger import Trigger
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble
from drivers.errors import Disconnected
from drivers.status import DeviceState, DeviceStatus
from drivers.transport.opening import OpenPort, open_port
from drivers.transport.port import Port
from drivers.types import Deadline

_POLL_S = 0.05
_READ_BYTES = 4096
_LONGEST_CODE_S = 10.0
"""A code of the longest length takes 4.3 s at 9600 baud; what goes on for longer is no code."""
_QUIET_WITHOUT_SUFFIX_S = 0.4
"""Where a suffix is agreed, short pauses inside a code are harmless; this one means that the suffix will not come. Nobody scans
again as soon as this: half a code is not glued to the next."""
_GRACE_S = 0.03
"""For a code that has begun when the deadline comes. More would hold up who waits; the rest is dropped by the next read."""
_MOST_DRAINED_S = 0.2
"""A scanner that sends without end must not hold up its own status."""


class SerialScanner:
    """Delivers what is scanned while somebody reads; what came before is dropped, it belongs to another person."""

    def __init__(self, port: Port, settings: ScannerSettings = ScannerSettings()) -> None:  # noqa: B008 - frozen
        """Take over an open port."""
        profile = PROFILES[settings.profile]
        self._port = port
        self._settings = settings
        self._profile = profile
        self._trigger = Trigger(port, profile)
        # A passive scanner gets no commands and sends no replies: every byte belongs to a code.
        self._sorter = ReplySorter() if profile.is_triggered else ReplySorter(())
        self._repeats = RepeatFilter(settings.duplicate_window_s)
        self._last_byte_at_s = float("-inf")
        self._broken_reply_at_s = float("-inf")

    @classmethod
    def create(
        cls,
        url: str,
        settings: ScannerSettings = ScannerSettings(),  # noqa: B008 - frozen
        open_port: OpenPort = open_port,
    ) -> SerialScanner:
        """Open the port; raises ``Disconnected``."""
        return cls(open_port(url, settings.baudrate), settings)

    @property
    def is_trigger_acknowledged(self) -> bool:
        """Whether the last command to switch the light was acknowledged; False for scanners that never do."""
        return self._trigger.is_acknowledged

    def status(self) -> DeviceStatus:
        """Whether the port is there, and for a triggered scanner whether it answers, within 0.8 s.

        Codes: ok, disconnected, and those of ``Trigger.status``. Drops what was scanned while nobody read.
        """
        try:
            self._drain()
            if not self._profile.is_triggered:
                return DeviceStatus(DeviceState.ONLINE, "ok", "the port is open; a passive scanner cannot be asked more")
            self._trigger.ask()
            patience = Deadline(self._profile.answer_s)
            while not patience.is_over and not self._trigger.is_answered:
                self._listen(min(_POLL_S, self._settings.gap_s))
        except Disconnected as error:
            return DeviceStatus(DeviceState.NO_DEVICE, "disconnected", error.message)
        return self._trigger.status()

    def read(self, deadline: Deadline) -> ScanOutcome:
        """Wait for the next code; raises ``Disconnected``. Comes back at most 50 ms behind the deadline.

        A triggered scanner is lit while this waits, and dark when it comes back, however it does.
        """
        try:
            return self._read(deadline, is_lit=True)
        finally:
            # A code that came is given out even if the line breaks behind it: the next call will tell.
            with contextlib.suppress(Disconnected):
                self._trigger.switch_off()

    def read_dark(self, deadline: Deadline) -> ScanOutcome:
        """As ``read``, with the light left off: of a triggered scanner nothing must come."""
        return self._read(deadline, is_lit=False)

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        self._port.close()

    def _read(self, deadline: Deadline, *, is_lit: bool) -> ScanOutcome:
        self._drop_earlier_codes(deadline)
        while True:
            outcome = self._read_one(deadline, is_lit)
            if not isinstance(outcome, Code) or not self._repeats.is_repeat(outcome.raw):
                return outcome

    def _read_one(self, deadline: Deadline, is_lit: bool) -> ScanOutcome:
        framer = ScanFramer(self._settings.framing, self._settings.longest)
        begun_at_s = time.monotonic()
        grace: Deadline | None = None
        while not deadline.is_cancelled:
            if deadline.is_over:
                grace = grace or Deadline(_GRACE_S)
                if not framer.is_inside_code or grace.is_over:
                    return _unfinished(framer)
            if not framer.is_inside_code:
                begun_at_s = time.monotonic()
                if is_lit:
                    self._trigger.keep_lit(deadline)
            frame = self._next_frame(framer, grace or deadline)
            if frame is not None:
                return self._to_outcome(frame, begun_at_s)
            if time.monotonic() - begun_at_s > _LONGEST_CODE_S:
                return NotScanned(ScanTrouble.TOO_LONG, detail="endless")
        return NotScanned(ScanTrouble.CANCELLED)

    def _to_outcome(self, frame: ScanFrame, begun_at_s: float) -> ScanOutcome:
        """Next to a reply that was damaged, nobody can say which bytes were whose."""
        if begun_at_s - self._broken_reply_at_s < self._settings.gap_s:
            return NotScanned(ScanTrouble.UNDECODABLE, "broken_reply")
        return to_outcome(frame, self._settings.strips_aim)

    def _drain(self) -> None:
        patience = Deadline(_MOST_DRAINED_S)
        while self._listen(0.0) is not None and not patience.is_over:
            pass

    def _drop_earlier_codes(self, deadline: Deadline) -> None:
        """Wait for the end of a burst that began earlier: its rest must not pass for a code of its own."""
        while not deadline.is_over:
            quiet_s = time.monotonic() - self._last_byte_at_s
            if self._listen(0.0) is None and quiet_s >= self._settings.gap_s:
                break
            deadline.sleep(self._settings.gap_s / 4)
        self._take(*self._sorter.line_is_quiet())

    def _next_frame(self, framer: ScanFramer, deadline: Deadline) -> ScanFrame | None:
        """Listen for a moment; the first frame that ended in it."""
        gap_s = self._settings.gap_s
        wait_s = min(_POLL_S, gap_s, deadline.remaining_s)
        # Only time spent listening counts as quiet: a thread that was held up must not cut a code in two.
        listened_until_s = time.monotonic() + wait_s
        received = self._listen(wait_s)
        quiet_s = listened_until_s - self._last_byte_at_s
        if received is None and quiet_s >= gap_s and self._sorter.is_undecided:
            received = self._take(*self._sorter.line_is_quiet())
        if received:
            frame = next(iter(framer.feed(received)), None)
            if frame is not None or quiet_s < gap_s:
                return frame
        needed_s = max(gap_s, _QUIET_WITHOUT_SUFFIX_S) if self._settings.framing.has_suffix else gap_s
        if framer.is_inside_code and not self._sorter.is_undecided and quiet_s >= needed_s:
            return framer.line_is_quiet()
        return None

    def _listen(self, wait_s: float) -> bytes | None:
        """Bytes of codes that came within ``wait_s``, without replies to commands; ``None`` when nothing came at all."""
        received = self._port.read_available(_READ_BYTES, wait_s)
        if not received:
            return None
        self._last_byte_at_s = time.monotonic()
        return self._take(*self._sorter.feed(received))

    def _take(self, codes: bytes, replies: list[Reply]) -> bytes:
        self._trigger.note(replies)
        if any(reply.answer is Answer.BROKEN for reply in replies):
            self._broken_reply_at_s = time.monotonic()
        return codes


def _unfinished(framer: ScanFramer) -> NotScanned:
    """What the deadline cut off is no code, even if it looks like one."""
    return NotScanned(ScanTrouble.UNDECODABLE, "unfinished") if framer.is_inside_code else NotScanned(ScanTrouble.NOTHING)
