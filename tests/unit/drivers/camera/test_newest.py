"""One frame is held, the newest; repeated and black pictures are noticed."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from drivers.camera.newest import NewestFrame
from drivers.overwritten import overwritten_copy
from drivers.types import Deadline, Image
from tests.helpers.vision import plain_picture


class Clock:
    now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def subject(clock: Clock) -> NewestFrame:
    newest = NewestFrame(clock)
    newest.open()
    return newest


def _picture(brightness: int) -> Image:
    return overwritten_copy(plain_picture(brightness))


def test_only_the_newest_frame_is_held(subject: NewestFrame, clock: Clock) -> None:
    subject.put(_picture(50))
    clock.now_s += 0.1
    subject.put(_picture(60))
    frame = subject.get()
    assert frame is not None
    assert frame.image[0, 0, 0] == 60
    assert (frame.sequence, frame.taken_at_s) == (2, 50.1)


def test_frames_are_read_only(subject: NewestFrame) -> None:
    subject.put(_picture(50))
    frame = subject.get()
    assert frame is not None
    with pytest.raises(ValueError, match="read-only"):
        frame.image[0, 0] = 1


def test_waiting_skips_what_was_seen(subject: NewestFrame) -> None:
    subject.put(_picture(50))
    first = subject.wait_newer(None, Deadline(5))
    assert first is not None
    assert subject.wait_newer(first, Deadline(0.02)) is None
    subject.put(_picture(51))
    second = subject.wait_newer(first, Deadline(5))
    assert second is not None
    assert second.sequence == 2


def test_a_new_frame_wakes_the_waiting(subject: NewestFrame) -> None:
    late = threading.Timer(0.05, lambda: subject.put(_picture(50)))
    late.start()
    assert subject.wait_newer(None, Deadline(20)) is not None
    late.join()


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_closing_and_cancelling_end_the_wait(subject: NewestFrame, end: str) -> None:
    deadline = Deadline(60)
    late = threading.Timer(0.05, subject.close if end == "close" else deadline.cancel)
    late.start()
    began_s = time.monotonic()
    assert subject.wait_newer(None, deadline) is None
    assert time.monotonic() - began_s < 30
    late.join()


@pytest.mark.parametrize("end", [NewestFrame.close, NewestFrame.drop])
def test_what_was_held_is_overwritten(subject: NewestFrame, end: object) -> None:
    subject.put(_picture(50))
    frame = subject.get()
    assert frame is not None
    assert callable(end)
    end(subject)
    assert subject.get() is None
    assert frame.image.max() == 0


def test_equal_pictures_age_and_a_changed_one_ends_it(subject: NewestFrame, clock: Clock) -> None:
    subject.put(_picture(50))
    for _ in range(4):
        clock.now_s += 1.0
        subject.put(_picture(50))
    assert subject.unchanged_for_s == pytest.approx(4.0)
    changed = plain_picture(50)
    changed[3, 4, 1] += 1
    subject.put(overwritten_copy(changed))
    assert subject.unchanged_for_s == 0.0


def test_silence_ages_as_well(subject: NewestFrame, clock: Clock) -> None:
    subject.put(_picture(50))
    clock.now_s += 7.0
    assert subject.unchanged_for_s == pytest.approx(7.0)


def test_noise_in_the_dark_is_black_and_a_dim_room_is_not(subject: NewestFrame, clock: Clock) -> None:
    noise = np.random.default_rng(1)
    for brightest in (6, 90):
        clock.now_s += 2.0
        subject.put(overwritten_copy(noise.integers(0, brightest, (48, 64, 3), dtype=np.uint8)))
        assert (subject.black_for_s > 1.0) is (brightest == 6)


def test_the_sequence_goes_on_after_closing(subject: NewestFrame) -> None:
    subject.put(_picture(50))
    subject.close()
    subject.open()
    subject.put(_picture(50))
    frame = subject.get()
    assert frame is not None
    assert frame.sequence == 2
