"""The drawer: a window of its own at the side of a simulated terminal. Every button has two keys: its group's, then its own."""

from __future__ import annotations

from itertools import islice

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from ui.devdock.parts import ActionButton, GroupBox, Lines, Sayings, label, second_key
from ui.devdock.protocol import Deck, Reading
from ui.devdock.style import stylesheet

LOOK_EVERY_MS = 250
SIZE = (900, 900)
LEFT_GROUPS = 3
"""So many groups stand in the left column: about half of the buttons."""
_GAP_PX = 12


class Drawer(QWidget):
    """Asks its deck four times a second how things are; shows only what has changed."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self.setObjectName("drawer")
        self.setWindowTitle("Developers' drawer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # The terminal's window is the one that ends everything, and has the keys first.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setStyleSheet(stylesheet())
        self.resize(*SIZE)
        self._deck = deck
        self._reading = Reading()
        self.facts, self.devices, self.sayings = Lines(), Lines(), Sayings()
        self._busy = label("", "drawer_note")
        self._search = QLineEdit()
        self._boxes = [GroupBox(group, self._begin) for group in deck.groups]
        self._buttons: dict[str, ActionButton] = {button.action.name: button for box in self._boxes for button in box.buttons}
        self._lay_out()
        self._give_keys()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    def show_beside(self, window: QWidget) -> None:
        """At the right of a window, as high as it, where the screen has room for that."""
        place = window.frameGeometry()
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(self.width(), min(SIZE[1], screen.height()))
        right = max(screen.left(), min(place.right() + _GAP_PX, screen.right() - self.width()))
        self.move(right, max(screen.top(), place.top()))
        self.show()

    def refresh(self) -> None:
        """Look, and show what is new."""
        reading, before = self._deck.look(), self._reading
        if reading == before:
            return
        self._reading = reading
        self.facts.show_lines(reading.facts)
        self.devices.show_lines(reading.devices)
        self.sayings.show_said(reading.said)
        self._busy.setText(f"under way: {', '.join(reading.busy)}" if reading.busy else _KEYS_TOLD)
        for name, button in self._buttons.items():
            button.show_in_force(name in reading.in_force)

    def stop(self) -> None:
        """Look no more, and close; may be called twice."""
        self._timer.stop()
        self.close()

    def _begin(self, name: str) -> None:
        self._deck.begin(name)
        self.refresh()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label("Developers' drawer", "drawer_title"))
        head.addStretch(1)
        self._search.setObjectName("drawer_search")
        self._search.setPlaceholderText("/  find an action, Enter does it")
        self._search.setAccessibleName("Find an action")
        self._search.setFixedWidth(240)
        self._search.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # letters are keys until somebody wants to search
        self._search.textChanged.connect(self._on_typed)
        self._search.returnPressed.connect(self._on_return)
        head.addWidget(self._search)
        column.addLayout(head)
        told = QHBoxLayout()
        told.setSpacing(10)
        told.addWidget(self.facts, 1)
        told.addWidget(self.devices, 1)
        column.addLayout(told)
        column.addWidget(self._page(), 1)
        column.addWidget(self.sayings)
        column.addWidget(self._busy)

    def _page(self) -> QScrollArea:
        page = QWidget()
        page.setObjectName("drawer_page")
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 2, 8, 2)
        columns.setSpacing(18)
        boxes = iter(self._boxes)
        for count in (LEFT_GROUPS, len(self._boxes)):
            rows = QVBoxLayout()
            rows.setSpacing(10)
            for box in islice(boxes, count):
                rows.addWidget(box)
            rows.addStretch(1)
            columns.addLayout(rows, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        return area

    def _give_keys(self) -> None:
        for group, box in zip(self._deck.groups, self._boxes, strict=True):
            for number, button in enumerate(box.buttons):
                keys = QShortcut(QKeySequence(f"{group.key}, {second_key(number)}"), self)
                keys.activated.connect(button.click)
        QShortcut(QKeySequence("/"), self).activated.connect(self._search.setFocus)
        QShortcut(QKeySequence("Escape"), self).activated.connect(self._leave_search)

    def _on_typed(self, text: str) -> None:
        for box in self._boxes:
            box.arrange(text.strip().lower())

    def _on_return(self) -> None:
        text = self._search.text().strip().lower()
        found = [button for box in self._boxes for button in box.arrange(text)] if text else []
        if found:
            found[0].click()

    def _leave_search(self) -> None:
        self._search.clear()
        self._search.clearFocus()


_KEYS_TOLD = "Keys: the letter of the group, then the one on the button. Tab and arrows go through, / finds, Esc leaves."
