"""One print job: sends it piece by piece, never more than a piece ahead of the printer, and finds out how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.receipt_printer.protocol import UNANSWERED, Command
from drivers.receipt_printer.status_reader import StatusReader
from drivers.receipt_printer.types import PrinterStatus, PrintOutcome, PrintResult
from drivers.types import Deadline

_POLL_S = 0.03
_CHECK_S = 0.3
"""While the printer works, it is asked so often how it is."""
_PATIENCE_S = 4.0
"""So long may one piece take before the next is sent all the same: a printer without GS r never says that it has done."""
_NO_PATIENCE_S = 0.3
_PASSING = frozenset({"head_hot", "offline"})
"""Codes that end by themselves (the head cools, somebody lets go of the feed button): worth waiting for."""
_STALL_S = 2.0
"""So long may a printer with a full buffer refuse bytes."""
_LINE_S = 0.03
_BITS_PER_BYTE = 10
_LEAST_BYTES = 16
_FASTEST_BAUDRATE = 115_200
"""Faster lines get no larger portions, so that a recording of one line is replayed as well as any other."""


class PrintJob:
    """A job on an open port whose printer has just said that it can print. ``run`` raises ``Disconnected``.

    When the deadline ends, nothing more is asked: the outcome carries what the printer last said.
    """

    def __init__(self, reader: StatusReader, pieces: Sequence[bytes], deadline: Deadline, before: PrinterStatus) -> None:
        """``before``: what the printer has just said."""
        self._reader = reader
        self._pieces = pieces
        self._deadline = deadline
        self._last = before
        self._unanswered = 0
        self._patience_s = _PATIENCE_S
        self._answers_queue = False
        self._rubbish_before = reader.rubbish
        # A serial line takes its time: in one go, a long piece would outlast the deadline.
        self._portion = max(_LEAST_BYTES, round(min(reader.port.baudrate, _FASTEST_BAUDRATE) / _BITS_PER_BYTE * _LINE_S))
        self.has_begun = False
        """True when bytes may have reached the printer."""

    def run(self) -> PrintOutcome:
        """Print to the end, or to the first thing that stands in the way."""
        for piece in self._pieces:
            trouble = self._print(piece, min(self._patience_s, self._deadline.remaining_s))
            if trouble is not None:
                return self._ended_early(trouble)
            self._patience_s = _PATIENCE_S if self._is_done() else _NO_PATIENCE_S
        trouble = self._wait_until_done(self._deadline.remaining_s if self._answers_queue else _PATIENCE_S)
        if trouble is None and self._answers_queue and self._is_done():
            trouble = self._confirm()
        if trouble is not None:
            return self._ended_early(trouble)
        return self._all_sent(self._asked())

    def _confirm(self) -> PrinterStatus | None:
        """Ask once more behind all the rest, on a quiet line: an answer that came twice, or noise, must not confirm the cut."""
        self._reader.wait_for_quiet(self._deadline)
        return self._print(b"", self._deadline.remaining_s)

    def _print(self, piece: bytes, patience_s: float) -> PrinterStatus | None:
        """Send a piece and wait for it; the status if it forbids to go on, or the time is over."""
        if self._is_late():
            return self._last
        self._is_done()  # answers that nobody asked for must not count for this piece
        self._unanswered = max(0, self._unanswered) + 1
        self.has_begun = True
        # The answer to GS r says that all before it has been worked off: the printer holds at most one piece.
        data = piece + Command.QUEUED_PAPER_STATUS
        for start in range(0, len(data), self._portion):
            if self._is_late():
                return self._last
            self._reader.send(data[start : start + self._portion], self._deadline.within(_STALL_S))
        return self._wait_until_done(patience_s)

    def _wait_until_done(self, limit_s: float) -> PrinterStatus | None:
        """Until every GS r is answered or time is up; the status if it forbids to go on."""
        limit = Deadline(limit_s)
        until_check = Deadline(_CHECK_S)
        while not (self._is_done() or limit.is_over or self._is_late()):
            self._reader.listen(min(_POLL_S, limit.remaining_s))
            if self._is_done() or not (until_check.is_over or self._reader.has_changed):
                continue
            status = self._asked()
            if status.device.code in _PASSING:
                limit = Deadline(self._deadline.remaining_s)
            elif not status.can_print and not self._is_done():
                return status
            until_check = Deadline(_CHECK_S)
        return None

    def _asked(self) -> PrinterStatus:
        """What the printer says now; what it said last when the deadline left it no time."""
        if not self._is_late():
            status = self._reader.status(self._deadline)
            if not (self._is_late() and status.device.code in UNANSWERED):
                self._last = status
        return self._last

    def _is_late(self) -> bool:
        return self._deadline.is_over

    def _is_done(self) -> bool:
        if self._reader.queued_answers:
            self._answers_queue = True
            self._unanswered -= len(self._reader.queued_answers)
            self._reader.queued_answers.clear()
        return self._unanswered <= 0

    def _ended_early(self, status: PrinterStatus) -> PrintOutcome:
        if not self.has_begun:
            return PrintOutcome(PrintResult.NOT_PRINTED, status)
        if status.device.code in UNANSWERED:
            return PrintOutcome(PrintResult.UNKNOWN, status)
        return PrintOutcome(PrintResult.PARTLY_PRINTED, status)

    def _all_sent(self, status: PrinterStatus) -> PrintOutcome:
        # Among rubbish, any byte may look like the answer that stands for the cut.
        is_clean = self._reader.rubbish == self._rubbish_before
        if self._is_done() and is_clean:
            # The cut is done, so paper that ran out since then is the next slip's concern.
            return PrintOutcome(PrintResult.PRINTED, status)
        if status.can_print or status.device.code in UNANSWERED | _PASSING:
            return PrintOutcome(PrintResult.UNKNOWN, status)
        return PrintOutcome(PrintResult.PARTLY_PRINTED, status)
