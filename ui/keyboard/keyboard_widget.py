"""The widget that holds the Pinyin keyboard. Qt allows one panel in an application, so there is one of these."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Q_ARG, Q_RETURN_ARG, QMetaObject, QPoint, QPointF, Qt, QUrl, Signal, qInstallMessageHandler
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtQuickWidgets import QQuickWidget
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.domain.language import Language
from ui import strings
from ui.keyboard.environment import KeyboardUnavailable, learned_words_path
from ui.theme import drawings
from ui.theme.palettes import PLAIN, Colour, Palette
from ui.theme.tokens import FONT_FAMILY, SPACE, Metrics, Type

_CANDIDATE_BAR_MM = 20.0
_PANEL = Path(__file__).with_name("panel.qml")


class KeyboardWidget(QWidget):
    """Pinyin and English keys, with candidates above them. Types into whichever line edit has the focus."""

    hidden_by_key = Signal()
    """The keyboard's own key for hiding it was touched."""

    def __init__(self, metrics: Metrics, parent: QWidget | None = None) -> None:
        """Raises ``KeyboardUnavailable`` when the panel does not load, or could learn what residents write."""
        super().__init__(parent)
        _require_preparation()
        self.setObjectName("keyboard")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._panel = QQuickWidget(self)
        self._panel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._panel.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self._panel.setResizeMode(QQuickWidget.ResizeMode.SizeRootObjectToView)
        self._metrics, self._palette = metrics, PLAIN
        self._dress()
        with _native_message_handler():
            self._panel.setSource(QUrl.fromLocalFile(str(_PANEL)))
        root: QQuickItem | None = self._panel.rootObject()
        if root is None:
            problems = "; ".join(error.toString() for error in self._panel.errors())
            raise KeyboardUnavailable(f"the keyboard panel does not load (is PySide6-Addons installed?): {problems}")
        self._root = root
        self._candidate_bar = metrics.px(_CANDIDATE_BAR_MM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panel)
        self._wanted = False
        QGuiApplication.inputMethod().visibleChanged.connect(self._on_visible_changed)

    def wear(self, palette: Palette) -> None:
        """Take the colours of a palette."""
        if palette is not self._palette:
            self._palette = palette
            self._dress()

    def _dress(self) -> None:
        self._panel.setClearColor(QColor(self._palette[Colour.PAGE]))
        self._panel.rootContext().setContextProperty("tokens", _tokens(self._metrics, self._palette))

    def set_width(self, width: int) -> None:
        """Take this width; the height follows from it."""
        keys = round(width * float(self._root.property("keysPerWidth")))
        self._panel.setFixedSize(width, keys + self._candidate_bar)

    def open(self) -> None:
        """Be ready to type."""
        self._wanted = True
        QGuiApplication.inputMethod().show()

    def close_panel(self) -> None:
        """Take over what is half typed, and rest."""
        self._wanted = False
        method = QGuiApplication.inputMethod()
        method.commit()
        method.hide()

    def start_over(self) -> None:
        """Forget what is half typed; Chinese again."""
        self._wanted = False
        method = QGuiApplication.inputMethod()
        method.reset()
        method.hide()
        with _native_message_handler():
            QMetaObject.invokeMethod(self._root, "startOver", Qt.ConnectionType.DirectConnection)

    def key_centre(self, key: str) -> QPoint | None:
        """Middle of the visible key with this caption (a letter, ``" "`` for space), in this widget's pixels."""
        return self._ask_point("keyCentre", key)

    def candidate_centre(self, word: str) -> QPoint | None:
        """Middle of this candidate, when it is to be seen."""
        return self._ask_point("candidateCentre", word)

    def candidates(self) -> list[str]:
        """The candidates to be seen now, best first."""
        words = QMetaObject.invokeMethod(self._root, "candidates", Qt.ConnectionType.DirectConnection, Q_RETURN_ARG("QString"))
        return [word for word in str(words).split("\n") if word]

    def press_letter(self, letter: str) -> None:
        """Do what a touch on this small letter's key does."""
        self._tell("pressLetter", Q_ARG("QString", letter))

    def press_delete(self) -> None:
        """Do what a touch on the key that takes back does."""
        self._tell("pressDelete")

    def take_candidate(self, number: int) -> None:
        """Do what a touch on this one of ``candidates`` does."""
        self._tell("takeCandidate", Q_ARG("int", number))

    def is_composing(self) -> bool:
        """Letters are written that are no word yet."""
        answer = QMetaObject.invokeMethod(self._root, "composed", Qt.ConnectionType.DirectConnection, Q_RETURN_ARG("QString"))
        return bool(answer)

    def _tell(self, function: str, *arguments: Any) -> None:  # noqa: ANN401 - Q_ARG has no type of its own
        QMetaObject.invokeMethod(self._root, function, Qt.ConnectionType.DirectConnection, *arguments)

    def _ask_point(self, function: str, argument: str) -> QPoint | None:
        answer: Any = QMetaObject.invokeMethod(
            self._root, function, Qt.ConnectionType.DirectConnection, Q_RETURN_ARG("QPointF"), Q_ARG("QString", argument)
        )
        if not isinstance(answer, QPointF) or answer.x() < 0:
            return None
        return self._panel.mapTo(self, answer.toPoint())

    def _on_visible_changed(self) -> None:
        if self._wanted and not QGuiApplication.inputMethod().isVisible():
            self._wanted = False
            self.hidden_by_key.emit()


@contextmanager
def _native_message_handler() -> Iterator[None]:
    """Keep Python out of Qt's log while QML is loaded.

    QML compiles on a thread of its own and logs from there, while this thread waits for it holding Python's lock: a message
    handler written in Python would wait for that lock for ever. Seen with PySide6 6.11.3.
    """
    previous = qInstallMessageHandler(None)
    try:
        yield
    finally:
        qInstallMessageHandler(previous)


def _require_preparation() -> None:
    if os.environ.get("QT_IM_MODULE") != "qtvirtualkeyboard":
        raise KeyboardUnavailable("prepare_environment() was not called before the application was made")
    if not learned_words_path().is_dir():
        raise KeyboardUnavailable("the keyboard would learn what residents write: prepare_environment() was not called")


def _tokens(metrics: Metrics, palette: Palette) -> dict[str, Any]:
    return {
        "page": palette[Colour.PAGE],
        "card": palette[Colour.CARD],
        "pale": palette[Colour.CELADON_PALE],
        "pressed": palette[Colour.CELADON_LIGHT],
        "edge": palette[Colour.HAIRLINE],
        "ink": palette[Colour.INK],
        "ink_soft": palette[Colour.INK_SOFT],
        "deep": palette[Colour.DEEP],
        "family": FONT_FAMILY,
        "gap": metrics.px(3.2),
        "radius": metrics.px(SPACE.radius / 2),
        "candidate_px": metrics.type_px(Type.HEADING),
        "candidate_height": metrics.px(_CANDIDATE_BAR_MM),
        "space_zh": strings.text("keyboard.space_zh", Language.ZH),
        "space_en": strings.text("keyboard.space_en", Language.EN),
        "picture_delete": _picture("delete", palette, Colour.INK),
        "picture_hide": _picture("hide", palette, Colour.INK),
        "picture_check": _picture("check", palette, Colour.CARD),
    }


def _picture(name: str, palette: Palette, colour: Colour) -> QUrl:
    return QUrl(drawings.data_url(name, palette, colour))
