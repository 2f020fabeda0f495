"""The paper of the emulated printer: a strip that moves past the head, ends somewhere, and is cut or torn into slips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from drivers.receipt_printer.types import DOTS_PER_MM

Dots = NDArray[np.bool_]
"""Shape (height, width), True is black."""

HEAD_TO_CUTTER_DOTS = 12 * DOTS_PER_MM
"""The cutter sits above the head: a cut without a feed before it leaves the last lines on the next slip."""

NEAR_END_MM = 500


@dataclass(frozen=True, slots=True)
class Code:
    """A code that a reader found on the picture of a slip."""

    kind: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Slip:
    """A piece of paper with print on it."""

    text: str = field(repr=False)
    """What stands on it, line by line; ``[QR] …``, ``[CODE128] …`` and ``[picture WxH]`` for what is no text."""
    image: Image.Image = field(repr=False)
    """The paper, one pixel a dot, mode "L"."""
    is_torn: bool
    """Torn or cut off by hand after a failure rather than cut by the printer."""

    @property
    def codes(self) -> tuple[Code, ...]:
        """Codes that can be read off the picture; a code that is cut through cannot."""
        import zxingcpp  # late: only tests and demonstrations look

        found = zxingcpp.read_barcodes(np.asarray(self.image))
        return tuple(Code(str(code.format).rsplit(".", maxsplit=1)[-1], code.text) for code in found)


@dataclass(frozen=True, slots=True)
class Print:
    """Rows on their way to the paper, and what they say."""

    dots: Dots
    text: str | None = None
    """Noted where the middle row comes to lie; ``None`` for rows that say nothing."""
    middle: int = 0

    def split(self, rows: int) -> tuple[Print, Print]:
        """The first ``rows`` and the rest."""
        on_first = self.middle < rows
        first = Print(self.dots[:rows], self.text if on_first else None, self.middle)
        rest = Print(self.dots[rows:], None if on_first else self.text, self.middle - rows)
        return first, rest


class PaperStrip:
    """Paper from the cutter's last cut to the head. Not thread-safe: its printer locks."""

    def __init__(self, width_dots: int, on_slip: Callable[[Slip], None]) -> None:
        self.width_dots = width_dots
        self.left_dots: int | None = None
        """Rows left on the roll; ``None`` for a roll that does not end."""
        self.moved_dots = 0
        """Rows printed or fed since the beginning."""
        self.blank_pieces = 0
        """Pieces cut off with nothing on them: no slips."""
        self._on_slip = on_slip
        self._rows = self._threaded()
        self._notes: list[tuple[int, str]] = []

    @property
    def is_out(self) -> bool:
        """True at the end of the roll."""
        return self.left_dots == 0

    @property
    def is_near_end(self) -> bool:
        """True when the roll is thin, and at its end."""
        return self.left_dots is not None and self.left_dots <= NEAR_END_MM * DOTS_PER_MM

    def put(self, rows: Print, limit: int | None = None) -> Print | None:
        """Move the paper by the rows' height, at most ``limit``; what did not get onto it comes back."""
        bounds = [bound for bound in (self.left_dots, limit) if bound is not None]
        room = min([len(rows.dots), *bounds])
        first, rest = rows.split(room)
        if first.text is not None:
            self._notes.append((len(self._rows) + first.middle, first.text))
        self._rows = np.concatenate([self._rows, first.dots])
        self.moved_dots += room
        if self.left_dots is not None:
            self.left_dots -= room
        return rest if len(rest.dots) else None

    def cut(self) -> None:
        """Cut at the cutter, which is ``HEAD_TO_CUTTER_DOTS`` ahead of the head."""
        self._take_off(max(0, len(self._rows) - HEAD_TO_CUTTER_DOTS), is_torn=False)

    def tear(self) -> None:
        """Take all paper out as far as the head; the next piece begins at the cutter again."""
        self._take_off(len(self._rows), is_torn=True)
        self._rows = self._threaded()

    def _threaded(self) -> Dots:
        """Paper put in: its edge lies at the cutter."""
        return np.zeros((HEAD_TO_CUTTER_DOTS, self.width_dots), np.bool_)

    def _take_off(self, height: int, *, is_torn: bool) -> None:
        piece, self._rows = self._rows[:height], self._rows[height:]
        lines = [content for row, content in sorted(self._notes, key=lambda note: note[0]) if row < height]
        self._notes = [(row - height, content) for row, content in self._notes if row >= height]
        if piece.any():
            image = Image.fromarray(np.where(piece, 0, 255).astype(np.uint8))
            self._on_slip(Slip("\n".join(lines).strip("\n") + "\n", image, is_torn))
        elif height and not is_torn:
            self.blank_pieces += 1
