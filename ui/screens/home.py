"""The front: ways to find a matter, what is asked for most, and all shelves; or the matters of one shelf."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.flow import shelving
from kiosk.flow.events import Event, SearchOpened, ShelfChosen
from kiosk.flow.finding_views import HomeView, Shelf
from kiosk.flow.policy_events import PoliciesOpened
from kiosk.flow.progress_events import ProgressOpened
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme import drawings
from ui.theme.tokens import SPACE
from ui.voice import marks
from ui.widgets.buttons import Button, CardButton
from ui.widgets.closed import tell_closed
from ui.widgets.fitting import FittingGrid
from ui.widgets.item_cards import ItemCards
from ui.widgets.panels import Notice, Picture, clear, column, row
from ui.widgets.words import Words

_HOT = 4
"""So many matters stand on the front; the rest is one touch away."""


class HomeScreen(StepScreen[HomeView]):
    """What would you like to do?"""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.page.setSpacing(look.px(SPACE.gap))
        self._title = self.add_title(self.page, look.say("home.title"))
        self._subtitle = Words(look.say("home.subtitle"), "soft")
        self.page.addWidget(self._subtitle)
        self._closed = Notice(look)
        self.page.addWidget(self._closed)
        self._ways = self._build_ways()
        self.page.addWidget(self._ways)
        self._hot = Words(look.say("home.hot"), "strong")
        self.page.addWidget(self._hot)
        self._cards = ItemCards(look)
        self._cards.happened.connect(self.happened)
        self.page.addWidget(self._cards)
        self._all = Words(look.say("home.all"), "strong")
        self.page.addWidget(self._all)
        self._tiles = FittingGrid(look, most=4)
        self.page.addWidget(self._tiles)
        self._notices = column(look, gap_mm=3.5)
        self.page.addLayout(self._notices)
        self.page.addStretch(1)
        self._shelves: tuple[Shelf, ...] | None = None
        self._shelf = ""

    def _build_ways(self) -> QWidget:
        """Ways to go on that are no matter."""
        holder = QWidget()
        lines = column(self.look, holder, gap_mm=3.5)
        self._search = self._way("home.search", "pencil", SearchOpened())
        lines.addWidget(self._search)
        across = FittingGrid(self.look, most=3)
        self._proofs = self._way("home.proofs", "printer", ShelfChosen(shelving.PROOFS))
        for way in (
            self._way("home.progress", "clock", ProgressOpened()),
            self._proofs,
            self._way("home.policies", "gift", PoliciesOpened()),
        ):
            across.add(way)
        lines.addWidget(across)
        self._three = across
        return holder

    def _way(self, key: str, icon: str, event: Event) -> Button:
        button = Button(self.look, self.look.say(key), "quiet", key.partition(".")[2], icon=icon)
        button.setMinimumHeight(self.look.px(SPACE.main_target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.happened.emit(event))
        return button

    def show_model(self, model: HomeView) -> None:
        """Show the front or a shelf, what was just touched in vain, and what is missing for everybody."""
        known, front = model.known_as, not model.shelf
        self._title.setText(self.look.say("home.title") if front else model.shelf_name)
        self._subtitle.setText(self.look.say("home.known", name=known) if known else self.look.say("home.subtitle"))
        marks.mark_personal(self._subtitle, bool(known), self.look.say("say.known"))
        self._subtitle.wear("deep_small" if known else "soft")
        sorted_ = bool(model.shelves)
        self._search.setVisible(sorted_)
        self._proofs.setVisible(sorted_ and model.has_proofs)
        self._ways.setVisible(front)
        self._three.refit()
        for part in (self._hot, self._all, self._tiles):
            part.setVisible(front and sorted_)
        self._cards.show_items(model.items[:_HOT] if front and sorted_ else model.items, small=sorted_)
        self._show_tiles(model)
        self._tell(model)

    def _tell(self, model: HomeView) -> None:
        if model.closed is not None:
            tell_closed(self._closed, self.look, model.closed, model.chosen_but_closed)
            self.reveal_wanted.emit(None)
        else:
            self._closed.hide()
        clear(self._notices)
        for code in model.notices:
            notice = Notice(self.look)
            self._notices.addWidget(notice)
            notice.tell_reason(code)

    def _show_tiles(self, model: HomeView) -> None:
        if model.shelves != self._shelves:
            self._shelves = model.shelves
            self._build_tiles(model.shelves)
        if model.shelf != self._shelf:
            self._shelf = model.shelf
            self.reveal_wanted.emit(None)

    def _build_tiles(self, shelves: tuple[Shelf, ...]) -> None:
        self._tiles.clear()
        for shelf in shelves:
            self._tiles.add(self._tile(shelf))

    def _tile(self, shelf: Shelf) -> CardButton:
        tile = CardButton(self.look, shelf.name, f"shelf:{shelf.id}")
        line = row(self.look, tile, margin_mm=3.5, gap_mm=4.0)
        line.addWidget(Picture(self.look, drawings.item_picture(shelf.picture), 19))
        words = Words(shelf.name, "strong")
        words.setWordWrap(False)
        line.addWidget(words, 1, Qt.AlignmentFlag.AlignVCenter)
        tile.clicked.connect(self._choose_shelf)
        return tile

    def _choose_shelf(self) -> None:
        tile = self.sender()
        if isinstance(tile, CardButton):
            self.happened.emit(ShelfChosen(tile.objectName().partition(":")[2]))
