from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from offline_queue.throttle import Throttle


class Hands:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_a_cap_the_body_is_passed_on_as_it_is() -> None:
    body = b"x" * 100_000
    assert Throttle(0).paced(body) is body


def test_pieces_are_the_whole_body_in_order() -> None:
    subject = Throttle(1)
    subject.release()
    body = bytes(range(256)) * 300
    assert b"".join(subject.paced(body)) == body


@given(st.lists(st.tuples(st.integers(1, 50_000), st.floats(0, 5)), min_size=1, max_size=50))
def test_over_any_stretch_no_more_than_the_rate_and_one_second_of_it(sends: list[tuple[int, float]]) -> None:
    rate, clock = 10_000, Hands()
    subject = Throttle(rate, clock)
    begin, sent = clock.now, 0
    for size, pause in sends:
        clock.now += pause
        clock.now += subject.owe(size)
        sent += size
        assert sent <= rate * (clock.now - begin) + rate + 1e-6 * sent


def test_a_rest_saves_up_one_second_and_no_more() -> None:
    clock = Hands()
    subject = Throttle(1_000, clock)
    clock.now += 3_600
    assert subject.owe(1_000) == 0.0
    assert subject.owe(1_000) == 1.0


def test_what_is_held_back_goes_on_when_released() -> None:
    subject = Throttle(1)
    pieces = iter(subject.paced(b"x" * 1_000_000))
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.extend(pieces))
    reader.start()
    subject.release()
    reader.join()
    assert sum(map(len, received)) == 1_000_000
