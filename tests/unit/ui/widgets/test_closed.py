"""What cannot be done, in words."""

from __future__ import annotations

import pytest

from kiosk.domain.hours import Opening
from kiosk.domain.language import Language
from kiosk.domain.nearby import Nearest
from kiosk.flow.closed_views import Closed
from ui.look import Look
from ui.theme.tokens import MM_PER_PX_27_INCH, Metrics
from ui.widgets import closed

ZH, EN = (Look(Metrics.of_pitch(MM_PER_PX_27_INCH), language, "12345") for language in (Language.ZH, Language.EN))


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (3, "50 米"),
        (74, "50 米"),
        (640, "650 米"),
        (974, "950 米"),
        (975, "1.0 公里"),
        (1_830, "1.8 公里"),
        (12_040, "12.0 公里"),
    ],
)
def test_distances_are_said_roughly(metres: int, words: str) -> None:
    assert closed.distance(ZH, metres) == words


def test_where_else() -> None:
    fresh = Nearest("二号机", "二路 2 号", 600)
    assert closed.nearest_in_short(ZH, fresh) == "最近可办：二号机，约 600 米"
    assert closed.way_to(ZH, fresh) == "最近可办：二号机，二路 2 号，约 600 米"
    assert closed.way_to(ZH, Nearest("二号机", "", 600)) == "最近可办：二号机，约 600 米"


def test_what_is_not_fresh_is_told_with_its_age() -> None:
    assert "40 分钟前" in closed.way_to(ZH, Nearest("二号机", "二路", 600, 40))
    assert "3 hours ago" in closed.nearest_in_short(EN, Nearest("二号机", "二路", 600, 180))


def test_until_when() -> None:
    assert closed.in_short(ZH, Closed("item.hours", Opening("08:30", tomorrow=True))).endswith("明天 08:30 开始办")
    assert "today at 08:30" in closed.in_short(EN, Closed("item.hours", Opening("08:30")))
    assert closed.in_short(ZH, Closed("store.disk_full")) == ZH.reason("store.disk_full").what
