"""Buttons side by side in columns of one width, as many as there is room for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.look import Look

_FEW = 5


class FittingGrid(QWidget):
    """Long words and large text make the columns fewer; nothing is ever cut."""

    def __init__(self, look: Look, *, most: int, gap_mm: float = 3.5) -> None:
        super().__init__()
        self._most = most
        self._gap = look.px(gap_mm)
        self._columns = 0
        self._parts: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(self._gap)

    def add(self, part: QWidget) -> None:
        """One more."""
        self._parts.append(part)
        part.setParent(self)
        self._arrange(self._wanted())

    def clear(self) -> None:
        """Throw all parts away."""
        for part in self._parts:
            self._grid.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        self._columns = 0

    def refit(self) -> None:
        """Some part was shown, hidden, or says something else."""
        self._arrange(self._wanted())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew."""
        super().resizeEvent(event)
        if self._wanted() != self._columns:
            self._arrange(self._wanted())

    def _shown(self) -> list[QWidget]:
        return [
            part
            for part in self._parts
            if not part.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide) or not part.isHidden()
        ]

    def _wanted(self) -> int:
        shown = self._shown()
        widest = max((part.sizeHint().width() for part in shown), default=1)
        fit = (self.width() + self._gap) // (widest + self._gap)
        columns = max(1, min(self._most, fit, len(shown)))
        rows = -(-len(shown) // columns) if shown else 1
        # Four buttons stand two and two rather than three and one.
        return -(-len(shown) // rows) if len(shown) <= _FEW else columns

    def _arrange(self, columns: int) -> None:
        for part in self._parts:
            self._grid.removeWidget(part)
        for column in range(max(self._columns, columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for number, part in enumerate(self._shown()):
            self._grid.addWidget(part, number // columns, number % columns)
        self.updateGeometry()
