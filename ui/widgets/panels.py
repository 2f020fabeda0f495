"""Grounds, drawings and notices."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.look import Look
from ui.theme import drawings, trouble_pictures
from ui.theme.palettes import Colour
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets.words import Words


def column(look: Look, parent: QWidget | None = None, *, margin_mm: float = 0.0, gap_mm: float = SPACE.gap) -> QVBoxLayout:
    """A vertical layout with margins and gaps in millimetres."""
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    margin = look.px(margin_mm) if margin_mm else 0
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(look.px(gap_mm))
    return layout


def row(look: Look, parent: QWidget | None = None, *, margin_mm: float = 0.0, gap_mm: float = SPACE.gap) -> QHBoxLayout:
    """A horizontal layout with margins and gaps in millimetres."""
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    margin = look.px(margin_mm) if margin_mm else 0
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(look.px(gap_mm))
    return layout


def dim_behind(look: Look, widget: QWidget) -> None:
    """Darken what lies beneath a widget that covers the window."""
    scrim = QColor(look.colour(Colour.SCRIM))
    scrim.setAlphaF(_SCRIM)
    QPainter(widget).fillRect(widget.rect(), scrim)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, and let go of it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


_SCRIM = 0.72
_SIGN_MM, _SCENE_MM = 11.0, 28.0
"""Sides of the drawing in a notice."""
_BIG_MM = 22.0
"""From this side on a drawing gives way where there is little room."""


class Panel(QFrame):
    """A rounded ground: ``card``, ``pale``, ``delivered``, ``waiting``, ``trouble``, ``red``."""

    def __init__(self, ground: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", ground)

    def wear(self, ground: str) -> None:
        """Change the ground."""
        if self.property("ground") != ground:
            self.setProperty("ground", ground)
            self.style().polish(self)


class Picture(QWidget):
    """One of our drawings, fitted into the widget; decoration, so it has no name of its own."""

    def __init__(self, look: Look, name: str, side_mm: float, colour: Colour = Colour.DEEP) -> None:
        super().__init__()
        self._look = look
        self._name = name
        self._side = look.px(side_mm if side_mm < _BIG_MM else look.picture_mm(side_mm))
        self._colour = colour
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def draw(self, name: str, colour: Colour | None = None) -> None:
        """Show another drawing."""
        self._name = name
        self._colour = colour or self._colour
        self.update()

    def grow(self, side_mm: float) -> None:
        """Take another size."""
        self._side = self._look.px(side_mm)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        """The same square."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the drawing."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, drawings.pixmap(self._name, self.size(), self._look.palette, self._colour))


class Notice(Panel):
    """Something the resident should know: a drawing, what it is, and what to do."""

    def __init__(self, look: Look, *, urgent: bool = False) -> None:
        super().__init__("red" if urgent else "trouble")
        self._look = look
        layout = row(look, self, margin_mm=5.0, gap_mm=5.0)
        self._picture = Picture(look, trouble_pictures.SIGN, _SIGN_MM, Colour.SEAL_RED if urgent else Colour.AMBER)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        lines = column(look, gap_mm=1.0)
        self._what = Words("", "red" if urgent else "amber")
        self._todo = Words("", "body")
        lines.addWidget(self._what)
        lines.addWidget(self._todo)
        layout.addLayout(lines, 1)
        self.hide()

    def tell(
        self, what: str, todo: str = "", icon: str = trouble_pictures.SIGN, *, personal: bool = False, instead: str = ""
    ) -> None:
        """Show these words; where they are ``personal``, ``instead`` is said aloud."""
        marks.mark_personal(self._what, personal, instead)
        self._what.say(what)
        self._todo.say(todo)
        self._picture.grow(_SCENE_MM if trouble_pictures.is_scene(icon) else _SIGN_MM)
        self._picture.draw(icon)
        self.show()

    def tell_reason(self, code: str, **values: object) -> None:
        """Show a reason code in words; no code hides the notice."""
        if not code:
            self.hide()
            return
        reason = self._look.reason(code, **values)
        self.tell(reason.what, reason.todo, trouble_pictures.picture_of(code))
