"""Printing a slip: noted before its first byte, followed to its end, and never twice without 副本 COPY on it."""

from __future__ import annotations

import logging
from dataclasses import replace

from drivers.receipt_printer.abstract import ReceiptPrinter
from drivers.receipt_printer.types import Block, PrintOutcome, PrintResult
from drivers.types import Deadline
from kiosk.flow.events import SlipFailed, SlipPrinted
from kiosk.services.print_journal import JournalTrouble, PrintJournal
from kiosk.services.slips import SlipFacts, SlipWriter

_log = logging.getLogger(__name__)

NOT_NOTED = "paper.not_noted"
"""The journal could not be written, so the slip was not printed."""


class SlipDesk:
    """Words, journal and printer brought together. Prints on the printer's thread, draws on any. The case is safe anyway."""

    def __init__(self, writer: SlipWriter, journal: PrintJournal) -> None:
        self._writer = writer
        self._journal = journal

    def blocks(self, facts: SlipFacts) -> tuple[Block, ...]:
        """The slip as it would come out now, for the screen."""
        try:
            return self._writer.blocks(self._marked(facts))
        except JournalTrouble:
            return self._writer.blocks(facts)  # nothing will be printed, so nothing can disagree with the screen

    def print(self, printer: ReceiptPrinter, facts: SlipFacts, deadline: Deadline) -> SlipPrinted | SlipFailed:
        """Print and follow to the end; passes on ``DeviceError``, which leaves the print open in the journal: perhaps printed."""
        try:
            marked = self._marked(facts)
        except JournalTrouble as error:
            _log.error("a slip is not printed: %s", error)
            return SlipFailed(facts.case_id, NOT_NOTED)
        intent = _Intent(self._journal, facts.case_id)
        outcome = printer.print_receipt(self._writer.blocks(marked), deadline, intent.note)
        intent.settle(outcome.result)
        if intent.is_refused:
            return SlipFailed(facts.case_id, NOT_NOTED)
        if outcome.result is PrintResult.PRINTED:
            return SlipPrinted(facts.case_id)
        return SlipFailed(facts.case_id, _reason(outcome))

    def close(self) -> None:
        """Let go of the journal; may be called twice."""
        self._journal.close()

    def _marked(self, facts: SlipFacts) -> SlipFacts:
        """The journal decides, whatever the flow believes; only of what a lost journal knew does the flow's word count."""
        is_copy = self._journal.must_be_copy(facts.case_id) or (self._journal.has_forgotten and facts.copy)
        return replace(facts, copy=is_copy)


class _Intent:
    """One print in the journal, from the moment before its first byte."""

    def __init__(self, journal: PrintJournal, case_id: str) -> None:
        self._journal = journal
        self._case_id = case_id
        self._number: int | None = None
        self.is_refused = False

    def note(self) -> bool:
        """The printer's driver asks before the first byte; no note, no slip."""
        try:
            self._number = self._journal.begin(self._case_id)
        except JournalTrouble as error:
            _log.error("a slip is not printed: %s", error)
            self.is_refused = True
        return not self.is_refused

    def settle(self, result: PrintResult) -> None:
        """Note the outcome; where that fails the print stays open, and the next slip of the case is a copy."""
        if self._number is None:
            return
        try:
            self._journal.end(self._number, result)
        except JournalTrouble as error:
            _log.error("the outcome of a slip (%s) is not noted: %s", result, error)


def _reason(outcome: PrintOutcome) -> str:
    if outcome.status.device.code not in ("ok", "not_asked") and not outcome.status.can_print:
        return f"paper.{outcome.status.device.code}"
    return f"paper.{outcome.result.value}"
