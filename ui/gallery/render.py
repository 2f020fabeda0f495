"""Puts plates into a window, with made-up pictures where a camera or printer would give some."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.domain.aids import PLAIN as PLAIN_AIDS
from kiosk.domain.aids import Aids
from kiosk.domain.language import Language
from ui.gallery.pages import on_the_desk
from ui.gallery.plates import Extra, Plate, plates
from ui.gallery.sample import RECEIPT_NUMBER, STORED_AT
from ui.theme.palettes import PLAIN, Colour
from ui.theme.tokens import FONT_FAMILY
from ui.widgets.buttons import Button
from ui.widgets.entry import Entry
from ui.window import KioskWindow

_SETTLE_MS = 400
TIME_LEFT_S = 45


def render_all(window: KioskWindow, out: Path, aids: Aids = PLAIN_AIDS) -> list[Path]:
    """Every plate in every language as ``NN-name.LANGUAGE.png``; raises ``OSError`` when a file cannot be written."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for language in Language:
        for number, plate in enumerate(plates(language, aids), 1):
            show(window, plate)
            path = out / f"{number:02d}-{plate.name}.{language.value}.png"
            if not window.grab().save(str(path)):
                raise OSError(f"cannot write {path}")
            written.append(path)
    return written


def show(window: KioskWindow, plate: Plate, *, still: bool = False) -> None:
    """Show one plate as a fresh screen, and let its layout come to rest; its clocks stand when it shall be ``still``."""
    window.wipe()
    window.show_screen(plate.screen)
    chrome = plate.screen.chrome
    window.show_left(TIME_LEFT_S * (2 if chrome.aids.elder else 1))
    if still:
        _stop_clocks(window)
    if plate.asks is not None:
        window.show_face_request(plate.asks)
    settle()
    if still:
        _stop_clocks(window)
    _add_extra(window, plate.extra)
    settle()


def _stop_clocks(window: KioskWindow) -> None:
    """Countdowns and drops stay as they began, however long drawing takes."""
    for timer in window.findChildren(QTimer):
        timer.stop()


def settle(milliseconds: int = 0) -> None:
    """Let the event loop turn."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    QApplication.sendPostedEvents()


def _add_extra(window: KioskWindow, extra: Extra) -> None:
    _add_picture(window, extra)
    for name, text in _WRITTEN.get(extra, {}).items():
        _write(window, name, text)
    if extra in _WRITTEN_IN:
        window.activateWindow()
        entry = window.findChild(Entry, _WRITTEN_IN[extra])
        if entry is not None:
            entry.setFocus()
        settle(_SETTLE_MS)
    elif extra in _TOUCHED:
        button = window.findChild(Button, _TOUCHED[extra])
        if button is not None:
            button.click()
        settle(_SETTLE_MS)


def _add_picture(window: KioskWindow, extra: Extra) -> None:
    if extra is Extra.PREVIEW:
        window.show_preview(made_up_face())
    elif extra is Extra.SLIP:
        window.show_slip_picture(made_up_slip())
    elif extra is Extra.SIGNATURE:
        _sign(window)
    elif extra in _ON_THE_DESK:
        window.show_page(*on_the_desk(*_ON_THE_DESK[extra]))


_ON_THE_DESK = {Extra.PAGE: (0.82, "moving"), Extra.PAGE_FAR: (0.4, "closer")}
_WRITTEN = {
    Extra.SMS_CODE: {"sms_code": "204816"},
    Extra.BADGE: {"staff_id": "1001", "staff_pin": "246810"},
}
_WRITTEN_IN = {
    Extra.PINYIN: "field:current_address",
    Extra.NUMBER_PAD: "field:phone",
    Extra.ID_PAD: "field:family_member_id",
}
_TOUCHED = {
    Extra.DAY_WHEEL: "wheel:residence_registered_since",
    Extra.PROVINCES: "division:current_address",
    Extra.COUNTIES: "division:current_address",
}


def _write(window: KioskWindow, name: str, text: str) -> None:
    entry = window.findChild(Entry, name)
    if entry is not None:
        entry.setText(text)


def made_up_face() -> QImage:
    """A drawn face in place of a camera frame: no picture of a person is stored anywhere."""
    image = QImage(640, 480, QImage.Format.Format_RGB32)
    image.fill(QColor("#CBD5D1"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#54707C"))
    painter.drawEllipse(QRectF(160, 390, 320, 260))
    painter.setBrush(QColor("#3B3431"))
    painter.drawEllipse(QRectF(218, 88, 204, 230))
    painter.setBrush(QColor("#E8C4A6"))
    painter.drawRect(QRectF(288, 330, 64, 80))
    painter.drawEllipse(QRectF(232, 128, 176, 236))
    painter.setBrush(QColor("#3B3431"))
    for x in (278, 346):
        painter.drawEllipse(QRectF(x, 220, 18, 14))
    painter.setPen(QPen(QColor("#A25F50"), 7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawArc(QRectF(286, 276, 68, 42), 200 * 16, 140 * 16)
    painter.end()
    return image


def made_up_slip() -> QImage:
    """A slip in the proportions of 80 mm paper."""
    image = QImage(576, 760, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    painter.setPen(QColor(PLAIN[Colour.INK]))
    lines = (
        ("瓯e办 受理凭条", 40),
        ("测试 SAMPLE", 30),
        ("", 20),
        ("居住证申领", 32),
        (RECEIPT_NUMBER, 30),
        (STORED_AT, 26),
        ("已保存在本机，尚未送达", 32),
    )
    y = 40.0
    for text, size in lines:
        font = QFont(FONT_FAMILY)
        font.setPixelSize(size)
        painter.setFont(font)
        painter.drawText(QRectF(20, y, 536, size * 1.6), Qt.AlignmentFlag.AlignCenter, text)
        y += size * 1.7
    for number in range(48):
        if number * number % 7 % 3:
            painter.fillRect(QRectF(60 + number * 9.5, y + 40, 5, 120), QColor(PLAIN[Colour.INK]))
    painter.end()
    return image


def _sign(window: KioskWindow) -> None:
    pad = window.findChild(QWidget, "signature_pad")
    if pad is None:
        return
    for stroke in range(3):
        points = [_loop(pad, stroke, step / 24) for step in range(25)]
        _send(pad, QMouseEvent.Type.MouseButtonPress, points[0])
        for point in points[1:]:
            _send(pad, QMouseEvent.Type.MouseMove, point)
        _send(pad, QMouseEvent.Type.MouseButtonRelease, points[-1])


def _loop(pad: QWidget, stroke: int, part: float) -> QPointF:
    x = pad.width() * (0.2 + 0.22 * stroke + 0.16 * part)
    y = pad.height() * (0.52 + 0.2 * math.sin(part * math.pi * (2.2 + stroke)))
    return QPointF(x, y)


def _send(pad: QWidget, kind: QMouseEvent.Type, at: QPointF) -> None:
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(pad, QMouseEvent(kind, at, pad.mapToGlobal(at), button, button, none))
