"""Every control gives its event when it is touched by a finger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.domain.rating import Grade, RatingReason
from kiosk.flow import events as e
from tests.ui.conftest import Visitor
from ui.gallery import sample
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show

PLATES = {plate.name: plate for plate in plates(Language.ZH)}

TOUCHES: tuple[tuple[str, str, object], ...] = (
    ("idle", "touch_to_begin", e.Touched()),
    ("idle", "language:en", e.LanguageChosen(Language.EN)),
    ("idle", "language:zh-Hant", e.LanguageChosen(Language.ZH_HANT)),
    ("home", f"item:{sample.PERMIT}", e.ItemChosen(sample.PERMIT)),
    ("home-limited", f"item:{sample.PERMIT}", e.ItemChosen(sample.PERMIT)),
    ("home", "quit", e.Quit()),
    ("guide", "main_action", e.Continue()),
    ("guide", "back", e.Back()),
    ("consent", "consent_yes", e.ConsentAnswered(True)),
    ("consent", "consent_no", e.ConsentAnswered(False)),
    ("idle-warning", "stay_here", e.StayHere()),
    ("route", "route:id_card_staff", e.RouteChosen(Route.ID_CARD_STAFF)),
    ("route", "route:id_card_face", e.RouteChosen(Route.ID_CARD_FACE)),
    ("face-consent", "consent_yes", e.ConsentAnswered(True)),
    ("face-consent", "consent_no", e.ConsentAnswered(False)),
    ("card-failed", "try_again", e.TryAgain()),
    ("face-failed", "try_again", e.TryAgain()),
    ("face", "back", e.Back()),
    ("staff", "main_action", e.StaffCodeEntered("1001", "246810")),
    ("not-eligible", "main_action", e.Continue()),
    ("form", "main_action", e.Continue()),
    ("form", "choice:reason:family", e.FieldEntered("reason", "family")),
    ("review", "main_action", e.Continue()),
    ("not-accepted", "try_again", e.TryAgain()),
    ("slip-paper-out", "print_again", e.PrintAgain()),
    ("slip-delivered", "main_action", e.Continue()),
    ("rating", "grade:5", e.RatingGiven(Grade.VERY_SATISFIED)),
    ("rating", "grade:1", e.RatingGiven(Grade.VERY_DISSATISFIED)),
    ("rating", "rating_skip", e.RatingSkipped()),
    ("rating-why", "main_action", e.RatingExplained(())),
    ("farewell", "done", e.Touched()),
)


def plate(name: str) -> Plate:
    return PLATES[name]


@pytest.mark.parametrize(("screen", "name", "event"), TOUCHES, ids=[f"{t[0]}-{t[1]}" for t in TOUCHES])
def test_a_touch_gives_the_event(subject: Visitor, screen: str, name: str, event: object) -> None:
    show(subject.window, plate(screen))
    subject.touch(name)
    assert subject.events == [event]


def test_several_reasons_can_be_named_and_taken_back_and_none_waits_for_the_next(subject: Visitor) -> None:
    show(subject.window, plate("rating-why"))
    for name in ("reason:slow", "reason:machine", "reason:guide", "reason:guide"):
        subject.touch(name)
    subject.touch("main_action")
    show(subject.window, plate("idle"))
    show(subject.window, plate("rating-why"))
    subject.touch("main_action")
    assert subject.events == [e.RatingExplained((RatingReason.SLOW, RatingReason.MACHINE)), e.RatingExplained(())]


def test_a_touch_never_moves_the_focus_to_a_button(subject: Visitor) -> None:
    show(subject.window, plate("rating"))
    subject.touch("grade:3")
    focused = subject.window.focusWidget()
    assert focused is None or focused.objectName() != "grade:3"


def test_nothing_beneath_the_idle_warning_can_be_touched(subject: Visitor) -> None:
    show(subject.window, plate("idle-warning"))
    back = subject.find("back")
    subject.touch_at(back.mapTo(subject.window, back.rect().center()))
    assert subject.events == []


def test_staff_cannot_confirm_before_both_are_written(subject: Visitor) -> None:
    show(subject.window, plate("staff-failed"))
    subject.touch("main_action")
    subject.touch("key:1")
    subject.touch("main_action")
    assert subject.events == []


def test_badge_number_and_pin_are_written_on_the_number_pad_and_the_pin_is_masked(subject: Visitor) -> None:
    show(subject.window, plate("staff-failed"))
    for key in "10071":
        subject.touch(f"key:{key}")
    subject.touch("key:delete")
    subject.touch("staff_pin")
    for key in "246810":
        subject.touch(f"key:{key}")
    assert subject.find("staff_pin").property("displayText") == "●" * 6
    subject.touch("main_action")
    assert subject.events == [e.StaffCodeEntered("1007", "246810")]


def test_a_finger_scrolls_a_long_form_without_pressing_anything(make_window: object, finger: object) -> None:
    visitor = Visitor(make_window(mm_per_px=0.2), finger)  # type: ignore[operator,arg-type]
    show(visitor.window, plate("form-problems"))
    area = visitor.window.findChild(QScrollArea)
    assert area is not None
    assert area.verticalScrollBar().maximum() > 100
    entry = visitor.find("field:name")
    start = entry.mapTo(visitor.window, entry.rect().center())
    visitor.swipe(start, start - QPoint(0, 300))
    assert area.verticalScrollBar().value() > 100
    assert visitor.events == []
    assert not visitor.sees("dock"), "pushing the page is not writing"


def test_two_fingers_do_nothing_but_what_the_first_would(subject: Visitor) -> None:
    show(subject.window, plate("home"))
    card = subject.find(f"item:{sample.PERMIT}")
    middle = card.mapTo(subject.window, card.rect().center())
    subject.two_fingers(middle, middle + QPoint(0, 60))
    assert len(subject.events) <= 1


def test_ten_quick_touches_on_one_button_are_ten_events_and_nothing_else(subject: Visitor) -> None:
    show(subject.window, plate("guide"))
    for _ in range(10):
        subject.touch("main_action")
    assert subject.events == [e.Continue()] * 10


@pytest.mark.parametrize("ms", [10, 60, 130, 300])
def test_a_touch_on_a_page_that_can_be_pushed_reaches_the_button_however_short(subject: Visitor, ms: int) -> None:
    show(subject.window, plate("home-limited"))
    area = subject.window.findChild(QScrollArea)
    assert area is not None
    assert area.verticalScrollBar().maximum() > 0, "the page can be pushed"
    card = subject.find(f"item:{sample.PERMIT}")
    subject.touch_at(card.mapTo(subject.window, card.rect().center()), held_ms=ms)
    assert subject.events == [e.ItemChosen(sample.PERMIT)]


def test_pushing_a_page_of_buttons_chooses_none(subject: Visitor) -> None:
    show(subject.window, plate("home-limited"))
    area = subject.window.findChild(QScrollArea)
    assert area is not None
    card = subject.find(f"item:{sample.PERMIT}")
    start = card.mapTo(subject.window, card.rect().center())
    subject.swipe(start, start - QPoint(0, 200))
    assert area.verticalScrollBar().value() > 50
    assert subject.events == []


def test_what_changes_around_a_finger_waits_until_it_lifts(subject: Visitor) -> None:
    """The card's notice came while the button was held down: the touch was lost, and people pressed in vain."""
    shown = plate("progress-answer")
    show(subject.window, shown)
    events: list[object] = []
    subject.window.happened.connect(events.append)
    button = subject.find("main_action")
    place = button.mapTo(subject.window, button.rect().center())
    touch = QTest.touchEvent(subject.window, subject._finger)
    touch.press(0, place, subject.window).commit()
    chrome = replace(shown.screen.chrome, take_card=True)
    subject.window.show_screen(replace(shown.screen, chrome=chrome))
    QTest.qWait(80)
    assert subject.find("main_action") is button
    QTest.touchEvent(subject.window, subject._finger).release(0, place, subject.window).commit()
    assert events == [e.Continue()]
    QTest.qWait(80)
    assert subject.find("main_action") is not button
    assert subject.sees("card_notice")


def test_another_screen_does_not_wait_for_a_finger(subject: Visitor) -> None:
    """And what the finger lay on is not pressed on the next."""
    show(subject.window, plate("guide"))
    button = subject.find("main_action")
    place = button.mapTo(subject.window, button.rect().center())
    QTest.touchEvent(subject.window, subject._finger).press(0, place, subject.window).commit()
    events: list[object] = []
    subject.window.happened.connect(events.append)
    subject.window.show_screen(plate("review").screen)
    QTest.qWait(10)
    assert subject.sees("screen:review")
    assert subject.find("main_action") is not button
    QTest.touchEvent(subject.window, subject._finger).release(0, place, subject.window).commit()
    QTest.qWait(80)
    assert events == []
