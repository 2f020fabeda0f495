"""The Pinyin keyboard writes into the form, and never learns."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from kiosk.domain.language import Language
from kiosk.flow.events import Continue, FieldEntered
from tests.ui.conftest import MakeWindow, Visitor
from ui.gallery.plates import plates
from ui.gallery.render import show
from ui.keyboard import keyboard_widget
from ui.keyboard.environment import KeyboardUnavailable, learned_words_path, prepare_environment
from ui.keyboard.keyboard_widget import KeyboardWidget
from ui.window import KioskWindow

FORM = next(plate for plate in plates(Language.ZH) if plate.name == "form")


@pytest.fixture
def subject(with_keyboard: Visitor) -> Visitor:
    show(with_keyboard.window, FORM)
    with_keyboard.touch("field:current_address")
    QTest.qWait(300)
    return with_keyboard


def keyboard_of(visitor: Visitor) -> KeyboardWidget:
    assert visitor.window.keyboard is not None
    return visitor.window.keyboard


def tap(visitor: Visitor, point: QPoint | None) -> None:
    assert point is not None
    visitor.touch_at(keyboard_of(visitor).mapTo(visitor.window, point))
    QTest.qWait(120)


def type_keys(visitor: Visitor, keys: str) -> None:
    for key in keys:
        tap(visitor, keyboard_of(visitor).key_centre(key))


def entry_of(visitor: Visitor) -> QLineEdit:
    entry = visitor.find("field:current_address")
    assert isinstance(entry, QLineEdit)
    return entry


def test_n_i_and_space_write_you(subject: Visitor) -> None:
    type_keys(subject, "ni ")
    assert entry_of(subject).text() == "你"
    assert entry_of(subject).hasFocus()
    assert subject.events == [FieldEntered("current_address", "你")]


def test_a_touched_candidate_is_written(subject: Visitor) -> None:
    type_keys(subject, "shi")
    keyboard = keyboard_of(subject)
    assert "市" in keyboard.candidates()
    tap(subject, keyboard.candidate_centre("市"))
    assert entry_of(subject).text() == "市"


def test_the_main_action_takes_over_what_is_half_typed(subject: Visitor) -> None:
    type_keys(subject, "hao")
    subject.touch("main_action")
    assert subject.events == [FieldEntered("current_address", "好"), Continue()]


def test_the_hiding_key_sends_the_keyboard_away_and_another_touch_brings_it_back(subject: Visitor) -> None:
    assert subject.sees("keyboard")
    keyboard = keyboard_of(subject)
    QApplication.inputMethod().hide()  # what the key does
    QTest.qWait(50)
    assert not subject.sees("dock")
    subject.touch("field:current_address")
    QTest.qWait(200)
    assert subject.sees("keyboard")
    assert keyboard.key_centre("n") is not None


def test_words_are_written_without_a_touch(subject: Visitor) -> None:
    keyboard, entry = keyboard_of(subject), entry_of(subject)
    for letter in "nix":
        keyboard.press_letter(letter)
    keyboard.press_delete()
    QTest.qWait(100)
    assert keyboard.is_composing()
    words = keyboard.candidates()
    assert "你" in words
    keyboard.take_candidate(words.index("你"))
    QTest.qWait(50)
    assert entry.text() == "你"
    assert not keyboard.is_composing()


def test_number_fields_get_the_number_pad_instead(subject: Visitor) -> None:
    subject.find("field:phone").setFocus()
    assert not subject.sees("keyboard")
    for key in "1380013":
        subject.touch(f"key:{key}")
    subject.touch("key:delete")
    assert subject.events[-1] == FieldEntered("phone", "138001")
    subject.touch("key:done")
    assert not subject.sees("dock")


def test_the_written_field_stays_in_view_above_the_keyboard(subject: Visitor) -> None:
    entry, dock = entry_of(subject), subject.find("dock")
    assert entry.mapTo(subject.window, entry.rect().bottomLeft()).y() < dock.y()


def test_words_chosen_before_a_wipe_are_not_offered_first_after_it(subject: Visitor) -> None:
    """The decoder composes 彻训伯 for nobody; a learning one would offer it as the first candidate from then on."""
    keyboard = keyboard_of(subject)
    type_keys(subject, "chexunbo")
    first = keyboard.candidates()[0]
    for word in "彻训伯":
        tap(subject, keyboard.candidate_centre(word))
    assert entry_of(subject).text() == "彻训伯"
    type_keys(subject, "chexunbo")
    assert keyboard.candidates()[0] == first != "彻训伯"


def test_the_decoder_has_nowhere_to_write_words(subject: Visitor) -> None:
    type_keys(subject, "ni ")
    subject.window.wipe()
    assert learned_words_path() == Path(os.environ["XDG_CONFIG_HOME"]) / "qtvirtualkeyboard" / "pinyin" / "usr_dict.dat"
    assert list(learned_words_path().iterdir()) == []


def test_a_wipe_forgets_half_typed_letters_and_goes_back_to_chinese(subject: Visitor) -> None:
    type_keys(subject, "zho")
    subject.window.wipe()
    show(subject.window, FORM)
    subject.touch("field:current_address")
    QTest.qWait(300)
    assert entry_of(subject).text() == ""
    type_keys(subject, "ni ")
    assert entry_of(subject).text() == "你"


def test_without_preparation_the_window_says_so_at_start(make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_IM_MODULE")
    with pytest.raises(KeyboardUnavailable, match="prepare_environment"):
        make_window(with_keyboard=True)


def test_a_decoder_that_could_learn_is_refused(
    make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(KeyboardUnavailable, match="learn"):
        make_window(with_keyboard=True)


def test_preparing_too_late_is_refused(qapp: QApplication) -> None:
    before = dict(os.environ)
    with pytest.raises(KeyboardUnavailable, match="before the application"):
        prepare_environment()
    assert dict(os.environ) == before


def test_a_panel_that_does_not_load_is_refused(
    make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: object, qtlog: object
) -> None:
    broken = Path(str(tmp_path)) / "panel.qml"
    broken.write_text("import QtQuick\nNothing {}\n", encoding="utf-8")
    monkeypatch.setattr(keyboard_widget, "_PANEL", broken)
    with pytest.raises(KeyboardUnavailable, match="does not load"), qtlog.disabled():  # type: ignore[attr-defined]
        make_window(with_keyboard=True)


@pytest.mark.parametrize("name", ["current_address", "phone"])
def test_a_page_that_goes_takes_the_keys_along_that_were_up_for_it(
    with_keyboard: Visitor, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """An entry destroyed with the focus let Qt's keyboard hide within the destructor, and what answered to that met a dead entry.

    The focus stays where it is when there is nothing else it could go to, as the benchmark ``monkey`` found now and then.
    """
    window = with_keyboard.window
    show(window, FORM)
    with_keyboard.touch(f"field:{name}")
    QTest.qWait(100)
    assert with_keyboard.sees("dock")
    monkeypatch.setattr(KioskWindow, "focusNextPrevChild", lambda _window, _forward: False)
    left = tuple(field for field in FORM.screen.model.fields if field.name != name)
    window.show_screen(replace(FORM.screen, model=replace(FORM.screen.model, fields=left)))
    assert not with_keyboard.sees("dock")
    assert QApplication.focusWidget() is None
    QTest.qWait(50)
    assert not with_keyboard.sees("dock")
    assert with_keyboard.events == []
