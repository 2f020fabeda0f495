"""Boxes, and values that show nothing of a person."""

from __future__ import annotations

import pytest

from drivers.face.types import Comparison, FaceBox
from tests.helpers.vision import measurement


def test_overlap_is_shared_by_joint_area() -> None:
    assert FaceBox(0, 0, 10, 10).overlap(FaceBox(0, 0, 10, 10)) == 1.0
    assert FaceBox(0, 0, 10, 10).overlap(FaceBox(5, 0, 15, 10)) == pytest.approx(50 / 150)
    assert FaceBox(0, 0, 10, 10).overlap(FaceBox(10, 10, 20, 20)) == 0.0


def test_an_empty_box_overlaps_nothing() -> None:
    assert FaceBox(5, 5, 5, 5).overlap(FaceBox(5, 5, 5, 5)) == 0.0


def test_a_box_follows_its_picture() -> None:
    assert FaceBox(-3, 10, 20, 31).scaled(2.0) == FaceBox(-6, 20, 40, 62)


def test_numbers_of_a_face_are_not_shown() -> None:
    shown = repr(Comparison(0.123456, 0.6, match=True, engine="e", elapsed_ms=1.0)) + repr(measurement(eyes=0.98765))
    assert "0.123456" not in shown
    assert "0.98765" not in shown
