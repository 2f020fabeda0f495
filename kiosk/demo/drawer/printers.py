"""What happens to the two printers: no paper, a jam, an open cover."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kiosk.demo.drawer.moves import Move, Outcome
from kiosk.demo.stage import Stage
from ui.devdock.protocol import Action

MM_LEFT = 40.0
"""About half a slip."""


class Switches:
    """Troubles that stay until they are taken back, or all are mended at once."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._on: set[str] = set()

    def switch(
        self,
        what: str,
        label: str,
        hint: str,
        begin: Callable[[], None],
        end: Callable[[], None],
        told: tuple[str, str] = ("from now on", "over"),
    ) -> Move:
        """A move that begins the trouble, and ends it when it is asked for again."""
        name = f"{self._group}.{what}"

        def do() -> Outcome:
            is_on = name in self._on
            (end if is_on else begin)()
            (self._on.discard if is_on else self._on.add)(name)
            return told[is_on]

        return Move(Action(name, label, hint), do, is_in_force=lambda: name in self._on)

    def mend(self, hint: str, do: Callable[[], None]) -> Move:
        """The move that ends them all."""

        def end_all() -> Outcome:
            do()
            self._on.clear()
            return "in order again"

        return Move(Action(f"{self._group}.mend", "Mend all", hint), end_all)


class ReceiptPrinterMoves:
    """The slip printer: what it emulates, it says over the line by itself."""

    key = "P"
    title = "Receipt printer"

    def __init__(self, stage: Stage) -> None:
        self._printer = stage.printer
        self._switches = Switches("receipt")

    def all(self) -> Sequence[Move]:
        """Paper, cover, cutter, head, button."""
        printer, switch = self._printer, self._switches.switch
        return (
            switch("paper_out", "Paper out", "The roll is at its end", lambda: printer.set_paper_mm(0), self._new_roll),
            switch("ends_soon", "Ends soon", "Paper runs out in the middle of the next slip", self._ends_soon, self._new_roll),
            switch("near_end", "Near end", "The near-end sensor sees the core", printer.set_near_end, self._full_again),
            switch("cover", "Cover open", "Printing stops where it is", printer.open_cover, printer.close_cover),
            switch("jam", "Cutter jam", "The blade sticks at the next cut", printer.cutter_jam, printer.clear_cutter_jam),
            switch("hot", "Head hot", "Printing pauses", printer.head_hot, lambda: printer.head_hot(False)),
            switch("hang", "Hangs", "Takes everything, says nothing", printer.hang, lambda: printer.hang(False)),
            self._switches.mend("Paper in, cover closed, blade free", printer.mend),
        )

    def _ends_soon(self) -> None:
        self._printer.set_paper_mm(MM_LEFT)

    def _new_roll(self) -> None:
        self._printer.tear()
        self._printer.load_paper()

    def _full_again(self) -> None:
        self._printer.set_near_end(False)


class DocumentPrinterMoves:
    """The A4 printer: it knows of its troubles only while it prints, as CUPS does."""

    key = "A"
    title = "A4 printer"

    def __init__(self, stage: Stage) -> None:
        self._printer = stage.document_printer
        self._switches = Switches("document")

    def all(self) -> Sequence[Move]:
        """Paper, cover, toner, queue."""
        return (
            self._fault("paper_out", "Paper out", "The tray is empty"),
            self._fault("paper_jam", "Jam", "A sheet sticks"),
            self._fault("cover_open", "Cover open", "Somebody left it open"),
            self._fault("toner_out", "Toner out", "The cartridge is empty"),
            self._fault("paused", "Queue paused", "An operator stopped the queue"),
            self._fault("frozen", "Hangs", "CUPS does not answer"),
            self._switches.mend("Everything in order, and plugged in", self._printer.clear),
        )

    def _fault(self, name: str, label: str, hint: str) -> Move:
        printer = self._printer
        return self._switches.switch(name, label, hint, lambda: printer.set_fault(name), lambda: printer.clear_fault(name))
