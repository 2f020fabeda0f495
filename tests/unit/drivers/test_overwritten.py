"""Pictures of people leave no trace in memory."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from drivers import overwritten
from drivers.overwritten import overwritten_copy, overwritten_picture


@pytest.fixture
def last_contents(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What each buffer held at the very end."""
    seen: list[bytes] = []

    class Watched(overwritten._OverwrittenBytes):
        def __del__(self) -> None:
            super().__del__()
            seen.append(bytes(self))

    monkeypatch.setattr(overwritten, "_OverwrittenBytes", Watched)
    return seen


def test_memory_is_zeroed_when_the_last_user_lets_go(last_contents: list[bytes]) -> None:
    subject = overwritten_copy(np.full((4, 5, 3), 77, np.uint8))
    part = subject[1:3]
    del subject
    gc.collect()
    assert last_contents == []
    assert part.min() == 77
    del part
    gc.collect()
    assert last_contents == [bytes(60)]


def test_a_copy_is_independent_of_its_original() -> None:
    original = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    subject = overwritten_copy(original)
    original.fill(0)
    assert subject[1, 1].tolist() == [9, 10, 11]


def test_new_pictures_are_black_and_writable() -> None:
    subject = overwritten_picture((2, 3))
    assert subject.shape == (2, 3)
    assert subject.max() == 0
    subject[0, 0] = 1
