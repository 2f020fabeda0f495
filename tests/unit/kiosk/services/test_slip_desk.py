"""Noted before the first byte, followed to the end, marked as a copy when a first one may be about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import assets
from drivers.errors import DeviceError
from drivers.receipt_printer.types import Block, PrinterStatus, PrintOutcome, PrintResult, Text
from drivers.status import DeviceState, DeviceStatus, SupplyState
from drivers.types import Deadline
from kiosk.config import Settings
from kiosk.domain.language import Language
from kiosk.flow.events import SlipFailed, SlipPrinted
from kiosk.flow.session import SessionContext
from kiosk.services.print_journal import JournalTrouble, PrintJournal
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipFacts, SlipWriter, facts_of
from tests.helpers.people import SENIOR, sample_catalogue, sample_context, sample_person

CASE = "019abc00-1234-7abc-8def-0123456789ab"
FINE = PrinterStatus(DeviceStatus(DeviceState.ONLINE, "ok"), SupplyState.FULL, cover_open=False, cutter_error=False)
OUT = PrinterStatus(DeviceStatus(DeviceState.USER_ERROR, "paper_out"), SupplyState.OUT, cover_open=False, cutter_error=False)


class Printer:
    """Prints what it is told to have printed."""

    def __init__(self, journal: PrintJournal) -> None:
        self.outcome: PrintOutcome | DeviceError = PrintOutcome(PrintResult.PRINTED, FINE)
        self.begins = True
        self.slips: list[str] = []
        self.noted: list[bool] = []
        self._journal = journal

    def status(self) -> PrinterStatus:
        return FINE

    def print_receipt(self, blocks: Sequence[Block], deadline: Deadline, before_bytes: Callable[[], bool]) -> PrintOutcome:
        if not self.begins:
            return PrintOutcome(PrintResult.NOT_PRINTED, OUT)
        if not before_bytes():
            return PrintOutcome(PrintResult.NOT_PRINTED, FINE)
        self.noted.append(self._journal.must_be_copy(CASE))
        self.slips.append("\n".join(block.text for block in blocks if isinstance(block, Text)))
        if isinstance(self.outcome, DeviceError):
            raise self.outcome
        return self.outcome

    def close(self) -> None:
        return

    @property
    def are_copies(self) -> list[bool]:
        return ["副本 COPY" in slip for slip in self.slips]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[PrintJournal]:
    with closing(PrintJournal(tmp_path / "prints.db")) as journal:
        yield journal


@pytest.fixture
def printer(journal: PrintJournal) -> Printer:
    return Printer(journal)


@pytest.fixture
def subject(journal: PrintJournal) -> SlipDesk:
    return SlipDesk(SlipWriter(assets.ROOT / "receipts" / "slip.yaml"), journal)


@pytest.fixture
def facts() -> SlipFacts:
    session = SessionContext()
    session.person = sample_person()
    session.case_id, session.receipt_number, session.stored_at = CASE, "330304261123A00100001D", "2026-11-23 20:00"
    item = sample_catalogue().item(SENIOR)
    assert item is not None
    return facts_of(sample_context(session), item, Language.ZH, settings=Settings(), copy=False, sample=True)


def says_copy(subject: SlipDesk, facts: SlipFacts) -> bool:
    return any(isinstance(block, Text) and "副本 COPY" in block.text for block in subject.blocks(facts))


@pytest.mark.parametrize(
    ("outcome", "event"),
    [
        (PrintOutcome(PrintResult.PRINTED, FINE), SlipPrinted(CASE)),
        (PrintOutcome(PrintResult.PARTLY_PRINTED, OUT), SlipFailed(CASE, "paper.paper_out")),
        (PrintOutcome(PrintResult.NOT_PRINTED, OUT), SlipFailed(CASE, "paper.paper_out")),
        (PrintOutcome(PrintResult.NOT_PRINTED, FINE), SlipFailed(CASE, "paper.not_printed")),
        (PrintOutcome(PrintResult.UNKNOWN, FINE), SlipFailed(CASE, "paper.unknown")),
    ],
)
@pytest.mark.parametrize("flow_says_copy", [True, False])
def test_every_end_of_a_job_has_its_reason_and_decides_whether_the_next_is_a_copy(
    subject: SlipDesk, printer: Printer, facts: SlipFacts, outcome: PrintOutcome, event: object, flow_says_copy: bool
) -> None:
    printer.outcome = outcome
    assert subject.print(printer, replace(facts, copy=flow_says_copy), Deadline(5)) == event
    assert printer.noted == [True], "on the disk before the first byte"
    is_copy = outcome.result is not PrintResult.NOT_PRINTED
    assert says_copy(subject, facts) is is_copy
    subject.print(printer, replace(facts, copy=flow_says_copy), Deadline(5))
    assert printer.are_copies == [False, is_copy]


def test_a_slip_that_never_began_leaves_the_next_an_original_even_if_the_flow_believes_otherwise(
    subject: SlipDesk, printer: Printer, facts: SlipFacts
) -> None:
    printer.begins = False
    assert subject.print(printer, facts, Deadline(5)) == SlipFailed(CASE, "paper.paper_out")
    printer.begins = True
    assert subject.print(printer, replace(facts, copy=True), Deadline(5)) == SlipPrinted(CASE)
    assert printer.are_copies == [False]


def test_a_driver_that_breaks_down_in_the_slip_leaves_it_open(subject: SlipDesk, printer: Printer, facts: SlipFacts) -> None:
    printer.outcome = DeviceError("usb", "gone")
    with pytest.raises(DeviceError):
        subject.print(printer, facts, Deadline(5))
    printer.outcome = PrintOutcome(PrintResult.PRINTED, FINE)
    assert subject.print(printer, facts, Deadline(5)) == SlipPrinted(CASE)
    assert printer.are_copies == [False, True]


def _failing(monkeypatch: pytest.MonkeyPatch, journal: PrintJournal, name: str) -> None:
    def fail(*_arguments: object) -> bool:
        raise JournalTrouble("prints.db: database or disk is full")

    monkeypatch.setattr(journal, name, fail)


@pytest.mark.expects_warnings
@pytest.mark.parametrize("call", ["must_be_copy", "begin"])
def test_a_slip_that_cannot_be_noted_is_not_printed_and_the_screen_still_shows_it(
    subject: SlipDesk, printer: Printer, journal: PrintJournal, facts: SlipFacts, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    with monkeypatch.context() as trouble:
        _failing(trouble, journal, call)
        assert subject.print(printer, facts, Deadline(5)) == SlipFailed(CASE, "paper.not_noted")
        assert printer.slips == []
        assert subject.blocks(facts)
    assert subject.print(printer, facts, Deadline(5)) == SlipPrinted(CASE)
    assert printer.are_copies == [False]


@pytest.mark.expects_warnings
def test_an_outcome_that_cannot_be_noted_makes_the_next_a_copy(
    subject: SlipDesk, printer: Printer, journal: PrintJournal, facts: SlipFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer.outcome = PrintOutcome(PrintResult.NOT_PRINTED, OUT)
    with monkeypatch.context() as trouble:
        _failing(trouble, journal, "end")
        assert subject.print(printer, facts, Deadline(5)) == SlipFailed(CASE, "paper.paper_out")
    assert says_copy(subject, facts)


def test_when_the_journal_was_lost_the_flow_s_word_counts(
    subject: SlipDesk, printer: Printer, journal: PrintJournal, facts: SlipFacts
) -> None:
    journal.has_forgotten = True
    subject.print(printer, replace(facts, copy=True), Deadline(5))
    assert printer.are_copies == [True]
