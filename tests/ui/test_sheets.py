"""Switches of sight and sound, and help: over the screen, by touch and by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from kiosk.domain.aids import PLAIN, Aids, Voice
from kiosk.domain.language import Language
from kiosk.flow.aid_events import AidsChosen, StaffCalled
from kiosk.flow.events import LanguageChosen
from kiosk.flow.states import Step
from tests.ui.conftest import Visitor
from ui import strings
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.sheets.help import topic
from ui.theme.palettes import ELDER, HIGH_CONTRAST


def plate(name: str, aids: Aids = PLAIN) -> Plate:
    return next(one for one in plates(Language.ZH, aids) if one.name == name)


@pytest.mark.parametrize(
    ("button", "aids"),
    [
        ("aid:elder", Aids(elder=True, voice=Voice.ALOUD)),
        ("aid:large_text", Aids(large_text=True)),
        ("aid:contrast", Aids(high_contrast=True)),
        ("aid:low_position", Aids(low_position=True)),
        ("aid:still", Aids(still=True)),
        ("voice:headphones", Aids(voice=Voice.HEADPHONES)),
    ],
)
def test_a_switch_acts_at_once(subject: Visitor, button: str, aids: Aids) -> None:
    show(subject.window, plate("home"))
    subject.touch("display")
    subject.touch(button)
    assert subject.events == [AidsChosen(aids)]


def test_the_sheet_stays_open_and_shows_how_things_stand(subject: Visitor) -> None:
    show(subject.window, plate("home"))
    subject.touch("display")
    subject.window.show_screen(plate("home", Aids(voice=Voice.ALOUD)).screen)
    QTest.qWait(20)
    assert subject.sees("volume_more")
    subject.touch("volume_more")
    assert subject.events == [AidsChosen(Aids(voice=Voice.ALOUD, volume=4))]
    subject.touch("sheet_close")
    assert not subject.sees("sheet")


def test_elder_mode_is_one_touch_away_on_every_screen(subject: Visitor) -> None:
    show(subject.window, plate("review"))
    subject.touch("elder")
    assert subject.events == [AidsChosen(PLAIN.switch_elder())]


def test_each_look_has_its_colours_and_sizes(subject: Visitor) -> None:
    window = subject.window
    show(window, plate("home"))
    plain = window.metrics.text.reading
    show(window, plate("home", Aids(elder=True)))
    assert window._look.palette is ELDER
    assert window.metrics.text.reading > plain
    show(window, plate("home", Aids(high_contrast=True)))
    assert window._look.palette is HIGH_CONTRAST


def test_in_the_low_position_nothing_to_touch_stands_above_reach(subject: Visitor) -> None:
    window = subject.window
    show(window, plate("home", Aids(low_position=True)))
    top = window.height() - window.metrics.px(400)
    for name in ("quit", "language", "search", "call_staff"):
        widget = subject.find(name)
        assert widget.mapTo(window, widget.rect().topLeft()).y() >= top, name


@pytest.mark.parametrize("language", list(Language))
def test_every_language_is_two_touches_away_and_the_choice_then_out_of_the_way(subject: Visitor, language: Language) -> None:
    show(subject.window, plate("out-of-service"))
    subject.touch("language")
    subject.touch(f"language:{language.value}")
    assert subject.events == [LanguageChosen(language)]
    assert not subject.sees("sheet")


def test_each_script_has_its_own_type(subject: Visitor) -> None:
    families = []
    for language in Language:
        show(subject.window, next(one for one in plates(language) if one.name == "home"))
        families.append(subject.find("search").font().family())
    assert families == ["Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK SC"]


def test_every_step_is_explained(subject: Visitor) -> None:
    for language in Language:
        for step in Step:
            assert strings.text(f"help.{topic(step)}", language)


def test_staff_are_called_from_the_help(subject: Visitor) -> None:
    show(subject.window, plate("form"))
    subject.touch("call_staff")
    subject.touch("staff_called")
    assert subject.events == [StaffCalled()]


def test_keys_stay_on_the_sheet(subject: Visitor) -> None:
    show(subject.window, plate("home"))
    subject.touch("help")
    sheet = subject.find("sheet")
    for _ in range(6):
        QTest.keyClick(subject.window, Qt.Key.Key_Tab)
        focused = subject.window.focusWidget()
        assert focused is not None
        assert sheet.isAncestorOf(focused)


def test_a_wipe_closes_the_sheet(subject: Visitor) -> None:
    show(subject.window, plate("form"))
    subject.touch("help")
    subject.window.wipe()
    assert not subject.sees("sheet")


def test_a_screen_that_is_turned_is_laid_out_anew_and_keeps_what_is_written(subject: Visitor, qtbot: QtBot) -> None:
    window = subject.window
    show(window, plate("form"))
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: subject.sees("language") and subject.find("language").parentWidget().x() < 30, timeout=5000)
    header, entry = subject.find("language"), subject.find("field:name")
    assert header.mapTo(window, header.rect().topLeft()).x() < window.width() // 4
    assert entry.property("text")
