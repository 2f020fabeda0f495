"""Our drawings: read once, painted in any size and, where they are drawn in ``currentColor``, in any colour."""

from __future__ import annotations

import base64
import re
from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from assets import ROOT
from ui.theme import palettes
from ui.theme.palettes import Colour, Palette

FOLDER = ROOT / "icons"
GENERIC_ITEM = "item"
_WRITTEN = {palettes.PLAIN[colour]: colour for colour in reversed(Colour)}
"""Drawings are written in the colours of the plain palette; each of them stands for what it is for there."""
_HEX = re.compile(rb"#[0-9A-F]{6}")


@cache
def _source(name: str) -> bytes:
    return (FOLDER / f"{name}.svg").read_bytes()


@cache
def names() -> frozenset[str]:
    """Names of all drawings."""
    return frozenset(path.stem for path in FOLDER.glob("*.svg"))


def preload() -> None:
    """Read all drawings now, so that no screen ever waits for a file."""
    for name in names():
        _source(name)


def item_picture(name: str) -> str:
    """The drawing of an item; a catalogue may be newer than the drawings of this machine, then a plain page stands in."""
    return name if name in names() else GENERIC_ITEM


def pixmap(name: str, size: QSize, palette: Palette, colour: Colour = Colour.DEEP) -> QPixmap:
    """The drawing fitted into ``size`` pixels, its proportions kept; ``LookupError`` for a name there is no drawing of."""
    return QPixmap(_pixmap(name, size.width(), size.height(), palette, colour))


def icon(name: str, side_px: int, gap_px: int, palette: Palette, colour: Colour) -> QIcon:
    """A small drawing for a button, with a gap to the right of it where text follows; light where the button is chosen."""
    return QIcon(_icon(name, side_px, gap_px, palette, colour))


@lru_cache(maxsize=512)
def _icon(name: str, side_px: int, gap_px: int, palette: Palette, colour: Colour) -> QIcon:
    """Made once: what Qt's style draws of each new icon it keeps, up to 10 MiB of it."""
    made = QIcon(_with_gap(_pixmap(name, side_px, side_px, palette, colour), gap_px))
    off = _pixmap(name, side_px, side_px, palette, Colour.DISABLED_INK)
    made.addPixmap(_with_gap(off, gap_px), QIcon.Mode.Disabled)
    chosen = _pixmap(name, side_px, side_px, palette, Colour.CARD)
    made.addPixmap(_with_gap(chosen, gap_px), QIcon.Mode.Normal, QIcon.State.On)
    return made


def _with_gap(drawn: QPixmap, gap_px: int) -> QPixmap:
    wide = QPixmap(drawn.width() + gap_px, drawn.height())
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return wide


def _painted(name: str, palette: Palette, colour: Colour) -> bytes:
    """The source of a drawing in the colours of a palette."""
    tinted = _source(name).replace(b"currentColor", palettes.PLAIN[colour].encode())
    return _HEX.sub(lambda found: palette[_WRITTEN[found.group().decode()]].encode(), tinted)


@lru_cache(maxsize=512)
def _pixmap(name: str, width: int, height: int, palette: Palette, colour: Colour) -> QPixmap:
    if name not in names():
        raise LookupError(f"no drawing {name!r}")
    renderer = QSvgRenderer(QByteArray(_painted(name, palette, colour)))
    natural = renderer.viewBoxF().size()
    scale = min(width / natural.width(), height / natural.height())
    target = QRectF(0, 0, natural.width() * scale, natural.height() * scale)
    target.moveCenter(QRectF(0, 0, width, height).center())
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, target)
    painter.end()
    return QPixmap.fromImage(image)


def data_url(name: str, palette: Palette, colour: Colour) -> str:
    """The drawing as a ``data:`` address, for the keyboard panel."""
    return "data:image/svg+xml;base64," + base64.b64encode(_painted(name, palette, colour)).decode()
