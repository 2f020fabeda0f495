"""Following is quicker than searching, and never leads to another face."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from drivers.face.following import FULL_EVERY, FollowingEngine, PutOffTemplate, WorkBetween
from drivers.face.types import FaceBox, FaceMeasurement, FaceTrouble, NoUsableFace
from drivers.types import Deadline, Frame, Image
from tests.helpers.vision import SimulatedPerson, animation, measurement, true_engine
from tests.unit.drivers.face.test_session import FakeEngine, FakeTemplate

PICTURE = np.full((480, 640, 3), 80, np.uint8)
HERE, THERE = FaceBox(200, 100, 400, 300), FaceBox(400, 100, 600, 300)


class Engine(FakeEngine):
    """Finds what it is told to; notes how it was asked."""

    def __init__(self, *, others: int = 0) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.others = others
        self.place: FaceBox | None = HERE

    def measure(self, image: Image) -> FaceMeasurement | None:
        self.asked.append("full")
        return measurement(box=self.place, others=self.others) if self.place is not None else None

    def measure_near(self, image: Image, expected: FaceBox) -> FaceMeasurement | None:
        self.asked.append("near")
        return measurement(box=self.place) if self.place is not None and self.place.overlap(expected) > 0.3 else None


def test_the_whole_picture_is_searched_every_few_pictures_only() -> None:
    engine = Engine()
    subject = FollowingEngine(engine)
    for _ in range(2 * FULL_EVERY):
        assert subject.measure(PICTURE) is not None
    assert engine.asked == (["full"] + ["near"] * (FULL_EVERY - 1)) * 2


def test_a_second_face_is_noticed_by_the_next_full_search_and_told_until_the_one_after() -> None:
    engine = Engine()
    subject = FollowingEngine(engine)
    subject.measure(PICTURE)
    engine.others = 1
    told = [seen.other_faces for _ in range(2 * FULL_EVERY - 1) if (seen := subject.measure(PICTURE)) is not None]
    assert told == [0] * (FULL_EVERY - 1) + [1] * FULL_EVERY


def test_a_face_that_is_elsewhere_is_not_followed_but_searched() -> None:
    engine = Engine()
    subject = FollowingEngine(engine)
    subject.measure(PICTURE)
    engine.place = THERE
    seen = subject.measure(PICTURE)
    assert seen is not None
    assert seen.box == THERE
    assert engine.asked == ["full", "near", "full"]


def test_nobody_is_searched_for_in_the_whole_picture() -> None:
    engine = Engine()
    engine.place = None
    subject = FollowingEngine(engine)
    assert [subject.measure(PICTURE) for _ in range(3)] == [None] * 3
    assert engine.asked == ["full"] * 3


def test_an_engine_that_cannot_look_nearby_searches_always() -> None:
    engine = FakeEngine()
    subject = FollowingEngine(engine)
    assert subject.measure(PICTURE) == subject.measure(PICTURE)


def test_templates_are_made_between_two_pictures_one_at_a_time() -> None:
    engine = Engine()
    subject = FollowingEngine(engine)
    for _ in range(2):
        subject.template_at(PICTURE, HERE)
    assert engine.templates == []

    class Camera:
        def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
            return Frame(PICTURE, float(len(engine.templates)), 1)

    camera = WorkBetween(Camera(), subject)
    assert [frame.taken_at_s for _ in range(3) if (frame := camera.wait_newer(None, Deadline(0))) is not None] == [1.0, 2.0, 2.0]


def test_a_template_is_made_at_the_latest_when_it_is_compared() -> None:
    subject = FollowingEngine(Engine())
    one, other = subject.template_at(PICTURE, HERE), FakeTemplate(80)
    assert subject.compare(one, other).match
    assert not one.is_put_off
    subject.work()


def test_the_reference_is_judged_at_once_and_made_with_the_first_face_seen() -> None:
    class Patient(Engine):
        def put_off(self, image: Image) -> Callable[[], FakeTemplate] | NoUsableFace:
            return (lambda: self.template_at(image, HERE)) if image.any() else NoUsableFace(FaceTrouble.NO_FACE)

    engine = Patient()
    subject = FollowingEngine(engine)
    assert subject.template(np.zeros_like(PICTURE)) == NoUsableFace(FaceTrouble.NO_FACE)
    reference = subject.template(PICTURE)
    assert isinstance(reference, PutOffTemplate)
    subject.work()
    assert reference.is_put_off
    subject.measure(PICTURE)
    subject.work()
    assert not reference.is_put_off
    assert subject.compare(subject.template_at(PICTURE, HERE), reference).match


def test_the_picture_is_copied_and_gone_once_the_template_is_made_or_forgotten() -> None:
    engine = Engine()
    subject = FollowingEngine(engine)
    picture = PICTURE.copy()
    made, forgotten = subject.template_at(picture, HERE), subject.template_at(picture, HERE)
    pictures = [one._picture for one in (made, forgotten)]
    picture.fill(0)
    made.made()
    forgotten.forget()
    for held in pictures:
        assert held is not None
        assert not held.any()
    assert engine.templates[0].person == 80
    subject.work()
    assert len(engine.templates) == 1
    made.forget()
    made.forget()
    assert engine.templates[0].person is None
    for one in (made, forgotten):
        with pytest.raises(ValueError, match="forgotten"):
            one.made()
    assert "80" not in repr(made)


def test_near_search_sees_the_true_face_as_the_full_search_does() -> None:
    engine = true_engine()
    frames = SimulatedPerson().frames()
    seen = engine.measure(next(frames).image)
    assert seen is not None
    for _ in range(5):
        image = next(frames).image
        near, full = engine.measure_near(image, seen.box), engine.measure(image)
        assert near is not None
        assert full is not None
        assert near.box.overlap(full.box) > 0.6  # the detector knows sizes in steps of a fifth
        assert abs(near.yaw - full.yaw) < 0.08
        assert abs(near.eye_openness - full.eye_openness) < 0.06
        seen = near


def test_near_search_finds_nothing_where_nobody_is() -> None:
    engine = true_engine()
    image = animation().render(0.0, {}, 0.0)
    face = engine.measure(image)
    assert face is not None
    for box in (face.box.moved(250, 0), face.box.moved(0, 400), FaceBox(0, 0, 1, 1), FaceBox(-900, -900, -700, -700)):
        assert engine.measure_near(image, box) is None
    assert dataclasses.replace(face).box.overlap(face.box.moved(20, 10)) > 0.3


def test_a_full_search_can_be_had_at_any_picture() -> None:
    engine = Engine()
    following = FollowingEngine(engine)
    following.measure(PICTURE)
    engine.others = 1
    followed, searched = following.measure(PICTURE), following.measure_fully(PICTURE)
    assert followed is not None
    assert searched is not None
    assert (followed.other_faces, searched.other_faces) == (0, 1)
