"""Our drawings: read once, painted in any size and, where they are drawn in ``currentColor``, in any colour."""

from __future__ import annotations

import base64
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from assets import ROOT
from ui.theme.tokens import Colour

FOLDER = ROOT / "icons"
GENERIC_ITEM = "item"


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


def pixmap(name: str, size: QSize, colour: str = Colour.DEEP) -> QPixmap:
    """The drawing fitted into ``size`` pixels, its proportions kept; ``LookupError`` for a name there is no drawing of."""
    return _pixmap(name, size.width(), size.height(), colour).copy()


def icon(name: str, side_px: int, gap_px: int, colour: str, disabled: str = Colour.DISABLED_INK) -> QIcon:
    """A small drawing for a button, with a gap to the right of it where text follows."""
    made = QIcon(_with_gap(_pixmap(name, side_px, side_px, colour), gap_px))
    made.addPixmap(_with_gap(_pixmap(name, side_px, side_px, disabled), gap_px), QIcon.Mode.Disabled)
    return made


def _with_gap(drawn: QPixmap, gap_px: int) -> QPixmap:
    wide = QPixmap(drawn.width() + gap_px, drawn.height())
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return wide


@cache
def _pixmap(name: str, width: int, height: int, colour: str) -> QPixmap:
    if name not in names():
        raise LookupError(f"no drawing {name!r}")
    renderer = QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", colour.encode())))
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


def data_url(name: str, colour: str) -> str:
    """The drawing as a ``data:`` address, for the keyboard panel."""
    tinted = _source(name).replace(b"currentColor", colour.encode())
    return "data:image/svg+xml;base64," + base64.b64encode(tinted).decode()
