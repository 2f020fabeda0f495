"""A deadline and its parts."""

from __future__ import annotations

from drivers.types import Deadline


def test_a_part_ends_with_the_whole_at_the_latest() -> None:
    whole = Deadline(10.0)
    assert whole.within(3.0).remaining_s <= 3.0
    assert 3.0 < whole.within(60.0).remaining_s <= 10.0
    assert Deadline(0.0).within(60.0).is_over


def test_a_part_is_cancelled_with_the_whole() -> None:
    whole = Deadline(10.0)
    part = whole.within(3.0)
    assert not part.is_over
    whole.cancel()
    assert part.is_over
    assert part.is_cancelled
