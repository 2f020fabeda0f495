"""行政区划: province, city, county or district, one level after the other, as big buttons; the own city first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from kiosk.domain.addresses import OWN_PATH, below, is_whole
from ui.look import Look
from ui.theme.tokens import SPACE, Type
from ui.widgets.buttons import Button
from ui.widgets.panels import clear, column, row

_COLUMNS = 4
_BESIDE_TEXT_MM = 12.0


class DivisionPicker(QWidget):
    """Shows what may be chosen next, and above it what is chosen already: a touch there goes back to that level."""

    picked = Signal(tuple)
    """The new path."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._name = name
        self._path: tuple[str, ...] = ()
        self._places: dict[Button, tuple[str, ...]] = {}
        lines = column(look, self, gap_mm=3.5)
        self._chosen = row(look, gap_mm=3.5)
        lines.addLayout(self._chosen)
        self._grid = QGridLayout()
        self._grid.setSpacing(look.px(3.2))
        lines.addLayout(self._grid)

    def open_at(self, path: tuple[str, ...], width: int) -> None:
        """Offer what comes after ``path``; where nothing does, the last level again. ``width``: pixels there are."""
        self._path = path[:-1] if is_whole(path) else path
        self.empty()
        for depth, name in enumerate(self._path):
            self._offer(name, self._path[:depth], name)
        self._chosen.addStretch(1)
        names = [division.name for division in below(self._path)]
        ways = [(name, (*self._path, name)) for name in names]
        if not self._path:
            ways.insert(0, (OWN_PATH[-1], OWN_PATH))
        columns = self._columns([name for name, _ in ways], width)
        for number, (name, where) in enumerate(ways):
            button = self._button(name, where)
            button.setCheckable(True)
            button.setChecked(where == path)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._grid.addWidget(button, number // columns, number % columns)

    def _offer(self, name: str, where: tuple[str, ...], shown: str) -> None:
        button = self._button(shown, where)
        button.setObjectName(f"{self._name}:back:{name}")
        button.draw("back")
        button.setAccessibleName(self._look.say("divisions.change", name=name))
        self._chosen.addWidget(button)

    def _button(self, text: str, where: tuple[str, ...]) -> Button:
        button = Button(self._look, text, "choice", f"{self._name}:{text}", parent=self)
        button.setMinimumHeight(self._look.px(SPACE.target))
        button.clicked.connect(self._on_clicked)
        self._places[button] = where
        button.show()
        return button

    def _columns(self, names: list[str], width: int) -> int:
        """As many as the longest name allows."""
        longest = max(map(len, names), default=1) * self._look.metrics.type_px(Type.BODY) + self._look.px(_BESIDE_TEXT_MM)
        return max(1, min(_COLUMNS, width // (longest + self._grid.spacing())))

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All of them, in the order of the keys."""
        return tuple(self._places)

    @property
    def first(self) -> Button | None:
        """The first of what may be chosen."""
        return next((button for button in self._places if button.isCheckable()), None)

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.picked.emit(self._places[button])

    def empty(self) -> None:
        """Take all buttons away."""
        self._places = {}
        clear(self._chosen)
        clear(self._grid)
