"""The platform's clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

Clock = Callable[[], int]
"""Milliseconds since 1970-01-01 UTC."""


def system_clock() -> int:
    """The machine's clock; a platform is expected to follow a time server."""
    return time.time_ns() // 1_000_000


CHINA_TIME = timezone(timedelta(hours=8))


def in_china(at_ms: int) -> datetime:
    """Date and time for people: China time, as on the slips, whatever the server is set to."""
    return datetime.fromtimestamp(at_ms / 1000, CHINA_TIME)
