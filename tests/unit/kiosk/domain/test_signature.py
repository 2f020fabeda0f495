"""What counts as a signature."""

from __future__ import annotations

import pytest

from kiosk.domain.signature import Signature

LINE = tuple((100 * n, 50 * n) for n in range(12))


@pytest.mark.parametrize(
    ("strokes", "expected"),
    [
        ((LINE,), True),
        ((LINE[:5], LINE[5:]), True),
        ((), False),
        ((LINE[:7],), False),
        ((((0, 0), (10_000, 10_000)),), False),
        ((tuple((5000 + n % 2 * 30, 5000) for n in range(30)),), False),
        (tuple(((700 * n, 100),) for n in range(12)), False),
    ],
)
def test_neither_a_stray_touch_nor_a_trembling_finger_nor_dots(
    strokes: tuple[tuple[tuple[int, int], ...], ...], expected: bool
) -> None:
    assert Signature(strokes).is_enough is expected


def test_it_is_not_in_the_repr() -> None:
    assert "100" not in repr(Signature((LINE,)))
