"""All items, one big card each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from kiosk.flow.events import ItemChosen
from kiosk.flow.views import HomeView, ItemCard
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme import drawings
from ui.theme.tokens import Colour
from ui.widgets.buttons import CardButton
from ui.widgets.panels import Notice, Picture, column, row
from ui.widgets.words import Words


class HomeScreen(StepScreen[HomeView]):
    """What would you like to do?"""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("home.title"))
        self._subtitle = Words(look.say("home.subtitle"), "soft")
        self.page.addWidget(self._subtitle)
        self._closed = Notice(look)
        self.page.addWidget(self._closed)
        body = self.scrolling_page()
        self._cards = column(look, gap_mm=6.0)
        body.addLayout(self._cards, 1)
        self._shown: tuple[ItemCard, ...] = ()
        self._notices = column(look, gap_mm=3.5)
        body.addLayout(self._notices)

    def show_model(self, model: HomeView) -> None:
        """Show cards, what was just touched in vain, and what is missing for everybody."""
        known = model.known_as
        self._subtitle.setText(self.look.say("home.known", name=known) if known else self.look.say("home.subtitle"))
        self._subtitle.wear("deep_small" if known else "soft")
        if model.items != self._shown:
            self._shown = model.items
            _clear(self._cards)
            for card in model.items:
                self._cards.addWidget(self._card(card), 1)
        if model.reason:
            self._closed.tell(self.look.say("home.closed", item=model.chosen_but_closed), self.look.sentence(model.reason))
        else:
            self._closed.hide()
        _clear(self._notices)
        for code in model.notices:
            notice = Notice(self.look)
            self._notices.addWidget(notice)
            notice.tell_reason(code)

    def _card(self, card: ItemCard) -> CardButton:
        look = self.look
        button = CardButton(look, card.name, f"item:{card.code}")
        button.setAccessibleDescription(card.summary)
        line = row(look, button, margin_mm=8.0, gap_mm=8.0)
        line.addWidget(Picture(drawings.item_picture(card.picture), look.px(60)))
        lines = column(look, gap_mm=2.0)
        lines.addStretch()
        lines.addWidget(Words(card.name, "heading"))
        lines.addWidget(Words(card.summary, "soft"))
        if card.reason:
            lines.addWidget(
                Words(look.say("join.sentence", what=look.say("home.not_now"), todo=look.reason(card.reason).what), "amber_small")
            )
        elif card.asks_again:
            lines.addWidget(Words(look.say("home.asks_again"), "deep_small"))
        lines.addStretch()
        line.addLayout(lines, 1)
        if not card.reason:
            verb = Words(look.say("home.go"), "deep")
            verb.setWordWrap(False)
            line.addWidget(verb, 0, Qt.AlignmentFlag.AlignVCenter)
        go = Picture("clock" if card.reason else "forward", look.px(10), Colour.AMBER if card.reason else Colour.DEEP)
        line.addWidget(go, 0, Qt.AlignmentFlag.AlignVCenter)
        button.close_with(bool(card.reason))
        button.clicked.connect(self._choose)
        return button

    def _choose(self) -> None:
        button = self.sender()
        if isinstance(button, CardButton):
            self.happened.emit(ItemChosen(button.objectName().partition(":")[2]))


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
