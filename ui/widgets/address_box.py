"""地址: the divisions are chosen, street and house are written; together they are one line of text."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.domain.addresses import Address, is_whole, take_apart
from kiosk.flow.views import FieldView
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.division_picker import DivisionPicker
from ui.widgets.entry import Entry, Pad
from ui.widgets.field import FieldBox
from ui.widgets.panels import column


class AddressBox(FieldBox):
    """Nothing is chosen beforehand. An address that is there already is taken apart, and left as it is until it is changed."""

    def __init__(self, look: Look, view: FieldView) -> None:
        self._address = take_apart(view.value)
        self._max_length = view.max_length
        super().__init__(look, view)

    def _build(self, view: FieldView) -> QWidget:
        holder = QWidget()
        lines = column(self._look, holder, gap_mm=3.5)
        self._division = Button(self._look, "", "choice", f"division:{view.name}", icon="office")
        self._division.setFixedHeight(self._look.px(SPACE.field))
        self._division.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._division.clicked.connect(self._on_division)
        lines.addWidget(self._division)
        self._picker = DivisionPicker(self._look, f"division:{view.name}")
        self._picker.picked.connect(self._on_picked)
        self._picker.hide()
        lines.addWidget(self._picker)
        self.entry = Entry(self._look, f"field:{view.name}", view.label, Pad.PINYIN, view.max_length)
        self.entry.setPlaceholderText(self._look.say("divisions.line"))
        self.entry.textChanged.connect(self._on_line)
        self.entry.focused.connect(self._put_picker_away)
        lines.addWidget(self.entry)
        self._show_parts()
        self.entry.setCursorPosition(0)
        return holder

    @property
    def target(self) -> QWidget:
        """The line to write in."""
        return self.entry

    def _show_value(self, value: str) -> None:
        self._address = take_apart(value)
        self._show_parts()

    def _show_parts(self) -> None:
        path = self._address.path
        self._division.say(" ".join(path) if path else self._look.say("divisions.choose"))
        chosen = " ".join(path) or self._look.say("divisions.none")
        self._division.setAccessibleName(self._look.say("divisions.name", path=chosen))
        self.entry.setMaxLength(max(1, self._max_length - len("".join(path))))
        self.entry.blockSignals(True)
        self.entry.setText(self._address.line)
        self.entry.blockSignals(False)

    def _on_line(self, text: str) -> None:
        self._address = Address(self._address.path, text)
        self._tell(self._address.text)

    def _on_division(self) -> None:
        if self._picker.isVisible():
            self._put_picker_away()
            return
        by_key = self._division.hasFocus() and self._division.focused_by_key
        if not by_key:
            self._division.setFocus(Qt.FocusReason.OtherFocusReason)  # the keyboard goes, and makes room
        self._offer(self._address.path, by_key=by_key)

    def _offer(self, path: tuple[str, ...], *, by_key: bool) -> None:
        self._picker.open_at(path, self.width())
        self._picker.show()
        for one, following in pairwise((self._division, *self._picker.buttons, self.entry)):
            QWidget.setTabOrder(one, following)
        if by_key and (first := self._picker.first) is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)
        self.grown.emit()

    def _on_picked(self, path: tuple[str, ...]) -> None:
        by_key = self._take_focus_from_picker()
        self._address = Address(path, self._address.line)
        self._show_parts()
        self._tell(self._address.text)
        if is_whole(path):
            self._put_picker_away()
            self.entry.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._offer(path, by_key=by_key)

    def _take_focus_from_picker(self) -> bool:
        """Buttons that go hand their focus on to whatever comes next, and that would be the line with its keyboard."""
        focused: QWidget | None = self.window().focusWidget()
        if focused is None or not self._picker.isAncestorOf(focused):
            return False
        self._division.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _put_picker_away(self) -> None:
        self._take_focus_from_picker()
        self._picker.hide()
        self._picker.empty()

    def wipe(self) -> None:
        """Forget the address, and what was chosen of it."""
        super().wipe()
        self._put_picker_away()
        self._address = Address()
        self._show_parts()
        self.entry.wipe()
