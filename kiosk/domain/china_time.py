"""北京时间: dates and times as residents read them, wherever the machine believes to be."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8))


def clock_now() -> str:
    """What a clock on the wall shows, ``HH:MM``."""
    return f"{datetime.now(CHINA_TIME):%H:%M}"


def shown_time(at_ms: int) -> str:
    """Milliseconds since 1970 as ``2026-11-26 14:03``."""
    return f"{datetime.fromtimestamp(at_ms / 1000, CHINA_TIME):%Y-%m-%d %H:%M}"
