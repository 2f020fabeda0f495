"""Asks an ESC/POS printer how it is, and sorts its answers from what it says unasked."""

from __future__ import annotations

from drivers.receipt_printer.protocol import (
    AutoStatus,
    BuffersCleared,
    QueuedStatus,
    RealTimeQuery,
    RealTimeStatus,
    StatusEvent,
    StatusStream,
    findings_of_answers,
    no_answer,
    status_of,
)
from drivers.receipt_printer.types import PrinterStatus
from drivers.transport.serial_port import SerialPort
from drivers.types import Deadline

_QUIET_S = 0.02
_QUIET_LIMIT_S = 0.5
_READ_LIMIT = 256
_TRIES = 2


class StatusReader:
    """One port's questions and answers. Every method raises ``Disconnected`` when the port has gone."""

    def __init__(self, port: SerialPort, answer_s: float) -> None:
        """``answer_s``: how long an answer to DLE EOT may take, which a printer gives at once."""
        self.port = port
        self._answer_s = answer_s
        self._stream = StatusStream()
        self.queued_answers: list[int] = []
        """Answers to GS r that arrived and were not yet taken."""
        self.was_cleared = False
        """The printer has confirmed that it dropped its buffers."""
        self.has_changed = False
        """An automatic status arrived: the printer has something to tell."""

    def status(self) -> PrinterStatus:
        """Ask all four questions; silence, after a second try, is ``no_answer``."""
        for _ in range(_TRIES):
            answers = self._all_answers()
            if answers is not None:
                self.has_changed = False
                return status_of(findings_of_answers(*answers))
        return no_answer(self.port.url)

    def listen(self, wait_s: float) -> None:
        """Take what the printer says by itself, waiting at most ``wait_s`` for it to begin."""
        for event in self._stream.feed(self.port.read_available(_READ_LIMIT, wait_s)):
            self._note(event)

    def _all_answers(self) -> tuple[int, int, int, int] | None:
        self._wait_for_quiet()
        answers: list[int] = []
        for query in RealTimeQuery:
            answer = self._ask(query)
            if answer is None:
                return None  # the rest would be asked for nothing, and a late answer be taken for the next one
            answers.append(answer)
        printer, offline_cause, error_cause, paper = answers
        return printer, offline_cause, error_cause, paper

    def _ask(self, query: RealTimeQuery) -> int | None:
        self.port.write(query.request)
        deadline = Deadline(self._answer_s)
        while not deadline.is_over:
            answer: int | None = None
            # One byte at a time: what follows the answer belongs to the next question.
            for event in self._stream.feed(self.port.read(1, deadline)):
                if isinstance(event, RealTimeStatus):
                    answer = event.byte
                else:
                    self._note(event)
            if answer is not None:
                return answer
        return None

    def _wait_for_quiet(self) -> None:
        """Late answers to earlier questions must not be taken for this one's."""
        limit = Deadline(_QUIET_LIMIT_S)
        while not limit.is_over:
            waiting = self.port.read_available(_READ_LIMIT, _QUIET_S)
            if not waiting:
                return
            for event in self._stream.feed(waiting):
                self._note(event)

    def _note(self, event: StatusEvent) -> None:
        if isinstance(event, QueuedStatus):
            self.queued_answers.append(event.byte)
        elif isinstance(event, BuffersCleared):
            self.was_cleared = True
        elif isinstance(event, AutoStatus):
            self.has_changed = True
