"""The emulated printer and the host's end of its line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.receipt_printer.emulator import PrinterEmulator
from tests.helpers.printer_line import Line


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def emulated(line: Line) -> Iterator[PrinterEmulator]:
    with PrinterEmulator() as emulator:
        emulator.connected(line.link())
        yield emulator
