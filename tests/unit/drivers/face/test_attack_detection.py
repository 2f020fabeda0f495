"""Fusion of cues, and each passive cue on synthetic input."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.face.attack_detection import THRESHOLD, AttackDetector, fused, weakest
from drivers.face.edges import EdgeWatch
from drivers.face.flatness import FlatnessWatch
from drivers.face.grid import GridWatch
from drivers.face.landmarks import Points
from drivers.face.light_watch import graded
from drivers.face.types import FaceBox
from drivers.types import Frame, Image
from tests.helpers.vision import measurement
from tests.unit.drivers.face.test_landmarks import drawn_face

SCORES = st.dictionaries(st.sampled_from(["light", "relief", "moire", "flat"]), st.floats(0.0, 1.0), min_size=1)


@given(SCORES)
def test_one_clear_attack_is_enough_and_clean_cues_make_up_for_nothing(cues: dict[str, float]) -> None:
    score = fused(cues)
    assert 0.0 <= score <= 1.0
    assert weakest(cues) == min(cues, key=lambda name: cues[name])
    if min(cues.values()) >= 0.5:
        assert score == 1.0
    if min(cues.values()) < THRESHOLD / 2:
        assert score < THRESHOLD


def test_without_cues_nothing_is_suspected() -> None:
    assert fused({}) == 1.0
    assert weakest({}) == ""
    judgement = AttackDetector().judge([])
    assert not judgement.is_attack
    assert judgement.cue == ""


@given(st.floats(-1e6, 1e6), st.floats(-10.0, 10.0), st.floats(0.01, 10.0))
def test_a_grade_rises_from_the_attacks_to_the_bona_fide(value: float, attack: float, apart: float) -> None:
    assert 0.0 <= graded(value, attack, attack + apart) <= 1.0
    assert graded(attack, attack, attack + apart) == pytest.approx(0.119, abs=0.01)
    assert graded(attack + apart, attack, attack + apart) == pytest.approx(0.881, abs=0.01)


def _skin(seed: int) -> Image:
    source = np.random.default_rng(seed)
    noise = source.normal(0.0, 3.0, (480, 640, 3))
    y = np.linspace(0.0, 40.0, 480)[:, None, None]
    return np.clip(130 + y + noise, 0, 255).astype(np.uint8)


def _face_in_pixels(scale: float = 2.0) -> Points:
    return np.asarray(drawn_face() * scale + np.array([320.0, 200.0]))


def _peak(amplitude: float, seeds: range = range(12)) -> float:
    subject = GridWatch()
    x, y = np.meshgrid(np.arange(640), np.arange(480))
    for seed in seeds:
        wave = amplitude * np.cos(2 * math.pi * (0.27 * x + 0.11 * y) + seed)
        subject.see(np.clip(_skin(seed) + wave[..., None] * (1.0, 0.2, -0.8), 0, 255).astype(np.uint8), _face_in_pixels())
    peak = subject.peak()
    assert peak is not None
    return peak


def test_a_faint_wave_of_one_frequency_stands_out_of_the_noise_of_skin() -> None:
    assert _peak(0.0) < 3.0
    assert _peak(2.0) > 4.5


def test_blocks_of_eight_pixels_are_jpegs_and_no_grid() -> None:
    subject = GridWatch()
    blocks = 4.0 * (np.arange(640) % 8 == 0)[None, :, None]
    for seed in range(12):
        subject.see(np.clip(_skin(seed) + blocks, 0, 255).astype(np.uint8), _face_in_pixels())
    peak = subject.peak()
    assert peak is not None
    assert peak < 3.0


def test_a_face_too_small_or_at_the_edge_is_not_searched_for_a_grid() -> None:
    subject = GridWatch()
    for points in (_face_in_pixels(0.5), _face_in_pixels() - np.array([310.0, 0.0])):
        for seed in range(6):
            subject.see(_skin(seed), points)
    assert subject.peak() is None


def _depth(turned: Points, *, yaw: float = 0.3) -> float | None:
    subject, source = FlatnessWatch(), np.random.default_rng(1)
    for points, angle in [(_face_in_pixels(), 0.0)] * 12 + [(turned, yaw)] * 5:
        seen = measurement(yaw=angle)
        object.__setattr__(seen, "points", points + source.normal(0.0, 0.4, points.shape))
        subject.see(seen)
    return subject.depth()


def test_a_plane_seen_from_aside_has_no_depth_and_a_head_has() -> None:
    rest = _face_in_pixels()
    corners = np.array([[200, 150], [440, 150], [440, 380], [200, 380]], np.float32)
    aside = np.array([[230, 140], [420, 170], [420, 350], [230, 400]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, aside)
    plane = np.asarray(cv2.perspectiveTransform(rest[None].astype(np.float32), matrix)[0], np.float64)
    head = rest * (0.94, 1.0) + (19.0, 0.0)
    head[27:36, 0] += 14.0
    flat, deep = _depth(plane), _depth(head)
    assert flat is not None
    assert deep is not None
    assert flat < 0.012
    assert deep > 0.03


def test_a_head_that_never_turned_tells_no_depth() -> None:
    assert _depth(_face_in_pixels(), yaw=0.05) is None


def _frame_around(box: FaceBox, *, has_border: bool) -> float | None:
    subject = EdgeWatch()
    picture = np.full((480, 640, 3), 200, np.uint8)
    if has_border:
        cv2.rectangle(picture, (box.left - 70, box.top - 60), (box.right + 70, box.bottom + 60), (20, 20, 20), 12)
    for _ in range(16):
        subject.see(picture, box)
    return subject.frame()


def test_the_border_of_something_held_up_is_seen_on_all_sides() -> None:
    box = FaceBox(240, 150, 400, 310)
    assert _frame_around(box, has_border=True) == 1.0
    assert _frame_around(box, has_border=False) == 0.0


def test_what_was_measured_can_be_forgotten() -> None:
    detector = AttackDetector()
    seen = measurement(box=FaceBox(220, 130, 420, 330))
    object.__setattr__(seen, "points", _face_in_pixels())
    for number in range(20):
        detector.see(Frame(_skin(number), number / 15, number), seen)
    assert set(detector.judge([]).cues) == {"moire", "border"}
    detector.forget()
    assert detector.judge([]).cues == {}
