"""The screens on which a resident shows who they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.flow import events as e
from kiosk.flow.views import CredentialView, FaceView, RouteView, SmsView
from tests.ui.conftest import Visitor
from ui.gallery.plates import plates
from ui.gallery.render import show
from ui.screens.credential import CredentialScreen
from ui.screens.face import FaceScreen
from ui.screens.sms import SmsScreen
from ui.widgets.chrome import Footer
from ui.widgets.header import Header
from ui.window import KioskWindow

PLATES = {plate.name: plate for plate in plates(Language.ZH)}


def _words(window: QWidget) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def _screen(window: KioskWindow, kind: type) -> object:
    screen = window.findChild(kind)
    assert screen is not None
    return screen


WAYS_OUT = (
    *("card-failed", "guardian-card", "guardian-card-failed", "face-failed", "staff-failed"),
    *("credential", "credential-failed", "sms-failed", "sms-offline"),
)


@pytest.mark.parametrize("name", WAYS_OUT)
def test_after_every_failure_one_touch_leads_to_another_way(subject: Visitor, name: str) -> None:
    show(subject.window, PLATES[name])
    subject.touch("another_way")
    assert subject.events == [e.AnotherWay()]


@pytest.mark.parametrize("name", ["card", "face", "staff", "sms"])
def test_while_nothing_has_failed_the_screen_speaks_of_one_thing(subject: Visitor, name: str) -> None:
    show(subject.window, PLATES[name])
    assert not subject.sees("another_way")


@pytest.mark.parametrize(("name", "ways"), [("route", 3), ("route-four", 4), ("route-paused", 4), ("route-limited", 4)])
def test_all_ways_are_shown_in_one_size_the_face_last(subject: Visitor, name: str, ways: int) -> None:
    show(subject.window, PLATES[name])
    shown = [widget for route in Route for widget in subject.window.findChildren(QWidget, f"route:{route.value}")]
    assert len(shown) == ways
    assert len({widget.width() for widget in shown}) == 1
    heights = [widget.height() for widget in shown]
    assert max(heights) - min(heights) <= 0.2 * max(heights)
    tops = {widget.objectName(): widget.mapTo(subject.window, QPoint(0, 0)).y() for widget in shown}
    assert max(tops, key=lambda name: tops[name]) == "route:id_card_face"


def test_a_paused_way_says_when_it_opens_again_and_a_closed_one_why(subject: Visitor) -> None:
    show(subject.window, PLATES["route-paused"])
    assert "5 分钟后再开放" in _words(subject.window)
    show(subject.window, PLATES["route-limited"])
    for words in ("扫码口现在不能用", "短信发不出", "证件照片取不出来"):
        assert words in _words(subject.window)


def test_a_way_that_opens_again_is_shown_so_in_place(subject: Visitor) -> None:
    show(subject.window, PLATES["route-paused"])
    screen = PLATES["route-paused"].screen
    assert isinstance(screen.model, RouteView)
    options = tuple(replace(option, reason="", minutes=0) for option in screen.model.options)
    subject.window.show_screen(replace(screen, model=RouteView(options, "")))
    QTest.qWait(20)
    assert "分钟" not in _words(subject.window)


def test_the_light_fills_the_window_and_leaves_with_the_check(subject: Visitor) -> None:
    window = subject.window
    show(window, replace(PLATES["face"], asks=None))
    corner, ground = QPoint(4, window.height() // 2), window.grab().toImage().pixelColor(4, window.height() // 2)
    window.show_face_request(e.FaceAsks("blink", 0, 3, light="#6effff"))
    shining = window.grab().toImage()
    assert shining.pixelColor(corner) == QColor("#6effff")
    assert "请眨眨眼" in _words(window), "the movement can be read meanwhile"
    assert sum(shining.pixelColor(x, y) == QColor("#6effff") for x in range(0, 1080, 40) for y in range(0, 1920, 40)) > 500
    assert subject.sees("quit")
    window.show_face_request(e.FaceAsks("nod", 1, 3))
    assert window.grab().toImage().pixelColor(corner) == ground
    window.show_face_request(e.FaceAsks("nod", 1, 3, light="#ff6e6e"))
    failed = PLATES["face-failed"].screen
    window.show_screen(failed)
    assert window.grab().toImage().pixelColor(corner) == ground
    assert "请看镜头" in _words(window)


def test_a_light_does_not_outlive_its_screen_nor_a_wipe(subject: Visitor) -> None:
    window = subject.window
    for leave in (lambda: window.show_screen(PLATES["route"].screen), window.wipe):
        show(window, replace(PLATES["face"], asks=None))
        window.show_face_request(e.FaceAsks("blink", 0, 3, light="#ff6eff"))
        leave()
        assert window.grab().toImage().pixelColor(4, 900) != QColor("#ff6eff")
        for part in (*window.findChildren(Header), *window.findChildren(Footer)):
            assert not [label for label in part.findChildren(QLabel) if label.isHidden()] or not part.isVisible()


def test_an_engine_that_is_not_calibrated_says_so(subject: Visitor) -> None:
    show(subject.window, PLATES["face-nod"])
    assert "仅供演示" in _words(subject.window)
    show(subject.window, PLATES["face"])
    assert "仅供演示" not in _words(subject.window)


def test_the_demonstration_is_told_again_after_the_light(subject: Visitor) -> None:
    show(subject.window, PLATES["face-light"])
    assert "仅供演示" not in _words(subject.window)
    screen = subject.window.findChild(FaceScreen)
    assert screen is not None
    screen.show_model(FaceView(True, "", 3, is_demonstration=True))
    subject.window.show_face_request(e.FaceAsks("", 3, 3))
    assert "仅供演示" in _words(subject.window)


def test_the_code_of_a_message_is_typed_on_the_number_pad(subject: Visitor) -> None:
    show(subject.window, PLATES["sms-failed"])
    for key in "20481":
        subject.touch(f"key:{key}")
    subject.touch("main_action")
    assert subject.events == [], "five digits are no code"
    subject.touch("key:6")
    subject.touch("main_action")
    assert subject.events == [e.SmsCodeEntered("204816")]


def test_another_message_can_be_asked_for_only_after_a_while(subject: Visitor) -> None:
    show(subject.window, PLATES["sms"])
    assert "42 秒后可再发" in subject.find("resend").property("text")
    subject.touch("resend")
    assert subject.events == []
    show(subject.window, PLATES["sms-failed"])
    subject.touch("resend")
    assert subject.events == [e.TryAgain()]


def test_a_wrong_code_is_wiped_and_so_is_the_number_in_the_end(subject: Visitor) -> None:
    show(subject.window, PLATES["sms"])
    screen = _screen(subject.window, SmsScreen)
    assert isinstance(screen, SmsScreen)
    assert screen.code.text() == "204816"
    screen.show_model(SmsView("138****0000", True, "", 3, 30))
    screen.show_model(SmsView("138****0000", False, "sms.wrong_code", 2, 30))
    assert screen.code.text() == ""
    assert "还可以试 2 次" in _words(subject.window)
    subject.window.wipe()
    assert "138****0000" not in "\n".join(label.text() for label in subject.window.findChildren(QLabel))


def test_before_a_message_has_gone_out_nothing_can_be_typed(subject: Visitor) -> None:
    show(subject.window, PLATES["sms-sending"])
    assert not subject.sees("sms_code")
    assert not subject.sees("main_action")


def test_the_countdown_of_the_scanner_begins_anew_with_every_try(subject: Visitor) -> None:
    show(subject.window, PLATES["credential"])
    screen = _screen(subject.window, CredentialScreen)
    assert isinstance(screen, CredentialScreen)
    screen._since.restart()
    screen.show_model(CredentialView(True, 60, "", 3))
    screen.show_model(CredentialView(False, 60, "credential.expired", 2))
    assert not screen._timer.isActive()
    assert subject.sees("try_again")
    subject.touch("try_again")
    assert subject.events == [e.TryAgain()]
    screen.show_model(CredentialView(True, 60, "", 2))
    assert screen._timer.isActive()


@pytest.mark.parametrize(
    ("screen", "name", "event"),
    [
        ("another", "another_yes", e.AnotherItem()),
        ("another", "another_no", e.Continue()),
        ("guardian-consent", "consent_yes", e.ConsentAnswered(True)),
        ("guardian-consent", "consent_no", e.ConsentAnswered(False)),
        ("guardian-card-failed", "try_again", e.TryAgain()),
        ("route-four", "route:id_card_sms", e.RouteChosen(Route.ID_CARD_SMS)),
        ("route-four", "route:electronic_credential", e.RouteChosen(Route.ELECTRONIC_CREDENTIAL)),
    ],
)
def test_a_touch_gives_the_event(subject: Visitor, screen: str, name: str, event: object) -> None:
    show(subject.window, PLATES[screen])
    subject.touch(name)
    assert subject.events == [event]


def test_neither_answer_to_a_face_check_stands_out(subject: Visitor) -> None:
    for name in ("face-consent", "guardian-consent"):
        show(subject.window, PLATES[name])
        yes, no = subject.find("consent_yes"), subject.find("consent_no")
        assert abs(yes.width() - no.width()) <= 1
        assert yes.height() == no.height()
        assert yes.property("kind") == no.property("kind")
