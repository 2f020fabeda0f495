"""The production driver: an ESC/POS printer on a serial line, TCP port 9100, USB or ``/dev/usb/lp*``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from drivers.errors import Disconnected, HeldByAnother, Stalled
from drivers.receipt_printer.abstract import always
from drivers.receipt_printer.errors import FontMissing
from drivers.receipt_printer.glyphs import Glyphs
from drivers.receipt_printer.job import PrintJob
from drivers.receipt_printer.layout import lay_out, needs_font
from drivers.receipt_printer.models import MODELS, ModelName
from drivers.receipt_printer.protocol import (
    UNANSWERED,
    Command,
    busy,
    disconnected,
    no_answer,
    not_asked,
    status_of_line,
    unknown_status,
)
from drivers.receipt_printer.render_escpos import LONGEST_COMMAND_BYTES, PREAMBLE, feed_and_cut, render
from drivers.receipt_printer.status_reader import StatusReader
from drivers.receipt_printer.types import PAPERS, Block, PaperWidth, PrinterStatus, PrintOutcome, PrintResult
from drivers.status import DeviceState
from drivers.transport.opening import OpenPort, open_port
from drivers.transport.printer_line import line_status
from drivers.types import Deadline

_log = logging.getLogger(__name__)

_CLEAR_ANSWER_S = 0.3
_SWEEP_S = 8.0
_RECOVER_INTERVAL_S = 20.0


class EscPosPrinter:
    """A ``ReceiptPrinter``. Opens its port at first use and again after each loss, so that no cable needs a restart.

    Nothing of a failed job may come out for the next person. So a failed job is dropped in the printer at once where the printer
    can do that; and before anything else is printed the rest is swept out: reset, feed, cut. The first job after the start is
    preceded by such a sweep as well, because the power may have failed in the middle of a slip.
    """

    def __init__(
        self,
        url: str,
        width: PaperWidth = "80mm",
        baudrate: int = 115200,
        *,
        model: ModelName = "standard",
        font_paths: Sequence[Path] = (),
        answer_s: float = 0.6,
        open_port: OpenPort = open_port,
    ) -> None:
        """``answer_s``: how long one answer to DLE EOT may take. Opens nothing yet."""
        self._open_port = open_port
        self._model = MODELS[model]
        self._url = url
        self._paper = PAPERS[width]
        self._baudrate = baudrate
        self._font_paths = font_paths
        self._answer_s = answer_s
        self._reader: StatusReader | None = None
        self._glyphs: Glyphs | None = None
        self._must_sweep = True
        self._job_failed = False
        self._next_recovery: Deadline | None = None

    def status(self) -> PrinterStatus:
        """Ask the printer. After a failed job, and once it can print again, also sweep out what was left of that job."""
        try:
            status = self._ask()
            if self._job_failed and status.can_print:
                return self._sweep(Deadline(_SWEEP_S), status) or self._ask()
            return status
        except Disconnected as error:
            return self._lost(error)

    def print_receipt(
        self, blocks: Sequence[Block], deadline: Deadline, before_bytes: Callable[[], bool] = always
    ) -> PrintOutcome:
        """Print one slip and follow it to its end; ``ValueError`` when the blocks break the rules of ``lay_out``."""
        try:
            pieces = self._render(blocks)
        except FontMissing as error:
            _log.warning("%s", error)
            return PrintOutcome(PrintResult.NOT_PRINTED, unknown_status(DeviceState.USER_ERROR, error.code, error.message))
        try:
            before = self._made_ready(deadline)
        except Disconnected as error:
            return PrintOutcome(PrintResult.NOT_PRINTED, self._lost(error))
        if not before.can_print or deadline.is_over or not before_bytes():
            return PrintOutcome(PrintResult.NOT_PRINTED, before)
        return self._run(pieces, deadline, before)

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        if self._reader is not None:
            self._reader.port.close()
            self._reader = None

    def _render(self, blocks: Sequence[Block]) -> list[bytes]:
        groups = lay_out(blocks, self._paper)
        if needs_font(groups, self._model) and self._glyphs is None:
            self._glyphs = Glyphs(self._font_paths)
        return render(groups, self._glyphs, self._model)

    def _open(self, deadline: Deadline | None = None) -> StatusReader:
        if self._reader is None:
            port = self._open_port(self._url, self._baudrate, deadline)
            reader = StatusReader(port, self._answer_s)
            try:
                port.flush_input()
                if self._must_sweep:  # before somebody loads paper and it goes on with what it had
                    self._clear(reader, _within(_CLEAR_ANSWER_S, deadline))
            except BaseException:
                port.close()  # nobody else knows of it yet
                raise
            self._reader = reader
        return self._reader

    def _ask(self, deadline: Deadline | None = None) -> PrinterStatus:
        if deadline is not None and deadline.is_over:
            return not_asked()
        try:
            reader = self._open(deadline)
        except Disconnected:
            if deadline is not None and deadline.is_over:
                return not_asked()  # too little time to find out; the printer may well be there
            raise
        status = reader.status(deadline)
        if status.cutter_error and (self._next_recovery is None or self._next_recovery.is_over):
            # The printer waits for this even after somebody has freed the blade; it says no again if nobody has.
            self._next_recovery = Deadline(_RECOVER_INTERVAL_S)
            self._must_sweep = self._job_failed = True
            self._open().send(Command.RECOVER_AND_DROP, _within(self._answer_s, deadline))
            status = self._open().status(deadline)
        if status.device.code in UNANSWERED:
            if deadline is not None and deadline.is_over:
                return not_asked()
            status = self._told_by_the_line(status)
            self.close()  # a port that was plugged in again stays silent for ever under its old descriptor
        return status

    def _lost(self, error: Disconnected) -> PrinterStatus:
        self.close()
        if isinstance(error, HeldByAnother):
            return unknown_status(DeviceState.OFFLINE, error.code, str(error))
        return no_answer(self._url) if isinstance(error, Stalled) else disconnected(str(error))

    def _told_by_the_line(self, status: PrinterStatus) -> PrinterStatus:
        """A silent printer on USB may still raise the lines of a parallel port. They can only name a trouble, never deny it."""
        line = line_status(self._open().port)
        return status_of_line(line) if line is not None and line.has_trouble else status

    def _made_ready(self, deadline: Deadline) -> PrinterStatus:
        """Status with which the job can start: swept if need be."""
        status = self._ask(deadline)
        if status.can_print and self._must_sweep and not deadline.is_over:
            return self._sweep(deadline, status) or self._ask(deadline)
        return status

    def _run(self, pieces: Sequence[bytes], deadline: Deadline, before: PrinterStatus) -> PrintOutcome:
        reader = self._open()
        job = PrintJob(reader, pieces, deadline, before)
        try:
            outcome = job.run()
        except Disconnected as error:
            outcome = PrintOutcome(PrintResult.UNKNOWN if job.has_begun else PrintResult.NOT_PRINTED, self._lost(error))
        if outcome.result is not PrintResult.PRINTED:
            _log.info("a slip ended as %s: %s", outcome.result, outcome.status.device.code)
            if job.has_begun:
                self._must_sweep = self._job_failed = True
                self._drop_in_printer(deadline)
        if outcome.status.device.code in UNANSWERED:
            self.close()
        return outcome

    def _drop_in_printer(self, deadline: Deadline) -> None:
        """Ask the printer to forget the rest now, before somebody loads paper and it goes on by itself."""
        if self._reader is None:
            return
        try:
            self._clear(self._reader, deadline.within(_CLEAR_ANSWER_S))
        except Disconnected as error:
            self._lost(error)

    @staticmethod
    def _clear(reader: StatusReader, limit: Deadline) -> None:
        reader.was_cleared = False
        reader.send(Command.CLEAR_BUFFERS, limit)
        while not reader.was_cleared and not limit.is_over:
            reader.listen(limit.remaining_s)

    def _sweep(self, deadline: Deadline, before: PrinterStatus) -> PrinterStatus | None:
        """Get rid of what an earlier job may have left; the status when that did not succeed."""
        reader = self._open()
        # The printer may wait for the rest of a picture that was cut short: zeros complete it, and mean nothing otherwise.
        leaving = bytes(LONGEST_COMMAND_BYTES)
        limit = deadline.within(_SWEEP_S)
        outcome = PrintJob(reader, [leaving + PREAMBLE + feed_and_cut()], limit, before).run()
        # All sent, unconfirmed, fit to print: a printer without GS r. What is sent next comes out behind the cut all the same.
        is_all_sent = outcome.result in (PrintResult.PRINTED, PrintResult.UNKNOWN)
        if is_all_sent and outcome.status.can_print:
            self._must_sweep = self._job_failed = False
            return None
        return busy() if outcome.status.can_print else outcome.status


def _within(seconds: float, deadline: Deadline | None) -> Deadline:
    """So many seconds from now, and no longer than until ``deadline``."""
    return Deadline(seconds) if deadline is None else deadline.within(seconds)
