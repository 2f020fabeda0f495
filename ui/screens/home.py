"""All matters: by the shelf where there are many, one big card each where there are few."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from kiosk.domain.language import Language
from kiosk.flow.events import Event, SearchOpened, ShelfChosen
from kiosk.flow.policy_events import PoliciesOpened
from kiosk.flow.progress_events import ProgressOpened
from kiosk.flow.views import HomeView, Shelf
from ui.look import Look
from ui.screens.base import StepScreen
from ui.theme.tokens import SPACE
from ui.widgets.buttons import Button
from ui.widgets.item_cards import ItemCards
from ui.widgets.panels import Notice, clear, column, row
from ui.widgets.words import Words

_COLUMNS = {Language.ZH: 4, Language.EN: 3}
"""Words in English are longer."""


class HomeScreen(StepScreen[HomeView]):
    """What would you like to do?"""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.add_title(self.page, look.say("home.title"))
        self._subtitle = Words(look.say("home.subtitle"), "soft")
        self.page.addWidget(self._subtitle)
        self._search = self._way("home.search", "search", "pencil", SearchOpened())
        self.page.addWidget(self._search)
        ways = row(look, gap_mm=4.0)
        ways.addWidget(self._way("home.progress", "progress", "clock", ProgressOpened()), 1)
        ways.addWidget(self._way("home.policies", "policies", "gift", PoliciesOpened()), 1)
        self.page.addLayout(ways)
        self._tabs = QWidget()
        self._grid = QGridLayout(self._tabs)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.px(3))
        self.page.addWidget(self._tabs)
        self._closed = Notice(look)
        self.page.addWidget(self._closed)
        body = self.scrolling_page()
        self._cards = ItemCards(look)
        self._cards.happened.connect(self.happened)
        body.addWidget(self._cards, 1)
        self._notices = column(look, gap_mm=3.5)
        body.addLayout(self._notices)
        self._shelves: tuple[Shelf, ...] = ()
        self._buttons: dict[str, Button] = {}
        self._shelf = ""

    def _way(self, key: str, name: str, icon: str, event: Event) -> Button:
        """A way to go on that is no matter."""
        button = Button(self.look, self.look.say(key), "quiet", name, icon=icon)
        button.setMinimumHeight(self.look.px(SPACE.main_target))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.happened.emit(event))
        return button

    def show_model(self, model: HomeView) -> None:
        """Show shelves and cards, what was just touched in vain, and what is missing for everybody."""
        known = model.known_as
        self._subtitle.setText(self.look.say("home.known", name=known) if known else self.look.say("home.subtitle"))
        self._subtitle.wear("deep_small" if known else "soft")
        self._show_shelves(model)
        self._cards.show_items(model.items, small=bool(model.shelves))
        if model.reason:
            self._closed.tell(self.look.say("home.closed", item=model.chosen_but_closed), self.look.sentence(model.reason))
        else:
            self._closed.hide()
        clear(self._notices)
        for code in model.notices:
            notice = Notice(self.look)
            self._notices.addWidget(notice)
            notice.tell_reason(code)

    def _show_shelves(self, model: HomeView) -> None:
        if model.shelves != self._shelves:
            self._shelves = model.shelves
            self._build_shelves()
        self._tabs.setVisible(bool(model.shelves))
        self._search.setVisible(bool(model.shelves))
        for shelf, button in self._buttons.items():
            button.setChecked(shelf == model.shelf)
        if model.shelf != self._shelf:
            self._shelf = model.shelf
            self.finger_scroll.verticalScrollBar().setValue(0)

    def _build_shelves(self) -> None:
        clear(self._grid)
        self._buttons = {}
        columns = _COLUMNS[self.look.language]
        for number, shelf in enumerate(self._shelves):
            button = Button(self.look, shelf.name, "choice", f"shelf:{shelf.id}")
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._choose_shelf)
            self._buttons[shelf.id] = button
            self._grid.addWidget(button, number // columns, number % columns)
        for index in range(columns):
            self._grid.setColumnStretch(index, 1)

    def _choose_shelf(self) -> None:
        chosen = next(shelf for shelf, button in self._buttons.items() if button is self.sender())
        for shelf, button in self._buttons.items():
            button.setChecked(shelf == chosen)
        self.happened.emit(ShelfChosen(chosen))
