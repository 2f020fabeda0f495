"""One question of the form: its name, what it is answered with, where the answer came from, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.catalogue.models import FieldKind
from kiosk.flow.views import FieldView
from ui.look import Look
from ui.theme.palettes import Colour
from ui.widgets.buttons import Button
from ui.widgets.entry import Entry, Pad
from ui.widgets.fitting import FittingGrid
from ui.widgets.panels import Picture, column, row
from ui.widgets.tree import descendants
from ui.widgets.words import Words

_PADS = {FieldKind.TEXT: Pad.PINYIN, FieldKind.NUMBER: Pad.DIGITS}


class FieldBox(QWidget):
    """Common to all kinds: heading line with source, then the answer, then help or problem."""

    entered = Signal(str, str)
    """Field name and new value."""
    grown = Signal()
    """It has become higher, and should still be seen whole."""

    def __init__(self, look: Look, view: FieldView) -> None:
        super().__init__()
        self._look = look
        self.name = view.name
        self._shown = view.value
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = column(look, self, gap_mm=1.6)
        heading = row(look, gap_mm=2.5)
        self._caption = Words(view.label, "strong")
        self._caption.setWordWrap(False)
        heading.addWidget(self._caption)
        if not view.required:
            heading.addWidget(_single_line(look.say("form.optional"), "small"))
        heading.addStretch()
        self._source_picture = Picture(look, "card", 6.5)
        self._source = _single_line(look.say("form.from_card"), "deep_small")
        heading.addWidget(self._source_picture)
        heading.addWidget(self._source)
        layout.addLayout(heading)
        self._answer = self._build(view)
        layout.addWidget(self._answer)
        self._help = Words(view.help, "small")
        layout.addWidget(self._help)
        self._problem_line = self._build_problem(look)
        layout.addWidget(self._problem_line)

    def _build_problem(self, look: Look) -> QWidget:
        line = QWidget()
        layout = row(look, line, gap_mm=2.0)
        layout.addWidget(Picture(look, "warning", 6.5, Colour.SEAL_RED), 0, Qt.AlignmentFlag.AlignTop)
        self._problem = Words("", "red_small")
        layout.addWidget(self._problem, 1)
        return line

    def _build(self, view: FieldView) -> QWidget:
        raise NotImplementedError

    @property
    def caption(self) -> str:
        """What is asked."""
        return self._caption.text()

    @property
    def target(self) -> QWidget:
        """The widget to write in or to choose from."""
        return self._answer

    def update_from(self, view: FieldView) -> None:
        """Take what has changed; what the resident is writing is left alone."""
        is_known = view.source in ("card", "shared") and bool(view.value)
        self._source.setText(self._origin(view) if is_known else "")
        self._source.setVisible(is_known)
        self._source_picture.setVisible(is_known and view.source == "card")
        self._help.setVisible(bool(view.help) and not view.problem)
        self._problem_line.setVisible(bool(view.problem))
        if view.problem:
            self._problem.setText(self._look.sentence(view.problem))
        self.target.setAccessibleName(view.label)
        self.target.setAccessibleDescription(self._problem.text() if view.problem else view.help)
        mark(self._answer, known=is_known, wrong=bool(view.problem))
        if view.value != self._shown and not self.target.hasFocus():
            self._shown = view.value
            self._show_value(view.value)

    def _origin(self, view: FieldView) -> str:
        if view.source == "card":
            return self._look.say("form.from_card")
        return self._look.say("form.from_authority", authority=view.authority) if view.authority else ""

    def _show_value(self, value: str) -> None:
        raise NotImplementedError

    def _tell(self, value: str) -> None:
        if value != self._shown:
            self._shown = value
            self.entered.emit(self.name, value)

    def wipe(self) -> None:
        """Forget the answer."""
        self._shown = ""


class EntryBox(FieldBox):
    """A question answered in writing."""

    def _build(self, view: FieldView) -> QWidget:
        self.entry = Entry(self._look, f"field:{view.name}", view.label, _PADS[view.kind], view.max_length)
        self.entry.setText(view.value)
        self.entry.setCursorPosition(0)
        if not view.editable:
            self.entry.setReadOnly(True)
            self.entry.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.entry.textChanged.connect(self._tell)
        return self.entry

    def _show_value(self, value: str) -> None:
        if self.entry.text() != value:
            self.entry.setText(value)

    def wipe(self) -> None:
        """Forget the text."""
        super().wipe()
        self.entry.blockSignals(True)
        self.entry.wipe()
        self.entry.blockSignals(False)


class ChoiceBox(FieldBox):
    """A question answered by one of a few big buttons; none is chosen beforehand."""

    def _build(self, view: FieldView) -> QWidget:
        holder = FittingGrid(self._look, most=3)
        holder.setObjectName(f"field:{view.name}")
        self._buttons: dict[str, Button] = {}
        for value, label in view.choices:
            button = Button(self._look, label, "choice", f"choice:{view.name}:{value}")
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setChecked(value == view.value)
            button.clicked.connect(self._on_clicked)
            self._buttons[value] = button
            holder.add(button)
        return holder

    def _on_clicked(self) -> None:
        # No QButtonGroup: in an exclusive one the Tab key reaches only one button.
        chosen = next(value for value, button in self._buttons.items() if button is self.sender())
        self._show_value(chosen)
        self._tell(chosen)

    def _show_value(self, value: str) -> None:
        for name, button in self._buttons.items():
            button.setChecked(name == value)

    def wipe(self) -> None:
        """Choose nothing."""
        super().wipe()
        self._show_value("")


def mark(answer: QWidget, *, known: bool, wrong: bool) -> None:
    """Let an answer and its buttons show in colour where it came from and whether it is right."""
    marks = {"known": "true" if known else "false", "wrong": "true" if wrong else "false"}
    for widget in (answer, *descendants(answer, Button), *descendants(answer, Entry)):
        if any(widget.property(name) != value for name, value in marks.items()):
            for name, value in marks.items():
                widget.setProperty(name, value)
            widget.style().polish(widget)


def _single_line(text: str, role: str) -> Words:
    words = Words(text, role)
    words.setWordWrap(False)
    return words
