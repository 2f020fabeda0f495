"""Asks an ESC/POS printer how it is, and sorts its answers from what it says unasked."""

from __future__ import annotations

from enum import Enum

from drivers.errors import Stalled
from drivers.receipt_printer.protocol import (
    AutoStatus,
    BuffersCleared,
    QueuedStatus,
    RealTimeQuery,
    RealTimeStatus,
    StatusEvent,
    StatusStream,
    contradiction,
    findings_of_answers,
    no_answer,
    status_of,
)
from drivers.receipt_printer.types import PrinterStatus
from drivers.transport.port import Port
from drivers.types import Deadline

_QUIET_S = 0.02
_QUIET_LIMIT_S = 0.5
_BEHIND_S = 0.01
"""What an answer was doubled or preceded by arrives together with it."""
_READ_LIMIT = 256
_TRIES = 2
_WITHOUT_END_S = 60.0


class _Missing(Enum):
    """Why there is no answer to go by."""

    SILENT = "silent"
    CONFUSED = "confused"


class StatusReader:
    """One port's questions and answers. Every method raises ``Disconnected`` when the port has gone."""

    def __init__(self, port: Port, answer_s: float) -> None:
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

    @property
    def rubbish(self) -> int:
        """How many bytes came that belong to nothing a printer says."""
        return self._stream.rubbish

    def status(self, deadline: Deadline | None = None) -> PrinterStatus:
        """Ask all four questions; silence, after a second try, is ``no_answer``, and so is an end of the deadline before that.

        Nothing in an answer tells which question it belongs to. So where two different answers come to one question, all are
        asked again, and a printer that goes on so is ``bad_answer``: an old "fine" must not be taken for a new one.
        """
        limit = deadline or Deadline(_WITHOUT_END_S)
        is_confused = False
        for tries_left in reversed(range(_TRIES)):
            answers = self._all_answers(limit)
            is_confused = answers is _Missing.CONFUSED
            if isinstance(answers, _Missing):
                continue
            self.has_changed = False
            findings = findings_of_answers(*answers)
            # An error without a cause may be one that passed between two questions.
            if not (findings.other_error and tries_left):
                return status_of(findings)
        return contradiction(self.port.url) if is_confused else no_answer(self.port.url)

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Hand all bytes over; raises ``Stalled`` when the printer has not taken them by the deadline."""
        while True:
            try:
                self.port.write(data)
            except Stalled as error:
                if deadline.is_over:
                    raise
                data = data[error.written :]
            else:
                return

    def listen(self, wait_s: float) -> None:
        """Take what the printer says by itself, waiting at most ``wait_s`` for it to begin."""
        for event in self._stream.feed(self.port.read_available(_READ_LIMIT, wait_s)):
            self._note(event)

    def wait_for_quiet(self, deadline: Deadline) -> None:
        """Late answers to earlier questions must not be taken for this one's."""
        limit = deadline.within(_QUIET_LIMIT_S)
        while not limit.is_over:
            waiting = self.port.read_available(_READ_LIMIT, min(_QUIET_S, limit.remaining_s))
            if not waiting:
                return
            for event in self._stream.feed(waiting):
                self._note(event)

    def _all_answers(self, deadline: Deadline) -> tuple[int, int, int, int] | _Missing:
        self.wait_for_quiet(deadline)
        answers: list[int] = []
        for query in RealTimeQuery:
            answer = self._ask(query, deadline)
            if isinstance(answer, _Missing):
                return answer  # the rest would be asked for nothing, and a late answer be taken for the next one
            answers.append(answer)
        printer, offline_cause, error_cause, paper = answers
        return printer, offline_cause, error_cause, paper

    def _ask(self, query: RealTimeQuery, deadline: Deadline) -> int | _Missing:
        if deadline.is_over:
            return _Missing.SILENT
        limit = deadline.within(self._answer_s)
        try:
            self.send(query.request, limit)
        except Stalled:
            return _Missing.SILENT
        found: set[int] = set()
        while not found and not limit.is_over:
            # One byte at a time: what follows the answer may belong to the next question.
            found |= self._sorted(self.port.read(1, limit))
        if not found:
            return _Missing.SILENT
        found |= self._sorted(self.port.read_available(_READ_LIMIT, _BEHIND_S))
        return found.pop() if len(found) == 1 else _Missing.CONFUSED

    def _sorted(self, data: bytes) -> set[int]:
        """Answers to DLE EOT in ``data``; everything else is noted."""
        answers: set[int] = set()
        for event in self._stream.feed(data):
            if isinstance(event, RealTimeStatus):
                answers.add(event.byte)
            else:
                self._note(event)
        return answers

    def _note(self, event: StatusEvent) -> None:
        if isinstance(event, QueuedStatus):
            self.queued_answers.append(event.byte)
        elif isinstance(event, BuffersCleared):
            self.was_cleared = True
        elif isinstance(event, AutoStatus):
            self.has_changed = True
