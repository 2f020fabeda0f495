"""A host at the emulated printer, made by hand: what it sends, and what it hears."""

from __future__ import annotations

from drivers.emulation.host import Link
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_paper import Slip
from drivers.receipt_printer.emulator_state import Model

FEED_AND_CUT = bytes.fromhex("1D564200")
GS_R = bytes.fromhex("1D7201")


class Line:
    """The host's end: collects what the printer says."""

    def __init__(self) -> None:
        self.heard = b""
        self.is_cut = False

    def link(self) -> Link:
        return Link(self._hear, self._cut)

    def take(self) -> bytes:
        heard, self.heard = self.heard, b""
        return heard

    def _hear(self, data: bytes) -> None:
        self.heard += data

    def _cut(self) -> None:
        self.is_cut = True


def model(line: Line, **features: bool) -> PrinterEmulator:
    emulator = PrinterEmulator(model=Model(**features))
    emulator.connected(line.link())
    return emulator


def statuses(emulator: PrinterEmulator, line: Line) -> str:
    emulator.received(bytes.fromhex("100401 100402 100403 100404"))
    return line.take().hex(" ").upper()


def print_slip(emulator: PrinterEmulator, data: bytes) -> Slip:
    emulator.received(data + b"\n" + FEED_AND_CUT)
    return emulator.slips[-1]
