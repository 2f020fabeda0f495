"""The true face engine before simulated attacks: it sees in them no movement that their kind cannot make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from drivers.camera.people.masks import Mask, MaskAttack
from drivers.camera.people.portraits import second_portrait
from drivers.camera.people.prints import Paper, PrintAttack
from drivers.camera.people.screens import ReplayAttack
from drivers.camera.people.species import Casting, live, two_people
from drivers.camera.people.staged import StagedScene
from drivers.camera.simulator import PortraitCamera
from drivers.camera.types import Movement
from drivers.face.types import FaceMeasurement
from drivers.types import Deadline
from tests.helpers.staged_people import scene, staging
from tests.helpers.vision import animation, composer, portrait, true_engine

SIZE_PX = (640, 480)


def _seen(subject: StagedScene, times: Sequence[float]) -> list[FaceMeasurement]:
    seen = [true_engine().measure(subject.at(now_s)) for now_s in times]
    assert None not in seen
    return [one for one in seen if one is not None]


def _asked(subject: StagedScene, movement: Movement, frames: int = 10) -> tuple[FaceMeasurement, list[FaceMeasurement]]:
    """The face at rest, and in ``frames`` pictures while the movement is expected."""
    rest = _seen(subject, [10.0])[0]
    subject.ask(movement, 10.0)
    return rest, _seen(subject, [10.2 + number * 0.75 / frames for number in range(frames)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_live_person_in_any_light_and_place_is_seen_to_blink(seed: int) -> None:
    rest, moving = _asked(live(Casting(portrait(), seed, compose=composer())), Movement.BLINK)
    assert min(one.eye_openness for one in moving) < 0.62 * rest.eye_openness


def test_a_live_person_is_seen_to_turn_and_to_open_the_mouth() -> None:
    rest, moving = _asked(scene("live", size_px=SIZE_PX), Movement.TURN_RIGHT)
    assert min(one.yaw for one in moving) < rest.yaw - 0.22
    rest, moving = _asked(scene("live", size_px=SIZE_PX), Movement.OPEN_MOUTH)
    assert max(one.mouth_openness for one in moving) > rest.mouth_openness + 0.2


def test_a_nod_lowers_the_face_and_leaves_eyes_mouth_and_yaw() -> None:
    rest, moving = _asked(scene("live", size_px=SIZE_PX), Movement.NOD)
    assert max(one.box.top for one in moving) > rest.box.top + 15
    assert min(one.eye_openness for one in moving) > 0.7 * rest.eye_openness
    assert max(abs(one.yaw - rest.yaw) for one in moving) < 0.12
    assert max(abs(one.mouth_openness - rest.mouth_openness) for one in moving) < 0.1


@pytest.mark.parametrize("movement", list(Movement))
def test_a_wriggled_print_neither_blinks_nor_turns_nor_speaks(movement: Movement) -> None:
    subject = PrintAttack(portrait(), staging(size_px=SIZE_PX), paper=Paper(fills_picture=True))
    rest, moving = _asked(subject, movement, frames=6)
    assert max(one.mouth_height - rest.mouth_height for one in moving) < 0.16
    assert max(abs(one.yaw - rest.yaw) for one in moving) < 0.2
    assert min(max(one.eye_openness / rest.eye_openness, one.eye_height / rest.eye_height) for one in moving) > 0.65


def test_a_still_on_a_screen_never_moves() -> None:
    subject = ReplayAttack(portrait(), staging(size_px=SIZE_PX), shows="still")
    rest, moving = _asked(subject, Movement.BLINK)
    assert min(one.eye_openness for one in moving) > 0.75 * rest.eye_openness
    assert np.ptp([one.yaw for one in moving]) < 0.12


def test_a_recording_moves_but_not_when_asked() -> None:
    subject = ReplayAttack(portrait(), staging(size_px=SIZE_PX))
    seen = _seen(subject, [10.0 + number / 4 for number in range(14)])
    assert np.ptp([one.yaw for one in seen]) + np.ptp([one.mouth_openness for one in seen]) > 0.2


def test_a_mask_shows_neither_the_mouth_nor_the_turn_of_its_wearer() -> None:
    subject = MaskAttack(portrait(), staging(size_px=SIZE_PX), mask=Mask(), wearer=portrait())
    rest, moving = _asked(subject, Movement.OPEN_MOUTH)
    assert max(one.mouth_openness for one in moving) < rest.mouth_openness + 0.1
    subject = MaskAttack(portrait(), staging(size_px=SIZE_PX), mask=Mask(), wearer=portrait())
    rest, moving = _asked(subject, Movement.TURN_LEFT)
    assert max(one.yaw for one in moving) < rest.yaw + 0.2


def test_two_people_are_counted_as_two() -> None:
    other = second_portrait()
    if other is None:
        pytest.skip("matplotlib, which brings the second portrait, is not installed")
    casting = Casting(portrait(), 1, SIZE_PX, attacker=other, is_plain=True, compose=composer())
    subject = two_people(casting)
    subject.ask(Movement.BLINK, 10.0)
    subject.ask(Movement.NOD, 11.0)
    assert [one.other_faces for one in _seen(subject, [10.0, 14.0])] == [0, 1]


class TestCamera:
    """The simulated camera puts attacks before the program as its settings or commands say."""

    @pytest.fixture
    def camera(self) -> object:
        camera = PortraitCamera((320, 240), species="print")
        camera.start()
        yield camera
        camera.stop()

    def test_an_attack_stands_there_until_it_is_changed(self, camera: PortraitCamera) -> None:
        frame = camera.wait_newer(None, Deadline(30))
        assert frame is not None
        assert camera.species == "print"
        assert frame.image[:40].std() > 12, "the white border of the sheet is in sight, or the print fills the picture"
        camera.set_scene("live")
        assert camera.species == "live"
        with pytest.raises(ValueError, match="replay_video"):
            camera.set_scene("hologram")

    def test_the_light_of_the_screen_reaches_the_picture(self, camera: PortraitCamera) -> None:
        frame = camera.wait_newer(None, Deadline(30))
        assert frame is not None
        camera.set_scene("live")
        reds = []
        for rgb in (None, (255, 0, 0)):
            camera.illuminate(rgb)
            began_s = frame.taken_at_s
            while frame is not None and frame.taken_at_s < began_s + 0.4:
                frame = camera.wait_newer(frame, Deadline(10))
            assert frame is not None
            reds.append(float(frame.image[120:170, 140:180, 2].mean()))
        assert reds[1] > reds[0] + 3


def test_moments_of_a_movement_are_the_same_whatever_is_lit() -> None:
    still = animation().layers(5.0, {Movement.NOD: 0.5})
    lit = animation().layers(5.0, {Movement.NOD: 0.5}, with_light=True)
    assert np.array_equal(still.person, lit.person)
    assert lit.lit is not None
