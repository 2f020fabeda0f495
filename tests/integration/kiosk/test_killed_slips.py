"""A terminal that dies in the middle of a slip: the next slip of the case is a copy, and nothing else is on its paper."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

import assets
from drivers.emulation.host import PtyHost, TcpHost
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.factory import open_printer
from drivers.types import Deadline
from kiosk.config import Settings
from kiosk.domain.language import Language
from kiosk.flow.events import SlipFailed, SlipPrinted
from kiosk.flow.session import SessionContext
from kiosk.services.print_journal import PrintJournal
from kiosk.services.slip_desk import SlipDesk
from kiosk.services.slips import SlipFacts, SlipWriter, facts_of
from tests.helpers.people import SENIOR, sample_catalogue, sample_context, sample_person

ROOT = Path(__file__).parents[3]
CASE = "019abc00-1234-7abc-8def-0123456789ab"
OTHER = "019abc00-9999-7abc-8def-0123456789ab"
NUMBER, OTHER_NUMBER = "330304261123A00100001D", "330304261123A001000020"


def facts(case_id: str = CASE, number: str = NUMBER) -> SlipFacts:
    session = SessionContext()
    session.person = sample_person()
    session.case_id, session.receipt_number, session.stored_at = case_id, number, "2026-11-23 20:00"
    item = sample_catalogue().item(SENIOR)
    assert item is not None
    return facts_of(sample_context(session), item, Language.ZH, settings=Settings(), copy=False, sample=True)


def print_one(url: str, data: Path, slip: SlipFacts, seconds: float = 40.0) -> SlipPrinted | SlipFailed:
    """As the terminal does it, from opening the journal to closing the port."""
    printer = open_printer(url)
    with closing(PrintJournal(data / "prints.db")) as journal, closing(printer):
        return SlipDesk(SlipWriter(assets.ROOT / "receipts" / "slip.yaml"), journal).print(printer, slip, Deadline(seconds))


CHILD = """
import sys
from pathlib import Path
from tests.integration.kiosk.test_killed_slips import facts, print_one
print_one(sys.argv[1], Path(sys.argv[2]), facts(), 100.0)
"""


@pytest.fixture
def emulator() -> Iterator[PrinterEmulator]:
    with PrinterEmulator() as emulator:
        yield emulator


def _outcomes(data: Path) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(data / "prints.db")) as connection:
        return connection.execute("SELECT case_id, outcome FROM prints ORDER BY id").fetchall()


@pytest.mark.parametrize("host_class", [TcpHost, PtyHost])
@pytest.mark.parametrize("moment_mm", [17, 40, 90], ids=["at its first line", "at its top", "at its code"])
def test_a_killed_terminal_prints_a_copy_next_and_on_clean_paper(
    emulator: PrinterEmulator, host_class: type[TcpHost] | type[PtyHost], tmp_path: Path, moment_mm: float
) -> None:
    with ExitStack() as stack:
        host = stack.enter_context(host_class(emulator))
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, host.url, str(tmp_path)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        emulator.at_mm(moment_mm, lambda: child.send_signal(signal.SIGKILL))
        assert child.wait(90) == -signal.SIGKILL
        assert _outcomes(tmp_path) == [(CASE, None)]
        assert print_one(host.url, tmp_path, facts(OTHER, OTHER_NUMBER)) == SlipPrinted(OTHER)
        assert print_one(host.url, tmp_path, facts()) == SlipPrinted(CASE)
    assert _outcomes(tmp_path) == [(CASE, "unknown"), (OTHER, "printed"), (CASE, "printed")]
    *broken, other, copy = [slip.text for slip in emulator.slips]
    assert ("COPY" in other, "COPY" in copy) == (False, True)
    assert OTHER_NUMBER in other
    assert NUMBER not in other
    assert NUMBER in copy
    assert not any("COPY" in piece or f"[CODE128] {NUMBER}" in piece for piece in broken)


def test_a_slip_that_was_refused_before_its_first_byte_is_no_copy_after_a_restart(
    emulator: PrinterEmulator, tmp_path: Path
) -> None:
    with TcpHost(emulator) as host:
        emulator.set_paper_mm(0)
        assert print_one(host.url, tmp_path, facts()) == SlipFailed(CASE, "paper.paper_out")
        assert _outcomes(tmp_path) == []
        emulator.load_paper()
        assert print_one(host.url, tmp_path, facts()) == SlipPrinted(CASE)
    assert ["COPY" in slip.text for slip in emulator.slips] == [False]


def test_paper_that_ends_in_the_slip_makes_the_next_a_copy(emulator: PrinterEmulator, tmp_path: Path) -> None:
    with TcpHost(emulator) as host:
        emulator.set_paper_mm(60)
        assert print_one(host.url, tmp_path, facts()) == SlipFailed(CASE, "paper.paper_out")
        emulator.load_paper()
        assert print_one(host.url, tmp_path, facts()) == SlipPrinted(CASE)
    assert _outcomes(tmp_path) == [(CASE, "partly_printed"), (CASE, "printed")]
    assert "副本 COPY" in emulator.slips[-1].text
