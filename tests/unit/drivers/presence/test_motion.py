"""Somebody moves, or nobody does: on the simulated person, on noise, and on what light and lens can do."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from drivers.camera.animation import PortraitAnimation
from drivers.camera.simulator import PortraitCamera
from drivers.presence.motion import MotionSensor, has_moved, mosaic_of
from drivers.types import Deadline, Frame, Image
from tests.helpers.vision import animation

HALF_S = 0.5


def at(person: PortraitAnimation, now_s: float, absence: float = 0.0) -> Image:
    return person.render(now_s, {}, absence)


def answers(absence: float, seconds: float) -> list[bool | None]:
    mosaics = [mosaic_of(at(animation(), 100.0 + n * HALF_S, absence)) for n in range(round(seconds / HALF_S) + 1)]
    return [has_moved(before, now) for before, now in pairwise(mosaics)]


def test_a_person_who_merely_stands_there_is_seen_well_within_ten_seconds() -> None:
    seen = answers(absence=0.0, seconds=60.0)
    assert None not in seen
    longest = max(len(run) for run in "".join("1" if one else "0" for one in seen).split("1"))
    assert longest * HALF_S < 5.0


def test_an_empty_place_is_seen_to_be_empty() -> None:
    assert answers(absence=1.0, seconds=30.0) == [False] * 60


def _noise(level: float, spread: float, seed: int) -> Image:
    return np.clip(np.random.default_rng(seed).normal(level, spread, (480, 640, 3)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("spread", [2.0, 12.0, 25.0])
def test_noise_is_nobody(spread: float) -> None:
    mosaics = [mosaic_of(_noise(90.0, spread, seed)) for seed in range(20)]
    assert not any(has_moved(before, now) for before, now in pairwise(mosaics))


def test_a_lamp_that_flickers_is_nobody() -> None:
    place = at(animation(), 100.0, absence=1.0)
    darker = (place * 0.8).astype(np.uint8)
    assert not has_moved(mosaic_of(place), mosaic_of(darker))


def test_in_the_dark_nothing_is_claimed() -> None:
    assert has_moved(mosaic_of(_noise(4.0, 2.0, 1)), mosaic_of(_noise(4.0, 2.0, 2))) is None
    lit = mosaic_of(at(animation(), 100.0))
    assert has_moved(lit, mosaic_of(np.zeros((480, 640, 3), np.uint8))) is None


class Scripted:
    """A camera that hands out these pictures."""

    def __init__(self, pictures: list[Image]) -> None:
        self._pictures = pictures
        self.told: list[str] = []
        self._sequence = 0

    def start(self) -> None:
        self.told.append("start")

    def pace(self, pictures_per_s: float) -> None:
        self.told.append(f"pace {pictures_per_s:g}")

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        assert (than.sequence if than else 0) == self._sequence
        if not self._pictures:
            return None
        self._sequence += 1
        return Frame(self._pictures.pop(0), float(self._sequence), self._sequence)

    def stop(self) -> None:
        self.told.append("stop")


def test_nothing_that_was_seen_is_kept() -> None:
    camera = Scripted([at(animation(), 100.0 + n) for n in range(3)])
    subject = MotionSensor(camera)
    subject.start()
    assert subject.look(Deadline(1.0)) is None, "one picture alone tells nothing"
    first = subject._before
    assert subject.look(Deadline(1.0)) is True
    assert first is not None
    assert not first.any()
    second = subject._before
    assert subject._last is not None
    assert subject._last.image.size == 1
    subject.stop()
    assert second is not None
    assert not second.any()
    assert (subject._before, subject._last) == (None, None)
    assert camera.told == ["pace 2", "start", "stop", "pace 0"]


def test_a_lost_camera_claims_nothing() -> None:
    subject = MotionSensor(Scripted([]))
    subject.start()
    assert subject.look(Deadline(0.1)) is None


def test_the_simulated_camera_sees_the_person_and_that_they_leave() -> None:
    camera = PortraitCamera()
    subject = MotionSensor(camera)
    subject.start()
    try:
        seen = [subject.look(Deadline(30.0)) for _ in range(8)]
        assert True in seen
        camera.leave()
        assert Deadline(1.5).sleep(1.5) is None
        seen = [subject.look(Deadline(5.0)) for _ in range(4)]
        assert seen[1:] == [False] * 3
    finally:
        subject.stop()
