"""Pictures pass from one side to the other, and nothing stays behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.face.worker.shared_pictures import Room, SharedPictures

RNG = np.random.default_rng(7)


@pytest.fixture
def terminal() -> Iterator[SharedPictures]:
    subject = SharedPictures()
    yield subject
    subject.close()


@pytest.fixture
def worker(terminal: SharedPictures) -> Iterator[SharedPictures]:
    subject = SharedPictures(os.dup(terminal.descriptor))
    yield subject
    subject.close()


def _held(subject: SharedPictures) -> int:
    """Bytes of memory behind it."""
    return os.fstat(subject.descriptor).st_blocks * 512


@pytest.mark.parametrize("shape", [(126, 102), (480, 640, 3), (1, 1)])
def test_the_other_side_gets_the_same_picture(terminal: SharedPictures, worker: SharedPictures, shape: tuple[int, ...]) -> None:
    pictures = {room: RNG.integers(0, 256, shape, np.uint8) for room in Room}
    shapes = {room: terminal.put(room, picture) for room, picture in pictures.items()}
    for room, there in shapes.items():
        assert there is not None
        assert np.array_equal(worker.take(room, there), pictures[room])


def test_a_picture_taken_is_a_copy_of_its_own(terminal: SharedPictures, worker: SharedPictures) -> None:
    terminal.put(Room.CAMERA, np.full((4, 4), 9, np.uint8))
    taken = worker.take(Room.CAMERA, (4, 4))
    terminal.put(Room.CAMERA, np.full((4, 4), 1, np.uint8))
    assert (taken == 9).all()


@pytest.mark.parametrize("who", ["terminal", "worker"])
def test_wiping_on_either_side_leaves_zeros_and_no_memory(terminal: SharedPictures, worker: SharedPictures, who: str) -> None:
    terminal.put(Room.CAMERA, np.full((480, 640, 3), 9, np.uint8))
    terminal.put(Room.CAMERA, np.full((4, 4), 9, np.uint8))
    worker.take(Room.CAMERA, (480, 640, 3))
    {"terminal": terminal, "worker": worker}[who].wipe()
    assert _held(terminal) == 0
    assert not worker.take(Room.CAMERA, (480, 640, 3)).any()


def test_a_camera_picture_that_is_too_large_is_thinned_out(
    terminal: SharedPictures, worker: SharedPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Room.CAMERA, "_value_", (Room.CAMERA.value[0], 3 * 100))
    picture = RNG.integers(0, 256, (20, 20, 3), np.uint8)
    shape = terminal.put(Room.CAMERA, picture)
    assert shape == (10, 10, 3)
    assert np.array_equal(worker.take(Room.CAMERA, shape), picture[::2, ::2])


def test_a_reference_that_is_too_large_has_no_room(terminal: SharedPictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Room.REFERENCE, "_value_", (0, 100))
    assert terminal.put(Room.REFERENCE, np.zeros((20, 20), np.uint8)) is None


@pytest.mark.parametrize("picture", [np.zeros((4, 4), np.float32), np.zeros(9, np.uint8), np.zeros((0, 4), np.uint8)])
def test_what_is_no_picture_has_no_room(terminal: SharedPictures, picture: np.ndarray) -> None:
    assert terminal.put(Room.CAMERA, picture) is None


@pytest.mark.parametrize("shape", [(), (5,), (0, 4), (-1, -4), (100_000, 100_000, 3), (1, 2, 3, 4)])
def test_shapes_that_cannot_be_are_refused(worker: SharedPictures, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        worker.take(Room.CAMERA, shape)


def test_it_has_no_name_in_any_file_system(terminal: SharedPictures) -> None:
    assert "deleted" in str(Path(f"/proc/self/fd/{terminal.descriptor}").readlink())
    assert not os.get_inheritable(terminal.descriptor)


def test_closing_twice_is_harmless(terminal: SharedPictures) -> None:
    terminal.close()
    terminal.close()
