"""A page under the document camera: seen live, taken by itself, looked at, and gone when nobody wants it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from drivers.camera.page_types import CaptureTrouble, PageLook
from drivers.overwritten import overwritten_picture
from kiosk.domain.language import Language
from kiosk.domain.papers import PageSight, ScannedPage
from kiosk.flow.gathering_events import PageKept, PageRetaken, PaperPutDown
from kiosk.flow.paper_views import PapersView
from kiosk.flow.views import Screen
from kiosk.services.papers import sight_of
from kiosk.workers.preview import to_qimage
from tests.ui.conftest import Visitor
from ui.gallery.pages import on_the_desk, page_jpeg
from ui.gallery.plates import Plate, plates
from ui.gallery.render import show
from ui.widgets.page_view import PageView, read_page
from ui.widgets.words import Words

PLATES = {plate.name: plate for plate in plates(Language.ZH)}


def plate(name: str) -> Plate:
    return PLATES[name]


def view_of(visitor: Visitor) -> PageView:
    found = visitor.find("page_view")
    assert isinstance(found, PageView)
    return found


def test_the_live_picture_is_shown_with_what_to_do(subject: Visitor) -> None:
    show(subject.window, replace(plate("papers-scan"), extra=plate("form").extra))
    assert view_of(subject).is_empty
    for side, hint, words in ((0.4, "closer", "靠近"), (0.8, "moving", "别动"), (0.8, "too_dark", "太暗")):
        subject.window.show_page(*on_the_desk(side, hint))
        assert not view_of(subject).is_empty
        assert words in view_of(subject).accessibleDescription()
        assert any(words in label.text() for label in subject.window.findChildren(Words) if label.isVisible())


def test_the_outline_is_painted_where_the_page_is(subject: Visitor) -> None:
    show(subject.window, replace(plate("papers-scan"), extra=plate("form").extra))
    picture = QImage(640, 480, QImage.Format.Format_RGB888)
    picture.fill(0)
    plain, outlined = picture.copy(), picture.copy()
    view = view_of(subject)
    subject.window.show_page(plain, PageSight((), "no_page"))
    before = view.grab().toImage()
    subject.window.show_page(outlined, PageSight(((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)), "moving"))
    after = view.grab().toImage()
    shown = min(view.width() / 640, view.height() / 480)
    x, y = round(view.width() / 2 - 160 * shown), view.height() // 2
    assert before.pixelColor(x, y) != after.pixelColor(x, y)
    assert before.pixelColor(view.width() // 2, y) == after.pixelColor(view.width() // 2, y)


def test_a_page_that_was_taken_is_kept_taken_again_or_given_up(subject: Visitor) -> None:
    show(subject.window, plate("papers-taken"))
    assert not view_of(subject).is_empty
    subject.touch("main_action")
    subject.touch("page_again")
    subject.touch("paper_down")
    assert subject.events == [PageKept(), PageRetaken(), PaperPutDown()]


@pytest.mark.parametrize("name", ["papers-scan", "papers-taken"])
def test_nothing_of_it_is_left_after_a_wipe(subject: Visitor, name: str) -> None:
    show(subject.window, plate(name))
    view = view_of(subject)
    assert not view.is_empty
    subject.window.wipe()
    assert view.is_empty


def test_the_live_picture_goes_when_the_page_is_taken(subject: Visitor) -> None:
    show(subject.window, plate("papers-scan"))
    live = view_of(subject)
    subject.window.show_screen(plate("papers-taken").screen)
    QTest.qWait(20)
    assert live.is_empty
    subject.window.show_page(*on_the_desk(0.8, "moving"))
    assert not view_of(subject).is_empty, "a late picture is nothing to the page that was taken"


def test_a_picture_on_another_screen_is_dropped(subject: Visitor) -> None:
    show(subject.window, plate("form"))
    subject.window.show_page(*on_the_desk(0.8, "moving"))
    assert not subject.sees("page_view")


def test_an_overwritten_page_shows_nothing(subject: Visitor) -> None:
    page = ScannedPage("paper", bytearray(page_jpeg()))
    assert not read_page(page).isNull()
    page.forget()
    assert read_page(page).isNull()


def test_a_large_page_does_not_hold_up_the_screen(subject: Visitor) -> None:
    large = QImage(2480, 3508, QImage.Format.Format_RGB888)
    large.fill(0xFFFFFF)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert large.save(buffer, "JPG", 90)  # type: ignore[call-overload]
    page = ScannedPage("paper", bytearray(buffer.data().data()))
    took = []
    for _ in range(5):
        began = time.perf_counter()
        image = read_page(page)
        took.append(time.perf_counter() - began)
    assert max(image.width(), image.height()) == 1600
    assert min(took) < 0.05


def test_what_is_said_follows_from_what_the_camera_sees() -> None:
    picture = overwritten_picture((4, 4, 3))
    corners = ((0.1, 0.1), (0.2, 0.1), (0.2, 0.2), (0.1, 0.2))
    said = [
        sight_of(PageLook(picture, corners, trouble, is_small=is_small)).hint
        for trouble, is_small in (
            (CaptureTrouble.TOO_BLURRED, True),
            (CaptureTrouble.TOO_BLURRED, False),
            (CaptureTrouble.TOO_DARK, True),
            (None, False),
        )
    ]
    assert said == ["closer", "too_blurred", "too_dark", "taken"]
    assert to_qimage(picture).width() == 4


def test_the_pages_picture_is_not_in_the_repr_of_what_is_shown() -> None:
    screen: Screen = plate("papers-taken").screen
    assert isinstance(screen.model, PapersView)
    assert "bytearray" not in repr(screen.model)


def test_fifteen_pictures_a_second_leave_the_screen_free(subject: Visitor) -> None:
    show(subject.window, plate("papers-scan"))
    took = []
    for number in range(15):
        picture = overwritten_picture((480, 640, 3))
        look = PageLook(picture, ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)), CaptureTrouble.MOVING, is_small=False)
        picture[:] = number
        began = time.perf_counter()
        subject.window.show_page(to_qimage(look.picture), sight_of(look))
        view_of(subject).repaint()
        took.append(time.perf_counter() - began)
    assert sorted(took)[7] < 0.05
