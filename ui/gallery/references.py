"""Small pictures of all screens, kept in the repository: what looks otherwise than before is noticed.

``python -m ui.gallery.references --out DIR`` draws them anew. One PNG a look and language holds all plates side by side at a
sixth of their size; a text file beside it names them in order.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from kiosk.domain.language import Language
from ui.gallery.drawing import draw_into_folder
from ui.gallery.few_colours import with_few_colours
from ui.gallery.formats import FORMATS, MODES
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.window import DEFAULT_HELP_PHONE, KioskWindow

FORMAT = FORMATS["27in"]
WIDTH, HEIGHT = FORMAT.width // 6, FORMAT.height // 6
_COLUMNS = 12

Pixels = NDArray[np.uint8]
"""Rows, columns, red, green and blue."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All plates of one look in one language."""

    mode: str
    language: Language

    @property
    def name(self) -> str:
        """Of its files, without their ends."""
        return f"{self.mode}-{self.language.value}"

    def plates(self) -> tuple[Plate, ...]:
        """What is drawn on it, in order."""
        return plates(self.language, MODES[self.mode])


SHEETS = (
    Sheet("normal", Language.ZH),
    Sheet("normal", Language.ZH_HANT),
    Sheet("normal", Language.EN),
    Sheet("elder", Language.ZH),
    Sheet("contrast", Language.ZH),
)


class Change(Enum):
    """How a plate is not what it was."""

    LOOKS_OTHERWISE = "looks otherwise"
    NEW = "new"
    GONE = "gone"


MEAN_TOLERANCE = 0.7
"""Of the differences of all channels, 0 to 255."""
STRONG, STRONG_TOLERANCE = 40, 0.0005
"""A pixel differs strongly from this difference of one channel on; such a share of them is let pass.

Measured: the few colours of a reference differ from what it was drawn from by at most 0.5 on average, and no pixel strongly;
a button moved by 20 px makes 0.08 % of the pixels or more differ strongly.
"""


@dataclass(frozen=True, slots=True)
class Distance:
    """How far two pictures of one size are from each other."""

    mean: float
    strong: float
    """Share of the pixels that differ strongly."""

    @property
    def is_small(self) -> bool:
        """True for what nobody would see."""
        return self.mean <= MEAN_TOLERANCE and self.strong <= STRONG_TOLERANCE


def distance(before: Pixels, now: Pixels) -> Distance:
    """Between two pictures of one size."""
    apart = np.abs(before.astype(np.int16) - now.astype(np.int16))
    return Distance(float(apart.mean()), float((apart.max(axis=2) >= STRONG).mean()))


def changes(before: dict[str, Pixels], now: dict[str, Pixels]) -> dict[str, Change]:
    """What is not as it was, by the names of the plates."""
    found = {name: Change.GONE for name in before if name not in now}
    for name, picture in now.items():
        if name not in before:
            found[name] = Change.NEW
        elif not distance(before[name], picture).is_small:
            found[name] = Change.LOOKS_OTHERWISE
    return found


def window_of_references() -> KioskWindow:
    """The window they are drawn in, shown; without the keyboard, of which there can be but one in an application."""
    window = KioskWindow(DEFAULT_HELP_PHONE, FORMAT.mm_per_px, moves=False, with_keyboard=False)
    window.resize(FORMAT.width, FORMAT.height)
    window.show()
    return window


def draw(window: KioskWindow, shown: tuple[Plate, ...]) -> dict[str, Pixels]:
    """The plates, small, by their names."""
    return {plate.name: picture_of(window, plate) for plate in shown}


def picture_of(window: KioskWindow, plate: Plate) -> Pixels:
    """One plate, small, with every clock held."""
    show(window, plate, still=True)
    return small_picture(window)


def small_picture(window: KioskWindow) -> Pixels:
    """What the window shows now, at a sixth of its size."""
    keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return _pixels(window.grab().toImage().scaled(WIDTH, HEIGHT, keep, smooth))


def read(folder: Path, sheet: Sheet) -> dict[str, Pixels]:
    """The references of one sheet, by the names of the plates; raises ``OSError`` when there are none."""
    names = (folder / f"{sheet.name}.txt").read_text(encoding="utf-8").split()
    image = QImage(str(folder / f"{sheet.name}.png"))
    if image.isNull():
        raise OSError(f"cannot read {folder / sheet.name}.png")
    whole = _pixels(image)
    return {name: whole[place] for name, place in zip(names, _places(), strict=False)}


def write(folder: Path) -> None:
    """All references anew; raises ``OSError`` when a file cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    window = window_of_references()
    for sheet in SHEETS:
        drawn = draw(window, sheet.plates())
        (folder / f"{sheet.name}.txt").write_text("\n".join(drawn) + "\n", encoding="utf-8")
        save(with_few_colours(side_by_side(drawn.values())), folder / f"{sheet.name}.png")
    window.close()


def side_by_side(pictures: Iterable[Pixels]) -> Pixels:
    """In rows of twelve."""
    drawn = tuple(pictures)
    rows, columns = -(-len(drawn) // _COLUMNS), min(len(drawn), _COLUMNS)
    whole = np.full((rows * HEIGHT, columns * WIDTH, 3), 255, np.uint8)
    for picture, place in zip(drawn, _places(), strict=False):
        whole[place] = picture
    return whole


def save(image: QImage, path: Path) -> None:
    """As a PNG as small as can be; raises ``OSError`` when that does not succeed."""
    if not image.save(str(path), "PNG", 0):  # type: ignore[call-overload]
        raise OSError(f"cannot write {path}")


def _places() -> Iterator[tuple[slice, slice]]:
    for row in itertools.count():
        for column in range(_COLUMNS):
            yield slice(row * HEIGHT, (row + 1) * HEIGHT), slice(column * WIDTH, (column + 1) * WIDTH)


def _pixels(image: QImage) -> Pixels:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return lines[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()


def main() -> int:
    """Draw all references anew; 0 when all are written."""
    return draw_into_folder("ui.gallery.references", "Draw the reference pictures anew.", write)


if __name__ == "__main__":
    sys.exit(main())
