"""The page is taken when it lies still and can be read; otherwise the last reason is told, in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from drivers.camera.desk_scene import DeskScene, draw
from drivers.camera.document import Steadiness, capture_document
from drivers.camera.page_types import CaptureTrouble, DocumentCapture, NotCaptured, Page, PageLook, PageShape
from drivers.camera.simulator import PortraitCamera
from drivers.overwritten import overwritten_copy
from drivers.types import Deadline, Frame, Image

SIZE = (1280, 720)
LYING = DeskScene(page_of_frame=0.8, rotation_degrees=4.0)
FRAMES_PER_S = 30.0


class Scenes:
    """A camera that shows the pictures in turn, the last one for ever, each with fresh noise; fast, in time of its own."""

    def __init__(self, pictures: Sequence[Image]) -> None:
        self._pictures = list(pictures)
        self._shown = 0
        self._random = np.random.default_rng(1)

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        deadline.sleep(0.005)
        picture = overwritten_copy(self._pictures[min(self._shown, len(self._pictures) - 1)])
        picture[:4] = self._random.integers(0, 255, picture[:4].shape)
        self._shown += 1
        return Frame(picture, self._shown / FRAMES_PER_S, self._shown)


class Nothing:
    """A camera that is stopped."""

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        return None


def _drawn(*scenes: DeskScene) -> list[Image]:
    return [draw(scene, SIZE)[0] for scene in scenes]


def test_a_page_that_lies_still_is_taken_straight_and_sharp() -> None:
    captured = capture_document(Scenes(_drawn(LYING)), Deadline(60), PageShape.A4)
    assert isinstance(captured, DocumentCapture)
    assert captured.image.shape[1] / captured.image.shape[0] == pytest.approx(210 / 297, rel=0.01)
    assert captured.quality.sharpness > 0.5
    assert np.abs(captured.corners - draw(LYING, SIZE)[1]).max() < 2.0


def test_what_the_camera_sees_is_shown_fifteen_times_a_second_with_the_outline() -> None:
    looks: list[PageLook] = []
    captured = capture_document(Scenes(_drawn(LYING)), Deadline(60), PageShape.A4, looks.append)
    assert isinstance(captured, DocumentCapture)
    assert 4 <= len(looks) <= 8  # a little more than 0.3 s, at 30 frames a second
    assert [look.trouble for look in looks] == [CaptureTrouble.MOVING] * (len(looks) - 1) + [None]
    corners = np.array(looks[-1].corners) * SIZE
    assert np.abs(corners - draw(LYING, SIZE)[1]).max() < 2.0
    assert looks[-1].picture.shape == (360, 640, 3)
    assert not looks[-1].is_small


@pytest.mark.parametrize(
    ("scene", "trouble", "is_small"),
    [
        (DeskScene(has_page=False), CaptureTrouble.NO_PAGE, False),
        (DeskScene(light=0.2), CaptureTrouble.TOO_DARK, False),
        (DeskScene(page_of_frame=0.45, blur_px=4.0), CaptureTrouble.TOO_BLURRED, True),
    ],
)
def test_what_stands_in_the_way_is_told_while_it_does(scene: DeskScene, trouble: CaptureTrouble, is_small: bool) -> None:
    looks: list[PageLook] = []
    deadline = Deadline(60)

    def see(look: PageLook) -> None:
        looks.append(look)
        if look.trouble is trouble:
            deadline.cancel()

    assert capture_document(Scenes(_drawn(scene)), deadline, PageShape.A4, see) == NotCaptured(CaptureTrouble.CANCELLED)
    assert (looks[-1].trouble, looks[-1].is_small) == (trouble, is_small)
    assert bool(looks[-1].corners) == scene.has_page


def test_the_picture_is_not_in_the_repr_and_is_its_own_copy() -> None:
    looks: list[PageLook] = []
    scenes = Scenes(_drawn(LYING))
    capture_document(scenes, Deadline(60), PageShape.A4, looks.append)
    assert "array" not in repr(looks[0])
    looks[0].picture.fill(0)
    assert scenes._pictures[0].any()


def test_the_picture_is_taken_only_when_the_page_has_come_to_rest() -> None:
    moving = [replace(LYING, shift_of_frame=(0.25 - 0.03 * step, 0.0)) for step in range(9)]
    captured = capture_document(Scenes(_drawn(*moving, LYING)), Deadline(60))
    assert isinstance(captured, DocumentCapture)
    assert np.abs(captured.corners - draw(LYING, SIZE)[1]).max() < 2.0


@pytest.mark.parametrize(
    ("scene", "trouble"),
    [
        (DeskScene(has_page=False), CaptureTrouble.NO_PAGE),
        (replace(LYING, shift_of_frame=(0.0, 0.3)), CaptureTrouble.PAGE_CUT_OFF),
        (replace(LYING, blur_px=5.0), CaptureTrouble.TOO_BLURRED),
        (replace(LYING, light=0.22), CaptureTrouble.TOO_DARK),
        (replace(LYING, glare_of_page=0.3), CaptureTrouble.GLARE),
    ],
)
def test_what_stands_in_the_way_is_told(scene: DeskScene, trouble: CaptureTrouble) -> None:
    assert capture_document(Scenes(_drawn(scene)), Deadline(1.5)) == NotCaptured(trouble)


def test_a_page_that_never_rests_is_moving() -> None:
    places = _drawn(*(replace(LYING, shift_of_frame=(0.03 * (step % 2), 0.0)) for step in range(2)))
    assert capture_document(Scenes(places * 500), Deadline(1.0)) == NotCaptured(CaptureTrouble.MOVING)


def test_focus_found_late_is_taken_then() -> None:
    captured = capture_document(Scenes(_drawn(*[replace(LYING, blur_px=5.0)] * 14, LYING)), Deadline(60))
    assert isinstance(captured, DocumentCapture)
    assert captured.quality.sharpness > 0.5


def test_without_a_camera_it_says_so_in_time() -> None:
    began_s = time.monotonic()
    assert capture_document(Nothing(), Deadline(0.4)) == NotCaptured(CaptureTrouble.NO_CAMERA)
    assert 0.35 < time.monotonic() - began_s < 10


def test_a_camera_that_falls_silent_is_no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.camera.document._SILENCE_S", 0.2)

    class Ends(Scenes):
        def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
            return super().wait_newer(than, deadline) if self._shown < 3 else None

    began_s = time.monotonic()
    assert capture_document(Ends(_drawn(DeskScene(has_page=False))), Deadline(60)) == NotCaptured(CaptureTrouble.NO_CAMERA)
    assert time.monotonic() - began_s < 30


def test_cancelling_ends_it_at_once() -> None:
    deadline = Deadline(60)
    late = threading.Timer(0.2, deadline.cancel)
    late.start()
    began_s = time.monotonic()
    assert capture_document(Scenes(_drawn(DeskScene(has_page=False))), deadline) == NotCaptured(CaptureTrouble.CANCELLED)
    assert time.monotonic() - began_s < 30
    late.join()


def test_it_never_starts_work_that_it_cannot_end_in_time() -> None:
    """The deadline is obeyed by leaving the last frame alone; the least of several runs, because the machine may be busy."""
    pictures = _drawn(replace(LYING, blur_px=5.0))
    late_by_s = []
    for seconds in (0.5, 0.7, 0.9):
        began_s = time.monotonic()
        outcome = capture_document(Scenes(pictures), Deadline(seconds))
        # A busy machine may not show enough frames in that time to tell that the page lies still.
        assert outcome in (NotCaptured(CaptureTrouble.TOO_BLURRED), NotCaptured(CaptureTrouble.MOVING))
        late_by_s.append(time.monotonic() - began_s - seconds)
    assert 0.0 <= min(late_by_s) < 0.05


def test_a_capture_shows_nothing_in_its_repr_and_can_be_forgotten() -> None:
    captured = capture_document(Scenes(_drawn(LYING)), Deadline(60))
    assert isinstance(captured, DocumentCapture)
    assert "image" not in repr(captured)
    assert "corners" not in repr(captured)
    image = captured.image
    captured.forget()
    assert image.max() == 0


@pytest.fixture
def desk() -> Iterator[PortraitCamera]:
    camera = PortraitCamera((1280, 720), scene="document")
    camera.start()
    yield camera
    camera.stop()


def test_the_simulated_document_camera_is_captured(desk: PortraitCamera) -> None:
    assert isinstance(capture_document(desk, Deadline(60)), DocumentCapture)


def _page(x: float) -> Page:
    return Page(np.array([[x, 0], [x + 50, 0], [x + 50, 70], [x, 70]], np.float32), is_cut_off=False, support=1.0)


def _frame(number: int) -> Frame:
    return Frame(np.zeros((300, 400, 3), np.uint8), number * 0.1, number)


@pytest.mark.parametrize(
    ("places", "is_still"),
    [
        ([10.0] * 5, True),
        ([10.0] * 4, False),
        ([10.0, 11.0, 10.5, 10.0, 11.0], True),
        ([10.0, 10.0, 10.0, 30.0, 30.0, 30.0], False),
        ([10.0, 10.0, 10.0, None, 10.0, 10.0], False),
    ],
)
def test_still_is_a_page_that_keeps_its_corners(places: list[float | None], is_still: bool) -> None:
    subject = Steadiness(frames=5, seconds=0.3)
    pages: list[Page | None] = [None if place is None else _page(place) for place in places]
    answers = [subject.offer(page, _frame(number)) for number, page in enumerate(pages)]
    assert answers[-1] is is_still


def test_still_frames_that_come_too_fast_are_not_yet_still() -> None:
    subject = Steadiness(frames=3, seconds=10.0)
    assert not any(subject.offer(_page(1.0), _frame(number)) for number in range(20))
