"""The live person: obeys after a delay, blinks unasked, reflects the screen from a face with depth."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from drivers.camera.animation import Stance
from drivers.camera.people.glasses import put_on_glasses
from drivers.camera.people.person import SimulatedPerson
from drivers.camera.types import Movement
from tests.helpers.staged_people import SMALL_PX, answer_to_red, composed, scene, share_of, staging
from tests.helpers.vision import portrait

STATUE = Stance(unrest=0.0)


def _person(seed: int = 1, *, blinks: bool = False, has_glasses: bool = False) -> SimulatedPerson:
    return SimulatedPerson(portrait(), staging(seed), stance=STATUE, blinks=blinks, wears=put_on_glasses if has_glasses else None)


def _moves(subject: SimulatedPerson, movement: Movement, from_s: float, seconds: float) -> list[float]:
    return [subject.strengths(from_s + number / 50).get(movement, 0.0) for number in range(int(seconds * 50))]


def test_does_what_is_asked_after_a_reaction_delay_and_ends() -> None:
    subject = _person()
    subject.ask("nod", 10.0)
    strengths = _moves(subject, Movement.NOD, 10.0, 2.0)
    begins = next(number for number, strength in enumerate(strengths) if strength > 0) / 50
    assert 0.1 < begins < 0.7
    assert max(strengths) > 0.95
    assert strengths[-1] == 0.0


def test_asking_again_while_at_it_changes_nothing() -> None:
    once, often = _person(), _person()
    once.ask(Movement.BLINK, 10.0)
    for number in range(5):
        often.ask(Movement.BLINK, 10.0 + number / 15)
    assert _moves(once, Movement.BLINK, 10.4, 2.0) == _moves(often, Movement.BLINK, 10.4, 2.0)


def test_blinks_unasked_now_and_then_but_never_while_acting() -> None:
    subject = _person(blinks=True)
    blinks = _moves(subject, Movement.BLINK, 0.0, 60.0)
    begins = sum(1 for before, after in itertools.pairwise(blinks) if before == 0.0 < after)
    assert 5 <= begins <= 40
    assert sum(_moves(_person(), Movement.BLINK, 0.0, 60.0)) == 0.0


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(ValueError, match="dance"):
        _person().ask("dance", 1.0)


def test_the_face_answers_the_screen_and_the_wall_hardly_does() -> None:
    light = answer_to_red(_person)
    nose_x, nose_y = (round(float(value)) for value in composed().landmarks[30])
    ear_x, ear_y = (round(float(value)) for value in composed().landmarks[1])
    nose = share_of(light, (nose_x - 4, nose_y - 14, nose_x + 4, nose_y - 4))
    side = share_of(light, (ear_x + 2, ear_y - 5, ear_x + 6, ear_y + 5))
    wall = share_of(light, (5, 5, 45, 60))
    assert 0.04 < nose < 0.12
    assert side < 0.75 * nose
    assert wall < 0.15 * nose


def test_each_colour_lights_its_own_channel_and_goes_out_again() -> None:
    subject = _person()
    face = np.s_[120:170, 140:180]
    dark = subject.at(50.0)[face].astype(float).mean(axis=(0, 1))
    for channel, rgb in enumerate(((0, 0, 255), (0, 255, 0), (255, 0, 0))):
        subject.illuminate(rgb, 51.0 + channel)
        rise = subject.at(51.5 + channel)[face].astype(float).mean(axis=(0, 1)) - dark
        assert int(np.argmax(rise)) == channel
        assert rise[channel] > 3.0
        assert np.abs(np.delete(rise, channel)).max() < 1.0
    subject.illuminate(None, 60.0)
    assert np.abs(subject.at(61.0)[face].astype(float).mean(axis=(0, 1)) - dark).max() < 1.0


def test_a_colour_is_seen_within_two_pictures_and_not_at_once() -> None:
    subject = _person()
    face = np.s_[120:170, 140:180, 2]
    dark = subject.at(50.0)[face].mean()
    subject.illuminate((255, 0, 0), 50.0)
    assert subject.at(50.02)[face].mean() == pytest.approx(dark, abs=0.6)
    assert subject.at(50.0 + 2 / 15)[face].mean() > dark + 3.0


def test_the_same_seed_and_calls_give_the_same_pictures() -> None:
    pictures = []
    for _ in range(2):
        subject = scene("live", 5, is_plain=False)
        subject.ask(Movement.TURN_LEFT, 1.0)
        subject.illuminate((0, 255, 0), 1.2)
        pictures.append([subject.at(1.0 + number / 10) for number in range(6)])
    for one, other in zip(*pictures, strict=True):
        assert np.array_equal(one, other)
    assert not np.array_equal(pictures[0][0], scene("live", 6, is_plain=False).at(1.0))


def test_glasses_stay_where_they_are_when_the_eyes_close() -> None:
    subject = _person(has_glasses=True)
    bare = _person()
    assert np.abs(subject.at(1.0).astype(int) - bare.at(1.0).astype(int)).max() > 60
    subject.perform(Movement.BLINK, 1.0)
    worn, closed = subject.animation.layers(1.0, {}).person, subject.animation.layers(1.0, {Movement.BLINK: 1.0}).person
    is_frame = worn.max(axis=2) < 50
    height = SMALL_PX[1]
    is_frame[: round(height * 0.38)] = is_frame[round(height * 0.55) :] = False
    assert (closed[is_frame].max(axis=1) < 70).mean() > 0.9
