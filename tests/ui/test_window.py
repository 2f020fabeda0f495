"""What the window shows, keeps and forgets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMenu, QWidget

from kiosk.domain.language import Language
from kiosk.domain.signature import SIDE
from kiosk.flow.events import FaceAsks, SignatureDrawn, StayHere
from kiosk.flow.states import Step
from tests.ui.conftest import MakeWindow, Visitor
from ui.gallery.plates import Plate, plates
from ui.gallery.render import made_up_face, made_up_slip, show
from ui.gallery.sample import RECEIPT_NUMBER, person
from ui.screens import SCREENS
from ui.widgets.focus_ring import FocusRing
from ui.widgets.images import Mirror, SlipPicture
from ui.widgets.signature_pad import MAX_POINTS, SignaturePad

PLATES = {plate.name: plate for plate in plates(Language.ZH)}
CANARIES = (
    person().name,
    "林小瓯",
    person().address,
    "娄桥",
    "13800000000",
    "2341",
    RECEIPT_NUMBER,
    RECEIPT_NUMBER[-6:],
    "246810",
)


def plate(name: str) -> Plate:
    return PLATES[name]


def all_texts(window: QWidget) -> str:
    """Every word any widget holds: shown, named, described, selected, or to be brought back by undo."""
    words: list[str] = []
    for widget in window.findChildren(QWidget):
        words += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.windowTitle()]
        if isinstance(widget, QLabel | QAbstractButton):
            words.append(widget.text())
        if isinstance(widget, QLineEdit):
            words.append(widget.text())
            widget.setReadOnly(False)
            widget.undo()
            words += [widget.text(), widget.selectedText(), widget.placeholderText()]
    return "\n".join(words).replace("\u200b", "").replace(" ", "")


def test_every_step_has_a_screen_and_a_plate() -> None:
    assert set(SCREENS) == set(Step)
    assert {p.screen.chrome.step for p in PLATES.values()} == set(Step)


@pytest.mark.parametrize("name", ["staff", "form", "form-problems", "review", "slip-stored", "slip-paper-out"])
def test_after_a_wipe_no_widget_holds_anything_of_the_resident(subject: Visitor, name: str) -> None:
    show(subject.window, plate(name))
    planted = [canary for canary in CANARIES if canary.replace(" ", "") in all_texts(subject.window)]
    assert planted, "the test must be able to fail"
    subject.window.wipe()
    held = [canary for canary in CANARIES if canary in all_texts(subject.window)]
    assert held == []
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert [canary for canary in CANARIES if canary in all_texts(subject.window)] == []


def test_a_wipe_clears_the_clipboard(subject: Visitor) -> None:
    show(subject.window, plate("form"))
    QApplication.clipboard().setText(person().address)
    subject.window.wipe()
    assert QApplication.clipboard().text() == ""


def test_a_wipe_forgets_signature_camera_picture_and_slip(subject: Visitor) -> None:
    for name, kind in (("sign", SignaturePad), ("face", Mirror), ("slip-paper-out", SlipPicture)):
        show(subject.window, plate(name))
        widget = subject.window.findChild(kind)
        assert not widget.is_empty
        subject.window.wipe()
        assert widget.is_empty


def test_a_wipe_tells_no_event(subject: Visitor) -> None:
    for name in ("form", "staff", "sign"):
        show(subject.window, plate(name))
        subject.window.wipe()
    assert subject.events == []


def test_a_wipe_in_the_middle_of_a_touch_is_safe(subject: Visitor) -> None:
    show(subject.window, plate("form"))

    def leave(_event: object) -> None:
        subject.window.wipe()
        subject.window.show_screen(plate("farewell").screen)

    subject.window.happened.connect(leave)
    subject.touch("quit")
    assert subject.find("done")


def test_a_closed_window_holds_nothing(subject: Visitor) -> None:
    show(subject.window, plate("review"))
    subject.window.close()
    assert [canary for canary in CANARIES if canary in all_texts(subject.window)] == []


def test_the_same_step_is_updated_in_place(subject: Visitor) -> None:
    show(subject.window, plate("card"))
    before = subject.find("screen:card")
    subject.window.show_screen(plate("card-failed").screen)
    assert subject.find("screen:card") is before
    assert subject.find("try_again")
    subject.window.show_screen(plate("card").screen)
    assert not subject.sees("try_again")


def test_another_language_is_a_fresh_screen(subject: Visitor) -> None:
    show(subject.window, plate("home"))
    english = next(p for p in plates(Language.EN) if p.name == "home")
    subject.window.show_screen(english.screen)
    assert "Residence permit" in all_texts(subject.window).replace("Residencepermit", "Residence permit")
    QTest.qWait(20)
    assert "居住证申领" not in all_texts(subject.window)


def test_the_idle_warning_comes_and_goes_without_touching_what_was_written(subject: Visitor) -> None:
    show(subject.window, plate("form"))
    phone = subject.find("field:phone")
    assert isinstance(phone, QLineEdit)
    phone.setFocus()
    QTest.keyClicks(phone, "138")
    chrome = plate("form").screen.chrome
    subject.window.show_screen(replace(plate("form").screen, chrome=replace(chrome, idle_warning=True)))
    assert subject.find("stay_here")
    subject.window.show_screen(plate("form").screen)
    assert not subject.sees("stay_here")
    assert subject.find("field:phone") is phone
    assert phone.text() == "138"


def test_the_preview_is_a_mirror(subject: Visitor) -> None:
    show(subject.window, plate("face"))
    image = QImage(4, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    image.setPixelColor(0, 0, QColor("red"))
    subject.window.show_preview(image)
    mirror = subject.window.findChild(Mirror)
    assert mirror is not None
    assert mirror.pixel_at(3, 0) == QColor("red")
    assert mirror.pixel_at(0, 0) == QColor("white")


@pytest.mark.parametrize(
    ("asks", "words"),
    [
        (FaceAsks("blink", 0, 3), "请眨眨眼"),
        (FaceAsks("open_mouth", 2, 3), "请张开嘴"),
        (FaceAsks("", 1, 3, "hold_still"), "请保持不动"),
        (FaceAsks("", 3, 3), "正在比对"),
        (FaceAsks("turn_right", 1, 3, "many_faces"), "不止一个人"),
    ],
)
def test_the_face_screen_asks_for_one_movement_at_a_time(subject: Visitor, asks: FaceAsks, words: str) -> None:
    show(subject.window, replace(plate("face"), asks=None))
    subject.window.show_face_request(asks)
    assert words in all_texts(subject.window)


def test_pictures_for_other_screens_are_not_kept(subject: Visitor) -> None:
    show(subject.window, plate("home"))
    subject.window.show_preview(made_up_face())
    subject.window.show_slip_picture(made_up_slip())
    subject.window.show_face_request(FaceAsks("blink", 0, 3))
    assert subject.window.findChild(Mirror) is None
    show(subject.window, plate("face-failed"))
    subject.window.show_preview(made_up_face())
    mirror = subject.window.findChild(Mirror)
    assert mirror is not None
    assert mirror.is_empty


def test_delivered_and_stored_here_differ_in_words_drawing_and_colour(subject: Visitor) -> None:
    seen = {}
    for name in ("slip-delivered", "slip-stored"):
        show(subject.window, plate(name))
        panel = next(
            w for w in subject.window.findChildren(QWidget) if w.property("ground") in ("delivered", "waiting") and w.isVisible()
        )
        seen[name] = (all_texts(subject.window), panel.property("ground"), panel.grab().toImage())
    assert "已送达平台" in seen["slip-delivered"][0]
    assert "已送达平台" not in seen["slip-stored"][0]
    assert "已保存在本机，尚未送达" in seen["slip-stored"][0]
    assert seen["slip-delivered"][1] != seen["slip-stored"][1]
    assert seen["slip-delivered"][2] != seen["slip-stored"][2]


def test_a_signature_is_drawn_by_finger_on_the_square(subject: Visitor) -> None:
    show(subject.window, plate("sign-short"))
    subject.touch("main_action")
    assert subject.events == []
    pad = subject.find("signature_pad")
    start = pad.mapTo(subject.window, QPoint(20, pad.height() // 2))
    subject.swipe(start, start + QPoint(pad.width() - 60, 0), steps=20)
    subject.touch("main_action")
    assert len(subject.events) == 1
    event = subject.events[0]
    assert isinstance(event, SignatureDrawn)
    assert event.signature.is_enough
    xs, ys = zip(*event.signature.strokes[0], strict=True)
    assert min(xs) >= 0
    assert 0.85 * SIDE < max(xs) - min(xs) <= SIDE
    assert all(abs(y - SIDE / 2) < SIDE / 50 for y in ys), "the middle of the pad is the middle of the square"


def test_a_signature_can_be_started_over(subject: Visitor) -> None:
    show(subject.window, plate("sign"))
    subject.touch("signature_clear")
    assert subject.window.findChild(SignaturePad).is_empty
    assert not subject.find("main_action").isEnabled()


def test_the_last_stroke_is_taken_back_and_only_that(subject: Visitor) -> None:
    show(subject.window, plate("sign"))
    pad = subject.find("signature_pad")
    assert isinstance(pad, SignaturePad)
    before = pad.signature().strokes
    subject.touch("signature_undo")
    assert pad.signature().strokes == before[:-1]
    for _ in range(len(before)):
        subject.touch("signature_undo")
    assert pad.is_empty
    assert not subject.find("signature_undo").isEnabled()
    assert not subject.find("main_action").isEnabled()


def test_nothing_of_a_signature_is_left_to_be_undone_after_a_wipe(subject: Visitor) -> None:
    show(subject.window, plate("sign"))
    pad = subject.find("signature_pad")
    assert isinstance(pad, SignaturePad)
    held = list(pad._strokes)
    assert all(held)
    subject.window.wipe()
    pad.undo()
    assert pad.signature().strokes == ()
    assert not any(held), "the strokes themselves are emptied"


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1920, 1080), (1080, 1150)])
def test_the_pad_takes_the_height_there_is_and_nothing_is_below_the_page(
    make_window: MakeWindow, width: int, height: int
) -> None:
    window = make_window()
    window.resize(width, height)
    show(window, plate("sign"))
    pad = window.findChild(QWidget, "signature_pad")
    clear = window.findChild(QWidget, "signature_clear")
    assert pad is not None
    assert clear is not None
    assert pad.height() >= window.metrics.px(60)
    assert not clear.visibleRegion().isEmpty()


def test_a_signature_without_end_is_bounded(subject: Visitor) -> None:
    show(subject.window, plate("sign-short"))
    pad = subject.window.findChild(SignaturePad)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    for number in range(MAX_POINTS + 500):
        QTest.mouseMove(pad, QPoint(number % pad.width(), (number * 7) % pad.height()), 0)
    assert sum(len(stroke) for stroke in pad.signature().strokes) <= MAX_POINTS


def test_there_are_no_context_menus(subject: Visitor) -> None:
    show(subject.window, plate("form"))
    for widget in [subject.window, *subject.window.findChildren(QWidget)]:
        QApplication.sendEvent(widget, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(3, 3), QPoint(3, 3)))
    assert [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()] == []


def test_every_control_can_be_reached_and_pressed_by_keys(subject: Visitor) -> None:
    for name in ("home", "guide", "consent", "route", "staff", "form", "sign", "slip-paper-out", "rating", "farewell", "idle"):
        show(subject.window, plate(name))
        wanted = {
            w.objectName()
            for w in (*subject.window.findChildren(QAbstractButton), *subject.window.findChildren(QLineEdit))
            if w.isVisible() and w.isEnabled()
        }
        reached = set()
        for _ in range(len(wanted) + 6):
            QTest.keyClick(subject.window, Qt.Key.Key_Tab)
            focused = QApplication.focusWidget()
            assert focused is not None
            reached.add(focused.objectName())
        assert wanted <= reached, name


def test_keys_show_a_focus_ring_and_enter_presses(subject: Visitor) -> None:
    show(subject.window, plate("guide"))
    ring = subject.window.findChild(FocusRing)
    assert not ring.isVisible()
    for _ in range(20):
        QTest.keyClick(subject.window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused.objectName() == "main_action":
            break
    assert ring.isVisible()
    middle = focused.mapTo(subject.window, focused.rect().center())
    assert (ring.geometry().center() - middle).manhattanLength() <= 2
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert len(subject.events) == 1


def test_a_card_that_lies_there_is_asked_for_instead_of_a_goodbye(subject: Visitor) -> None:
    show(subject.window, plate("farewell-card"))
    assert "请取走身份证" in all_texts(subject.window)
    assert not subject.sees("done")
    subject.window.show_screen(plate("farewell").screen)
    assert "请带好身份证和凭条" in all_texts(subject.window)
    assert subject.find("done")


def test_a_card_that_has_done_its_work_is_asked_for_beside_the_form(subject: Visitor) -> None:
    lying, taken = plate("form-take-card"), plate("form-senior")
    show(subject.window, lying)
    phone = subject.find("field:phone")
    assert isinstance(phone, QLineEdit)
    phone.setFocus()
    QTest.keyClicks(phone, "138")
    assert subject.sees("card_notice")
    subject.window.show_screen(taken.screen)
    assert not subject.sees("card_notice")
    assert subject.find("field:phone") is phone
    assert (phone.text(), phone.hasFocus()) == ("138", True)


def test_a_long_visit_is_asked_about_in_other_words(subject: Visitor) -> None:
    show(subject.window, plate("long-warning"))
    assert "还需要一些时间吗" in all_texts(subject.window)
    subject.touch("stay_here")
    assert subject.events == [StayHere()]
