"""When something opens."""

from __future__ import annotations

import pytest

from kiosk.domain.hours import Opening, next_opening


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("00:00", Opening("08:30")),
        ("08:29", Opening("08:30")),
        ("08:30", None),
        ("17:29", None),
        ("17:30", Opening("08:30", tomorrow=True)),
        ("23:59", Opening("08:30", tomorrow=True)),
    ],
)
def test_opening(now: str, opening: Opening | None) -> None:
    assert next_opening("08:30", "17:30", now) == opening


@pytest.mark.parametrize("now", ["00:00", "12:00", "23:59"])
def test_what_is_always_open_is_never_closed(now: str) -> None:
    assert next_opening("00:00", "24:00", now) is None
