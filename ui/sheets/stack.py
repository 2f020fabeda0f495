"""The one sheet that may lie over a screen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QWidget

from kiosk.flow.views import Chrome
from ui.frame import takes_focus
from ui.look import Look
from ui.sheets.base import Sheet
from ui.sheets.display import DisplaySheet
from ui.widgets.buttons import Button
from ui.widgets.tree import descendants


def step_on(top: QWidget, focused: QWidget | None, *, forward: bool) -> bool:
    """Move the focus among the buttons of what lies on top; False where it has none."""
    takers = [button for button in descendants(top, Button) if takes_focus(button)]
    if not takers:
        return False
    at = takers.index(focused) if isinstance(focused, Button) and focused in takers else -1 if forward else 0
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    takers[(at + (1 if forward else -1)) % len(takers)].setFocus(reason)
    return True


class SheetStack(QObject):
    """Opens, shows anew and throws away; what happens on a sheet happens here."""

    happened = Signal(object)
    replay_wanted = Signal()
    changed = Signal()
    """Another one lies there, or none."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.current: Sheet | None = None
        """What lies there now."""

    def open(self, kind: type[Sheet], look: Look, chrome: Chrome) -> None:
        """Show a sheet, in place of any that is open."""
        self.close()
        sheet = self.current = kind(look, chrome, self._over)
        sheet.happened.connect(self.happened)
        sheet.closed.connect(self.close)
        if isinstance(sheet, DisplaySheet):
            sheet.replay_wanted.connect(self.replay_wanted)
        self.fill(self._over.rect())
        sheet.show()
        sheet.raise_()
        self.changed.emit()

    def screen_changed(self, look: Look, chrome: Chrome) -> None:
        """Show the open sheet anew for what has changed beneath, unless it goes with the choice."""
        if self.current is None:
            return
        if self.current.goes_with_the_choice:
            self.close()
        else:
            self.open(type(self.current), look, chrome)

    def close(self) -> bool:
        """Take it away; False when there is none."""
        sheet, self.current = self.current, None
        if sheet is None:
            return False
        sheet.blockSignals(True)
        sheet.hide()
        sheet.deleteLater()
        self.changed.emit()
        return True

    def fill(self, place: QRect) -> None:
        """Cover this part of the window."""
        if self.current is not None:
            self.current.setGeometry(place)
