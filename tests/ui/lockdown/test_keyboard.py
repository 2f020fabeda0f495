"""The on-screen keyboard: letters, signs and one switch of language; no settings, no handwriting, no way to anything else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from kiosk.domain.language import Language
from tests.ui.conftest import Visitor
from ui.gallery.plates import plates
from ui.gallery.render import show
from ui.keyboard.keyboard_widget import KeyboardWidget
from ui.lockdown import Lockdown

FORM = next(plate for plate in plates(Language.ZH) if plate.name == "form")
KEYS = """(function() {
    const found = []
    function walk(item) {
        for (let child of item.children) {
            if (!child.visible) continue
            if (child.keyType !== undefined) found.push(child.keyType + "|" + child.displayText)
            walk(child)
        }
    }
    walk(root)
    return found.join("\\t")
})()"""
BACKSPACE, LANGUAGE, ENTER, FILLER, HIDE, LETTER, SHIFT, SPACE, SYMBOLS = 1, 2, 3, 4, 6, 8, 11, 12, 13
"""Kinds of keys as Qt counts them; 5 is handwriting, 7 the choice of input methods, 9 a mode of one of them, 10 digits."""
HARMLESS = {BACKSPACE, LANGUAGE, ENTER, FILLER, HIDE, LETTER, SHIFT, SPACE, SYMBOLS}


def keyboard_of(visitor: Visitor) -> KeyboardWidget:
    keyboard = visitor.window.keyboard
    assert isinstance(keyboard, KeyboardWidget)
    return keyboard


@pytest.fixture
def locked_keyboard(with_keyboard: Visitor) -> Iterator[Visitor]:
    lockdown = Lockdown(with_keyboard.window, holds_screen=True)
    lockdown.begin()
    show(with_keyboard.window, FORM)
    with_keyboard.touch("field:current_address")
    QTest.qWait(300)
    yield with_keyboard
    lockdown.end()


def ask(visitor: Visitor, words: str) -> str:
    root = keyboard_of(visitor)._root
    expression = QQmlExpression(qmlContext(root), root, words)
    answer, is_undefined = expression.evaluate()
    assert not expression.hasError(), expression.error().toString()
    assert not is_undefined
    return str(answer)


def tap(visitor: Visitor, caption: str, held_ms: int = 20) -> bool:
    place = keyboard_of(visitor).key_centre(caption)
    if place is not None:
        visitor.touch_at(keyboard_of(visitor).mapTo(visitor.window, place), held_ms)
        QTest.qWait(250)
    return place is not None


def keys(visitor: Visitor) -> list[tuple[int, str]]:
    """Kind and caption of every key to be seen."""
    found = [key.partition("|") for key in ask(visitor, KEYS).split("\t")]
    return [(int(kind), caption) for kind, _, caption in found]


def seen() -> list[QWindow]:
    return [window for window in QGuiApplication.topLevelWindows() if window.isVisible()]


def locale(visitor: Visitor) -> str:
    return ask(visitor, "panel.keyboard.locale")


def test_every_page_in_both_languages_holds_letters_signs_and_no_more(locked_keyboard: Visitor) -> None:
    pages: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for _ in range(2):
        language = locale(locked_keyboard)
        pages[language, "letters"] = keys(locked_keyboard)
        assert tap(locked_keyboard, "&123")
        for page in ("1/3", "2/3", "3/3", "1/2", "2/2"):
            if any(caption == page for _, caption in keys(locked_keyboard)):
                pages[language, page] = keys(locked_keyboard)
                tap(locked_keyboard, page)
        assert tap(locked_keyboard, "ABC")
        assert tap(locked_keyboard, language[:2])
    assert {language for language, _ in pages} == {"zh_CN", "en_US"}
    assert len(pages) >= 6
    assert all(len(page) > 20 for page in pages.values())
    assert {kind for page in pages.values() for kind, _ in page} <= HARMLESS
    written = {caption for page in pages.values() for kind, caption in page if kind == LETTER}
    assert not [caption for caption in written if any(ord(sign) >= 0x1F000 for sign in caption)], "no pictures"


def test_the_language_key_changes_between_two_languages_without_a_list(locked_keyboard: Visitor) -> None:
    assert ask(locked_keyboard, "VirtualKeyboardSettings.activeLocales.join(',')") == "zh_CN,en_US"
    assert ask(locked_keyboard, "panel.keyboard.style.languagePopupListEnabled") == "False"
    languages = []
    for _ in range(4):
        languages.append(locale(locked_keyboard))
        assert tap(locked_keyboard, languages[-1][:2])
    assert languages == ["zh_CN", "en_US"] * 2
    assert seen() == [locked_keyboard.window.windowHandle()]


@pytest.mark.parametrize("caption", ["zh", "&123", "a", " "])
def test_a_long_press_on_a_key_opens_nothing_else(locked_keyboard: Visitor, caption: str) -> None:
    assert tap(locked_keyboard, caption, held_ms=900)
    assert seen() == [locked_keyboard.window.windowHandle()]
    assert {kind for kind, _ in keys(locked_keyboard)} <= HARMLESS
    assert locked_keyboard.find("screen:form")


def test_what_the_keyboard_writes_passes_the_lock(locked_keyboard: Visitor) -> None:
    for caption in "ni ":
        assert tap(locked_keyboard, caption)
    entry = locked_keyboard.find("field:current_address")
    assert isinstance(entry, QLineEdit)
    assert entry.text() == "你"
