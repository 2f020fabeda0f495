"""Waiting for what another thread does."""

from __future__ import annotations

from collections.abc import Callable

from drivers.types import Deadline


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """True as soon as the condition holds, False when it does not within ``seconds``."""
    limit = Deadline(seconds)
    while not condition():
        if limit.is_over:
            return False
        limit.sleep(0.002)
    return True
