"""How face and surround answer the colours of the screen, on drawn faces whose parts are lit as they shall be."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from drivers.face.light_watch import LightMeasures, LightWatch
from drivers.face.screen_light import Light, LightShow, linear, random_colours
from drivers.face.skin import FaceColours, read_colours
from drivers.face.types import FaceBox
from drivers.types import Image
from tests.helpers.vision import measurement
from tests.unit.drivers.face.test_landmarks import drawn_face

BOX = FaceBox(220, 130, 420, 330)
POINTS = np.asarray(drawn_face() * 2.0 + np.array([320.0, 200.0]))
POINTS[17:27] = [(240.0 + 18.0 * number, 180.0) for number in range(10)]
HEAD = {"skin": 0.30, "edge": 0.20, "room": 0.02}
PAPER = {"skin": 0.30, "edge": 0.30, "room": 0.30}


def _picture(light: np.ndarray, gains: dict[str, float], albedo: float, source: np.random.Generator) -> Image:
    """A face before a wall; its edge is a band along the jaw."""
    zones = np.full((480, 640), gains["room"])
    outline = cv2.convexHull(POINTS[:27].astype(np.float32)).astype(np.int32)
    mask = np.zeros((480, 640), np.uint8)
    cv2.fillPoly(mask, [outline], 255)
    inner = cv2.erode(mask, np.ones((41, 41), np.uint8))
    zones[mask > 0], zones[inner > 0] = gains["edge"], gains["skin"]
    shine = albedo * (1.0 + zones[..., None] * light[::-1])
    value = 255.0 * np.clip(shine, 0.0, 1.0) ** (1 / 2.2)
    return np.clip(value + source.normal(0.0, 1.5, value.shape), 0, 255).astype(np.uint8)


def _watch(gains: dict[str, float], albedo: float = 0.3, seed: int = 2) -> tuple[LightWatch, tuple[Light, ...]]:
    show, subject, source = LightShow(random_colours(6, random.Random(seed))), LightWatch(), np.random.default_rng(seed)
    seen = measurement(box=BOX)
    object.__setattr__(seen, "points", POINTS)
    now_s = 10.0
    while not show.is_over:
        show.at(now_s)
        shown = next((one.rgb for one in reversed(show.lights()) if one.from_s <= now_s - 0.08), None)
        light = linear(np.array(shown, np.float64)) if shown is not None else np.zeros(3)
        subject.see(_picture(light, gains, albedo, source), seen, now_s)
        now_s += 1 / 15
    return subject, show.lights()


def test_a_head_answers_in_step_and_its_edge_less() -> None:
    subject, lights = _watch(HEAD)
    cues = subject.cues(lights)
    assert set(cues) == {"light", "relief", "patch"}
    assert min(cues.values()) > 0.5
    found = subject.measured(lights)
    assert found is not None
    assert found.gains["surround"][0] < 0.3 * found.gain


def test_a_print_answers_in_step_and_is_lit_as_a_plane() -> None:
    subject, lights = _watch(PAPER)
    cues = subject.cues(lights)
    assert cues["light"] > 0.5
    assert cues["relief"] < 0.1


def test_what_shines_by_itself_answers_nothing() -> None:
    subject, lights = _watch({"skin": 0.0, "edge": 0.0, "room": 0.0})
    cues = subject.cues(lights)
    assert cues["light"] < 0.2
    assert "relief" not in cues


def test_skin_too_bright_for_the_camera_is_not_measurable_and_nobody_is_refused_for_it() -> None:
    subject, lights = _watch(HEAD, albedo=1.2)
    assert subject.is_too_bright
    assert subject.cues(lights) == {}


def test_fewer_than_four_colours_or_none_say_nothing() -> None:
    subject, lights = _watch(HEAD)
    assert subject.cues(lights[:3]) == {}
    assert subject.cues(()) == {}
    subject.forget()
    assert subject.cues(lights) == {}


def test_a_part_that_answers_as_another_material_is_told_by_the_chin() -> None:
    gains = {"centre": (0.3, 0.01), "chin": (0.01, 0.01), "sides": (0.2, 0.01)}
    found = LightMeasures(0.95, 1.0, 0.1, 0.3, gains)
    assert found.chin is not None
    assert found.chin < -1.0
    assert found.relief == pytest.approx(np.log(1.5))
    assert LightMeasures(0.95, 1.0, 0.1, 0.3, {"centre": (0.01, 0.01)}).chin is None


def test_a_face_out_of_the_picture_is_not_read() -> None:
    picture = np.full((480, 640, 3), 100, np.uint8)
    assert isinstance(read_colours(picture, BOX, POINTS), FaceColours)
    away = np.array([2000.0, 0.0])
    assert read_colours(picture, FaceBox(2220, 130, 2420, 330), POINTS + away) is None
