"""Every species can be drawn at any time, from its seed alone, and writes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drivers.camera.people.groups import GroupScene
from drivers.camera.people.species import SPECIES, Casting, conditions_of, make_scene
from drivers.camera.types import Movement
from tests.helpers.staged_people import SMALL_PX, composed, scene
from tests.helpers.vision import portrait


def _session(species: str, seed: int) -> list[np.ndarray]:
    subject = scene(species, seed, is_plain=False)
    subject.at(10.0)
    subject.ask(Movement.NOD, 10.1)
    subject.illuminate((0, 0, 255), 10.2)
    return [subject.at(10.3 + number * 0.4) for number in range(3)]


@pytest.mark.parametrize("species", SPECIES)
def test_pictures_depend_on_seed_and_calls_alone_and_are_written_nowhere(
    species: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one, again, other = _session(species, 1), _session(species, 1), _session(species, 2)
    for picture, same in zip(one, again, strict=True):
        assert picture.shape == (SMALL_PX[1], SMALL_PX[0], 3)
        assert np.array_equal(picture, same)
    assert not np.array_equal(one[0], other[0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("species", SPECIES)
def test_a_scene_knows_its_species(species: str) -> None:
    assert scene(species).species == species


def test_an_unknown_species_is_refused() -> None:
    with pytest.raises(ValueError, match="print"):
        make_scene("deep_fake", Casting(portrait()))


def test_a_plain_casting_is_in_good_light_whatever_the_seed() -> None:
    plain = {conditions_of(Casting(portrait(), seed, is_plain=True)) for seed in range(9)}
    drawn = {conditions_of(Casting(portrait(), seed)) for seed in range(9)}
    assert len(plain) == 1
    assert len(drawn) > 5
    assert all(0.05 <= conditions.screen_share <= 0.12 for conditions in drawn)


def _wall_share(picture: np.ndarray) -> float:
    """How much of the middle shows nothing but the wall."""
    middle = picture[60:200, 100:220].astype(int)
    return float((np.abs(middle - composed().wall[60:200, 100:220].astype(int)).max(axis=2) < 14).mean())


def test_who_leaves_is_gone() -> None:
    subject = scene("leaves")
    assert _wall_share(subject.at(10.0)) < 0.3
    subject.ask(Movement.BLINK, 10.0)
    subject.ask(Movement.NOD, 11.0)
    assert _wall_share(subject.at(13.0)) > 0.95


def test_a_second_person_steps_in_beside_the_first() -> None:
    subject = scene("two_people")
    right = np.s_[60:200, 215:280]
    assert subject.at(10.0)[right].std() < 12
    subject.ask(Movement.BLINK, 10.0)
    subject.ask(Movement.NOD, 11.0)
    assert subject.at(13.0)[right].std() > 25


def test_after_a_swap_the_second_person_obeys() -> None:
    subject = scene("swap")
    assert isinstance(subject, GroupScene)
    subject.prepare()
    for number in range(4):
        subject.ask(Movement.OPEN_MOUTH, 10.0 + 2 * number)
    assert subject._second is not None
    late = [subject._second.strengths(16.0 + number / 20) for number in range(30)]
    assert any(Movement.OPEN_MOUTH in strengths for strengths in late)
