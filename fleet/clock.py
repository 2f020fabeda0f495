"""The platform's clock."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Milliseconds since 1970-01-01 UTC."""


def system_clock() -> int:
    """The machine's clock; a platform is expected to follow a time server."""
    return time.time_ns() // 1_000_000
