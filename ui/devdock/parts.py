"""Small parts of the drawer: a lamp with words, a button that shows its keys, a group of them, and what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.devdock.protocol import Action, Group, Line, Said, Tone
from ui.devdock.style import TONES
from ui.theme.palettes import PLAIN, Colour

COLUMNS = 3
SAID_SHOWN = 5
_LAMP_PX = 10


def label(text: str, name: str) -> QLabel:
    """Plain text, whatever it looks like."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    return made


class Lamp(QWidget):
    """A round light in the colour of a tone."""

    def __init__(self) -> None:
        super().__init__()
        self._tone = Tone.QUIET
        self.setFixedSize(_LAMP_PX, _LAMP_PX)

    def shine(self, tone: Tone) -> None:
        """In this colour from now on."""
        if tone is not self._tone:
            self._tone = tone
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(TONES[self._tone]))
        painter.drawEllipse(QRectF(0.5, 0.5, _LAMP_PX - 1, _LAMP_PX - 1))


class Elided(QLabel):
    """One line of text that gives way when there is no room."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be."""
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text, with dots where it is cut."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


class Lines(QFrame):
    """A card of lines: lamp, name, value, detail."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 12, 8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnMinimumWidth(1, 98)
        self._grid.setColumnMinimumWidth(2, 130)
        self._grid.setColumnStretch(3, 1)
        self._rows: list[tuple[Lamp, QLabel, QLabel, Elided]] = []

    def show_lines(self, lines: Sequence[Line]) -> None:
        """These, from now on."""
        while len(self._rows) < len(lines):
            self._add_row()
        for row, line in zip(self._rows, lines, strict=False):
            lamp, name, value, detail = row
            lamp.shine(line.tone)
            name.setText(line.name)
            value.setText(line.value)
            detail.setText(line.detail)
            detail.setToolTip(line.detail)

    def texts(self) -> dict[str, str]:
        """What is shown, by name."""
        return {name.text(): value.text() for _, name, value, _ in self._rows}

    def _add_row(self) -> None:
        row = (Lamp(), label("", "name"), label("", "value"), Elided("detail"))
        for column, widget in enumerate(row):
            self._grid.addWidget(
                widget, len(self._rows), column, Qt.AlignmentFlag.AlignVCenter if column < 3 else Qt.AlignmentFlag(0)
            )
        self._rows.append(row)


class ActionButton(QPushButton):
    """A button with its second key in the corner; dark while what it does is in force."""

    def __init__(self, action: Action, key: str) -> None:
        super().__init__(action.label)
        self.action = action
        self._key = key
        self.setObjectName(action.name)
        self.setToolTip(action.impossible or action.hint)
        self.setAccessibleName(action.label)
        self.setAccessibleDescription(action.impossible or action.hint)
        self.setEnabled(not action.impossible)
        self.setAutoDefault(True)
        self.setProperty("inForce", False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_in_force(self, in_force: bool) -> None:
        """Dark or light."""
        if in_force != self.property("inForce"):
            self.setProperty("inForce", in_force)
            self.style().unpolish(self)
            self.style().polish(self)

    def answers(self, text: str) -> bool:
        """True when somebody who types this may mean it."""
        return text in f"{self.action.label} {self.action.name} {self.action.hint}".lower()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and its key."""
        super().paintEvent(event)
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(10)
        font.setBold(False)
        painter.setFont(font)
        in_force = bool(self.property("inForce"))
        painter.setPen(QColor(PLAIN[Colour.CELADON_LIGHT if in_force else Colour.INK_SOFT]))
        painter.drawText(
            self.rect().adjusted(0, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._key
        )


class GroupBox(QWidget):
    """A title with its key, and the buttons below."""

    def __init__(self, group: Group, begin: Callable[[str], None]) -> None:
        super().__init__()
        self._name = group.title.lower()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(label(group.key, "group_key"))
        head.addWidget(label(group.title, "group_title"))
        head.addStretch(1)
        column.addLayout(head)
        self._grid = QGridLayout()
        self._grid.setSpacing(5)
        for at in range(COLUMNS):
            self._grid.setColumnStretch(at, 1)
        column.addLayout(self._grid)
        self.buttons = [ActionButton(action, second_key(number)) for number, action in enumerate(group.actions)]
        for button in self.buttons:
            button.clicked.connect(partial(self._on_clicked, button.action.name))
        self._begin = begin
        self.arrange("")

    def _on_clicked(self, name: str, _checked: bool = False) -> None:
        self._begin(name)

    def arrange(self, text: str) -> list[ActionButton]:
        """Only what answers the text that was typed; returns those."""
        shown = [button for button in self.buttons if button.answers(text) or text in self._name]
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.setVisible(button in shown)
        for at, button in enumerate(shown):
            self._grid.addWidget(button, at // COLUMNS, at % COLUMNS)
        self.setVisible(bool(shown))
        return shown


def second_key(number: int) -> str:
    """1 to 9, 0, then letters."""
    return "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]


class Sayings(QFrame):
    """The last things that were said."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._rows = [(label("", "at"), Elided("said")) for _ in range(SAID_SHOWN)]
        for number, row in enumerate(self._rows):
            for column, widget in enumerate(row):
                grid.addWidget(widget, number, column)

    def show_said(self, said: Sequence[Said]) -> None:
        """The newest of these, the last one at the top."""
        newest = list(reversed(said[-SAID_SHOWN:]))
        for (at, words), one in zip(self._rows, newest, strict=False):
            at.setText(one.at)
            words.setText(one.words)
            words.setToolTip(one.words)
            if words.property("wrong") != one.went_wrong:
                words.setProperty("wrong", one.went_wrong)
                words.style().unpolish(words)
                words.style().polish(words)

    def texts(self) -> list[str]:
        """What is shown, newest first."""
        return [words.text() for _, words in self._rows if words.text()]
