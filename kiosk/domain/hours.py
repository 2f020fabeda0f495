"""办理时间: when something that is closed by the clock opens again. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opening:
    """The next time it opens, 北京时间."""

    at: str
    """``08:30``."""
    tomorrow: bool = False


def next_opening(opens: str, closes: str, now: str) -> Opening | None:
    """When hours from ``opens`` to ``closes`` next begin; ``None`` while they last. ``HH:MM`` compares as times do."""
    if opens <= now < closes:
        return None
    return Opening(opens, tomorrow=now >= closes)
