"""Type what is looked for: words, pinyin, initials."""

from __future__ import annotations

from kiosk.flow.events import SearchTyped
from kiosk.flow.finding_views import SearchView
from ui.look import Look
from ui.screens.base import StepScreen
from ui.widgets.closed import tell_closed
from ui.widgets.entry import Entry, Pad
from ui.widgets.item_cards import ItemCards
from ui.widgets.panels import Notice
from ui.widgets.words import Words

_MAX_LENGTH = 40


class SearchScreen(StepScreen[SearchView]):
    """One line to write in, and what it finds, at once."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("search.title"), look.say("search.how"))
        self.entry = Entry(look, "search_text", look.say("search.title"), Pad.PINYIN, _MAX_LENGTH)
        self.entry.textChanged.connect(lambda text: self.happened.emit(SearchTyped(text)))
        self.page.addWidget(self.entry)
        self._closed = Notice(look)
        self.page.addWidget(self._closed)
        self._nothing = Words("", "soft")
        self.page.addWidget(self._nothing)
        body = self.add_body()
        self._cards = ItemCards(look)
        self._cards.happened.connect(self.happened)
        body.addWidget(self._cards, 1)

    def show_model(self, model: SearchView) -> None:
        """Show what was found; nothing found says so, and where else to look."""
        if self.entry.text() != model.text and not self.entry.hasFocus():
            self.entry.blockSignals(True)
            self.entry.setText(model.text)
            self.entry.blockSignals(False)
        typed = model.text.strip()
        self._nothing.setVisible(bool(typed) and not model.items)
        self._nothing.setText(self.look.say("search.nothing") if typed and not model.items else "")
        self._cards.show_items(model.items, small=True)
        if model.closed is not None:
            tell_closed(self._closed, self.look, model.closed, model.chosen_but_closed)
        else:
            self._closed.hide()

    def wipe(self) -> None:
        """Forget what was typed."""
        self.entry.blockSignals(True)
        self.entry.wipe()
        self.entry.blockSignals(False)
        super().wipe()
