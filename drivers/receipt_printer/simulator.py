"""A printer in memory: same promises, no bytes. For tests and for trying the terminal without any device."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image

from drivers.receipt_printer.abstract import always
from drivers.receipt_printer.layout import BarSymbol, Group, Line, QrSymbol, TextLine, lay_out
from drivers.receipt_printer.protocol import Findings, disconnected, no_answer, status_of
from drivers.receipt_printer.render_image import picture_of
from drivers.receipt_printer.types import PAPERS, Block, Paper, PaperWidth, PrinterStatus, PrintOutcome, PrintResult
from drivers.types import Deadline

_PORT = "sim://"
_UNANSWERED = ("no_answer", "disconnected")


@dataclass(frozen=True, slots=True)
class SimulatedSlip:
    """What came out, as laid-out lines."""

    lines: tuple[Line, ...] = field(repr=False)
    paper: Paper
    is_whole: bool

    @property
    def text(self) -> str:
        """The slip line by line; codes as ``[QR] …`` and ``[CODE128] …``."""
        return "\n".join(_words(line) for line in self.lines).strip("\n") + "\n"

    def picture(self, zoom: int = 1) -> Image.Image:
        """The slip as it would look."""
        group: Group = self.lines
        return picture_of([group], self.paper, zoom)


@dataclass(slots=True)
class _Switches:
    lines_left: int | None = None
    near_end: bool = False
    cover_open: bool = False
    cutter_stuck: bool = False
    head_hot: bool = False
    offline: bool = False
    broken: bool = False
    mute: bool = False
    unplugged: bool = False


class SimulatedPrinter:
    """A ``ReceiptPrinter``. The switches may be used from any thread, in the middle of a job too."""

    def __init__(self, width: PaperWidth = "80mm", seconds_per_line: float = 0.0) -> None:
        self._paper = PAPERS[width]
        self._seconds_per_line = seconds_per_line
        self._lock = threading.RLock()
        self._switches = _Switches()
        self._slips: list[SimulatedSlip] = []
        self._triggers: list[tuple[int, Callable[[], None]]] = []

    @property
    def slips(self) -> list[SimulatedSlip]:
        """Slips that came out, whole or not, oldest first."""
        with self._lock:
            return list(self._slips)

    # ReceiptPrinter

    def status(self) -> PrinterStatus:
        """State by the switches."""
        with self._lock:
            switches = self._switches
            if switches.unplugged:
                return disconnected(f"{_PORT}: unplugged")
            if switches.mute:
                return no_answer(_PORT)
            is_out = switches.lines_left == 0
            is_stopped = switches.cover_open or switches.cutter_stuck or switches.head_hot or switches.offline or switches.broken
            return status_of(
                Findings(
                    offline=is_out or is_stopped,
                    cover_open=switches.cover_open,
                    paper_out=is_out,
                    near_end=switches.near_end,
                    cutter_error=switches.cutter_stuck,
                    unrecoverable=switches.broken,
                    head_hot=switches.head_hot,
                    other_error=False,
                )
            )

    def print_receipt(
        self, blocks: Sequence[Block], deadline: Deadline, before_bytes: Callable[[], bool] = always
    ) -> PrintOutcome:
        """Print line by line; a fault between two lines ends the job there."""
        lines = [line for group in lay_out(blocks, self._paper) for line in group]
        before = self.status()
        if not before.can_print or deadline.is_over or not before_bytes():
            return PrintOutcome(PrintResult.NOT_PRINTED, before)
        printed: list[Line] = []
        for line in lines:
            outcome = self._stopped(deadline, has_begun=bool(printed))
            if outcome is not None:
                return self._come_out(printed, outcome)
            self._print_line(line, len(printed), deadline)
            printed.append(line)
        # As with a real printer: what happens behind the last line, before the cut, leaves a slip that nobody can vouch for.
        return self._come_out(
            printed, self._stopped(deadline, has_begun=True) or PrintOutcome(PrintResult.PRINTED, self.status())
        )

    def close(self) -> None:
        """Nothing to let go of."""

    # Switches

    def set_paper_lines(self, remaining: int | None) -> None:
        """So many lines can still be printed; ``None``: no end."""
        with self._lock:
            self._switches.lines_left = remaining

    def load_paper(self) -> None:
        """A new roll, and nothing of an old job on it."""
        self.set_paper_lines(None)

    def set_near_end(self, is_near: bool = True) -> None:
        """Near-end sensor."""
        self._switch("near_end", is_near)

    def open_cover(self) -> None:
        """Open the cover."""
        self._switch("cover_open", True)

    def close_cover(self) -> None:
        """Close it."""
        self._switch("cover_open", False)

    def cutter_jam(self, is_jammed: bool = True) -> None:
        """The blade sticks, or is free again."""
        self._switch("cutter_stuck", is_jammed)

    def head_hot(self, is_hot: bool = True) -> None:
        """The head is too hot, or has cooled down."""
        self._switch("head_hot", is_hot)

    def go_offline(self, is_offline: bool = True) -> None:
        """Somebody has pressed the button on its front, or has pressed it again."""
        self._switch("offline", is_offline)

    def break_down(self) -> None:
        """An error from which it does not recover."""
        self._switch("broken", True)

    def mute(self, is_mute: bool = True) -> None:
        """Answer nothing."""
        self._switch("mute", is_mute)

    def unplug(self) -> None:
        """Pull the cable."""
        self._switch("unplugged", True)

    def plug_in(self) -> None:
        """Put it back."""
        self._switch("unplugged", False)

    def at_line(self, number: int, happening: Callable[[], None]) -> None:
        """Call ``happening`` during the next job, when ``number`` lines have been printed."""
        with self._lock:
            self._triggers.append((number, happening))

    # Inside

    def _switch(self, name: str, value: bool) -> None:
        with self._lock:
            setattr(self._switches, name, value)

    def _print_line(self, line: Line, printed: int, deadline: Deadline) -> None:
        if self._seconds_per_line:
            deadline.sleep(self._seconds_per_line)
        with self._lock:
            if self._switches.lines_left is not None and line.height_dots:
                self._switches.lines_left -= 1
            due = [happening for number, happening in self._triggers if number == printed + 1]
            self._triggers = [trigger for trigger in self._triggers if trigger[0] != printed + 1]
        for happening in due:
            happening()

    def _stopped(self, deadline: Deadline, *, has_begun: bool) -> PrintOutcome | None:
        """The outcome if the job cannot go on; waits while the head cools down, and for whoever pressed the button."""
        status = self.status()
        while status.device.code in ("head_hot", "offline") and not deadline.is_over:
            deadline.sleep(0.05)
            status = self.status()
        if status.device.code in _UNANSWERED:
            return PrintOutcome(PrintResult.UNKNOWN if has_begun else PrintResult.NOT_PRINTED, status)
        if not status.can_print or deadline.is_over:
            return PrintOutcome(PrintResult.PARTLY_PRINTED if has_begun else PrintResult.NOT_PRINTED, status)
        return None

    def _come_out(self, printed: list[Line], outcome: PrintOutcome) -> PrintOutcome:
        with self._lock:
            if printed:
                self._slips.append(SimulatedSlip(tuple(printed), self._paper, outcome.result is PrintResult.PRINTED))
        return outcome


def _words(line: Line) -> str:
    match line:
        case TextLine():
            return " " * (line.left_dots // 12) + line.text
        case QrSymbol():
            return f"[QR] {line.payload}"
        case BarSymbol():
            return f"[CODE128] {line.payload}"
        case _:
            return ""
