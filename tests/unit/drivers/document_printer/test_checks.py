"""Checks before anything is sent, and the page that is sent for a trial."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drivers.document_printer import sample_page
from drivers.document_printer.checks import fault_in, pages_in
from drivers.document_printer.factory import open_document_printer
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from tests.helpers.documents import document


def test_the_sample_is_a_document() -> None:
    assert fault_in(document(3)) is None
    assert pages_in(document(3)) == 3
    assert b"SAMPLE" in document() or b"S\x00A\x00M" in document(), "the title marks it"
    assert document(1, "a") != document(1, "b")


def test_the_sample_is_made_without_a_chinese_font_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_page, "_FONTS", (Path("/nowhere.ttc"),))
    assert fault_in(sample_page.sample_pdf("now")) is None


def test_the_simulator_needs_no_ipp() -> None:
    probe = "import sys, drivers.document_printer.simulator; sys.exit(any(n in sys.modules for n in ('pyipp', 'aiohttp')))"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_the_factory() -> None:
    assert isinstance(open_document_printer("sim://"), SimulatedDocumentPrinter)
    printer = open_document_printer("ipp://localhost:1/printers/a4")
    assert printer.status().device.code == "disconnected"
    with pytest.raises(ValueError, match="ipp://HOST"):
        open_document_printer("socket://localhost:9100")
