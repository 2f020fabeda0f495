"""Matters to choose from, a card each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from kiosk.flow.events import ItemChosen
from kiosk.flow.finding_views import ItemCard
from ui.look import Look
from ui.theme import drawings
from ui.theme.palettes import Colour
from ui.voice import marks
from ui.widgets.buttons import CardButton
from ui.widgets.closed import in_short, nearest_in_short
from ui.widgets.panels import Picture, clear, column, row
from ui.widgets.words import Words

_BIG_MM, _SMALL_MM = 60, 24


class ItemCards(QWidget):
    """The cards, big where few are shown, small where they come by the shelf."""

    happened = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._cards = column(look, self, gap_mm=4.0)
        self._shown: tuple[tuple[ItemCard, ...], bool] = ((), False)

    def show_items(self, items: tuple[ItemCard, ...], *, small: bool) -> None:
        """Show these, in this order."""
        if (items, small) == self._shown:
            return
        self._shown = (items, small)
        clear(self._cards)
        for item in items:
            self._cards.addWidget(self._card(item, small), 0 if small else 1)
        if small:
            self._cards.addStretch(1)

    def _card(self, card: ItemCard, small: bool) -> CardButton:
        look = self._look
        button = CardButton(look, card.name, f"item:{card.code}")
        button.setAccessibleDescription(card.summary)
        line = row(look, button, margin_mm=4.0 if small else 8.0, gap_mm=6.0 if small else 8.0)
        line.addWidget(Picture(look, drawings.item_picture(card.picture), _SMALL_MM if small else _BIG_MM))
        lines = column(look, gap_mm=1.0 if small else 2.0)
        lines.addStretch()
        lines.addWidget(Words(card.name, "strong" if small else "heading"))
        lines.addWidget(Words(card.summary, "small" if small else "soft"))
        if card.closed is not None:
            what = look.say("join.sentence", what=look.say("home.not_now"), todo=in_short(look, card.closed))
            lines.addWidget(Words(what, "amber_small"))
            if card.closed.nearest is not None:
                lines.addWidget(Words(nearest_in_short(look, card.closed.nearest), "deep_small"))
        elif card.asks_again:
            lines.addWidget(Words(look.say("home.asks_again"), "deep_small"))
        lines.addStretch()
        line.addLayout(lines, 1)
        if card.closed is None and not small:
            verb = Words(look.say("home.go"), "deep")
            verb.setWordWrap(False)
            marks.silent(verb)
            line.addWidget(verb, 0, Qt.AlignmentFlag.AlignVCenter)
        is_open = card.closed is None
        go = Picture(look, "forward" if is_open else "clock", 10, Colour.DEEP if is_open else Colour.AMBER)
        line.addWidget(go, 0, Qt.AlignmentFlag.AlignVCenter)
        button.close_with(not is_open)
        button.clicked.connect(self._choose)
        return button

    def _choose(self) -> None:
        button = self.sender()
        if isinstance(button, CardButton):
            self.happened.emit(ItemChosen(button.objectName().partition(":")[2]))
