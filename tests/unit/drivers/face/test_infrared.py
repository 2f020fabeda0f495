"""The infrared camera beside the visible one: what must be in its picture, and when it says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.face.infrared import InfraredWatch
from drivers.face.types import FaceBox, FaceMeasurement
from drivers.types import Deadline, Frame, Image
from tests.helpers.vision import measurement
from tests.unit.drivers.face.test_session import FakeEngine

BOX = FaceBox(200, 100, 400, 300)


class _Source:
    """Gives the frames lined up, newest first come."""

    def __init__(self, brightness: int = 120, late_s: float = 0.0) -> None:
        self.now_s, self.brightness, self.late_s, self.asked = 0.0, brightness, late_s, 0

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        assert deadline.is_over, "it never waits"
        self.asked += 1
        return Frame(np.full((240, 320), self.brightness, np.uint8), self.now_s + self.late_s, self.asked)


class _Engine(FakeEngine):
    def measure(self, image: Image) -> FaceMeasurement | None:
        assert image.shape == (240, 320, 3)
        return self.seen


def _share(source: _Source, seen: FaceMeasurement | None, pictures: int = 30) -> float | None:
    engine = _Engine()
    engine.seen = seen
    subject = InfraredWatch(engine, source)
    for number in range(pictures):
        source.now_s = number / 15
        subject.see(Frame(np.zeros((480, 640, 3), np.uint8), source.now_s, number), BOX)
    share = subject.share()
    subject.forget()
    assert subject.share() is None
    return share


def test_a_lit_face_at_the_same_place_is_found() -> None:
    source = _Source()
    assert _share(source, measurement(box=BOX.scaled(0.5))) == 1.0
    assert source.asked < 10, "a face is looked for four times a second at most"


@pytest.mark.parametrize(
    ("seen", "brightness"),
    [(None, 120), (measurement(box=FaceBox(0, 0, 60, 60)), 120), (measurement(box=BOX.scaled(0.5)), 10)],
)
def test_no_face_a_face_elsewhere_or_a_dark_one_is_none(seen: FaceMeasurement | None, brightness: int) -> None:
    assert _share(_Source(brightness), seen) == 0.0


def test_pictures_of_another_moment_or_too_few_say_nothing() -> None:
    face = measurement(box=BOX.scaled(0.5))
    assert _share(_Source(late_s=0.5), face) is None
    assert _share(_Source(), face, pictures=5) is None
