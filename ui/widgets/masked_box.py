"""A number that nobody who looks over a shoulder should read: set out in groups while it is written, masked afterwards."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from kiosk.catalogue.models import FieldKind
from kiosk.domain.identity import mask_id_number, mask_phone
from kiosk.flow.views import FieldView
from ui.look import Look
from ui.theme.tokens import SPACE
from ui.widgets import groups
from ui.widgets.buttons import Button
from ui.widgets.entry import Entry, Pad
from ui.widgets.field import FieldBox
from ui.widgets.panels import row

SHOWN_MS = 5_000
"""So long a number stands there in full after *show* was touched."""
_GROUPS = 2
"""Spaces between the groups of either number."""


class MaskedBox(FieldBox):
    """A mobile number or the number of an identity card. What is not whole yet, or wrong, is not masked: it must be mended."""

    def __init__(self, look: Look, view: FieldView) -> None:
        self._is_phone = view.kind is FieldKind.PHONE
        self._length = view.max_length
        self._is_wrong = False
        self._covered = False
        super().__init__(look, view)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._cover)
        self._show_value(view.value)

    def _build(self, view: FieldView) -> QWidget:
        holder = QWidget()
        line = row(self._look, holder, gap_mm=3.5)
        pad = Pad.PHONE if self._is_phone else Pad.ID_NUMBER
        self.entry = Entry(self._look, f"field:{view.name}", view.label, pad, view.max_length + _GROUPS)
        self.entry.textChanged.connect(self._on_text)
        self.entry.focused.connect(self._uncover)
        self.entry.left.connect(self._cover)
        line.addWidget(self.entry, 1)
        self._toggle = Button(self._look, self._look.say("form.show_number"), "quiet", f"show:{view.name}")
        self._toggle.setFixedHeight(self._look.px(SPACE.field))
        self._toggle.clicked.connect(self._on_toggle)
        self._toggle.hide()
        line.addWidget(self._toggle)
        return holder

    @property
    def target(self) -> QWidget:
        """The line to write in."""
        return self.entry

    def update_from(self, view: FieldView) -> None:
        """Take what has changed; a number that is wrong is shown."""
        super().update_from(view)
        if bool(view.problem) != self._is_wrong:
            self._is_wrong = bool(view.problem)
            self._cover()

    def _show_value(self, value: str) -> None:
        self._shown = value
        self._cover()

    def _on_text(self) -> None:
        if not self._covered:
            self._tell(self.entry.value)

    def _cover(self) -> None:
        """Show the mask, unless somebody writes here."""
        if self.entry.hasFocus():
            return
        self._covered = len(self._shown) == self._length and not self._is_wrong
        self._show_text()

    def _uncover(self) -> None:
        if self._covered:
            self._covered = False
            self._show_text()

    def _on_toggle(self) -> None:
        if self._covered:
            self._uncover()
            self._timer.start()
        else:
            self._timer.stop()
            self._cover()

    def _show_text(self) -> None:
        mask, group = (mask_phone, groups.phone) if self._is_phone else (mask_id_number, groups.id_number)
        # The mask is no value: nobody may be told of it, and Ctrl+Z must not bring the number back.
        self.entry.blockSignals(True)
        self.entry.setText(mask(self._shown) if self._covered else group(self._shown))
        self.entry.blockSignals(False)
        self._toggle.say(self._look.say("form.show_number" if self._covered else "form.hide_number"))
        self._toggle.setVisible(len(self._shown) == self._length)

    def wipe(self) -> None:
        """Forget the number."""
        super().wipe()
        self._timer.stop()
        self._covered = False
        self.entry.blockSignals(True)
        self.entry.wipe()
        self.entry.blockSignals(False)
