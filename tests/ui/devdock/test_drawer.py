"""The drawer before a deck that only remembers: keys, search, what is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ui.devdock.drawer import Drawer
from ui.devdock.parts import ActionButton
from ui.devdock.protocol import Action, Group, Line, Reading, Said, Tone


class Ledger:
    """A deck that writes down what it is asked."""

    groups = (
        Group("C", "ID card", tuple(Action(f"card.{n}", f"Card {n}", f"Lays card {n}") for n in range(11))),
        Group("N", "Network", (Action("net.cut", "Cut", "Nothing comes back"), Action("net.off", "Off", "", "there is none"))),
    )

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.reading = Reading(facts=(Line("Step", "idle"),), said=(Said("12:00:00", "first"),))

    def begin(self, name: str) -> None:
        self.begun.append(name)

    def look(self) -> Reading:
        return self.reading


@pytest.fixture
def deck() -> Ledger:
    return Ledger()


@pytest.fixture
def subject(deck: Ledger, qtbot: QtBot) -> Iterator[Drawer]:
    drawer = Drawer(deck)
    drawer.show()
    drawer.activateWindow()
    assert QTest.qWaitForWindowActive(drawer)
    yield drawer
    drawer.stop()
    drawer.deleteLater()


def _button(drawer: Drawer, name: str) -> ActionButton:
    found = drawer.findChild(ActionButton, name)
    assert isinstance(found, ActionButton)
    return found


def test_a_click_asks_for_the_action(subject: Drawer, deck: Ledger, qtbot: QtBot) -> None:
    qtbot.mouseClick(_button(subject, "card.3"), Qt.MouseButton.LeftButton)
    assert deck.begun == ["card.3"]


def test_every_button_has_two_keys(subject: Drawer, deck: Ledger, qtbot: QtBot) -> None:
    for keys in ("C1", "C0", "CA", "N1"):
        for key in keys:
            qtbot.keyClick(subject.focusWidget() or subject, key.lower())
    assert deck.begun == ["card.0", "card.9", "card.10", "net.cut"]


def test_what_is_impossible_cannot_be_pressed_and_says_why(subject: Drawer, deck: Ledger, qtbot: QtBot) -> None:
    button = _button(subject, "net.off")
    assert (button.isEnabled(), button.toolTip()) == (False, "there is none")
    for key in "N2":
        qtbot.keyClick(subject, key.lower())
    assert deck.begun == []


def test_search_finds_by_label_hint_and_group_and_enter_does_the_first(subject: Drawer, deck: Ledger, qtbot: QtBot) -> None:
    qtbot.keyClick(subject, "/")
    search = subject.findChild(QLineEdit, "drawer_search")
    assert subject.focusWidget() is search
    qtbot.keyClicks(search, "comes back")
    assert [name for name in ("card.0", "net.cut") if _button(subject, name).isVisible()] == ["net.cut"]
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert deck.begun == ["net.cut"]
    assert _button(subject, "card.0").isVisible()
    assert not search.hasFocus()
    qtbot.keyClick(subject, "/")
    qtbot.keyClicks(search, "id card")
    assert not _button(subject, "net.cut").isVisible()
    assert deck.begun == ["net.cut"]


def test_letters_are_keys_and_not_a_search_until_somebody_searches(subject: Drawer) -> None:
    search = subject.findChild(QLineEdit, "drawer_search")
    assert subject.focusWidget() is not search


def test_arrows_and_tab_walk_the_buttons_and_space_presses(subject: Drawer, deck: Ledger, qtbot: QtBot) -> None:
    _button(subject, "card.0").setFocus()
    qtbot.keyClick(subject.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(subject.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(subject.focusWidget(), Qt.Key.Key_Space)
    assert deck.begun == ["card.2"]


def test_what_changes_is_shown_by_itself(subject: Drawer, deck: Ledger, qtbot: QtBot) -> None:
    assert subject.facts.texts() == {"Step": "idle"}
    deck.reading = Reading(
        facts=(Line("Step", "card", tone=Tone.FINE),),
        devices=(Line("camera", "no_device · lost", "unplugged", Tone.BROKEN),),
        in_force=frozenset({"net.cut"}),
        said=(Said("12:00:00", "first"), Said("12:00:01", "second", went_wrong=True)),
    )
    qtbot.waitUntil(lambda: subject.facts.texts() == {"Step": "card"}, timeout=10_000)
    assert subject.devices.texts() == {"camera": "no_device · lost"}
    assert subject.sayings.texts() == ["second", "first"]
    assert _button(subject, "net.cut").property("inForce") is True
    assert _button(subject, "card.0").property("inForce") is False


def test_words_of_devices_are_never_taken_for_markup(subject: Drawer, deck: Ledger) -> None:
    deck.reading = Reading(facts=(Line("Step", "<img src=x>", "<b>bold</b>"),), said=(Said("1", "<a href=x>link</a>"),))
    subject.refresh()
    assert subject.facts.texts() == {"Step": "<img src=x>"}
    assert subject.sayings.texts() == ["<a href=x>link</a>"]


def test_the_drawer_ends_nothing_and_every_button_says_what_it_does(subject: Drawer) -> None:
    assert not subject.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    for button in subject.findChildren(ActionButton):
        assert button.accessibleName()
        assert button.accessibleDescription() or button.action.name == "net.off"
