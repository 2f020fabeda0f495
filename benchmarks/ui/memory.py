"""What many visits leave behind in the terminal's memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.ui.resident import at_terminal
from benchmarks.ui.terminal import HASTY
from benchmarks.ui.visits import most_used
from benchmarks.ui.world import World
from kiosk import config
from kiosk.flow.states import Step
from tests.helpers.x_display import XDisplay

FIRST, VISITS = 50, 1000
"""Memory is taken after so many, and after so many more."""
_EVERY = 10
TIMES = config.Times(farewell_s=0.05, delivery_wait_s=0.3, store_poll_s=2.0, heartbeat_s=10.0)


def measure(folder: Path, display: XDisplay, visits: int) -> dict[str, Any]:
    """Growth between the first 50 visits and ``visits`` more; where fewer are made, reckoned for 1,000."""
    first = FIRST if visits >= FIRST else _EVERY
    with World(folder, TIMES) as world, at_terminal(world, display, HASTY) as resident:
        resident.await_step(Step.IDLE)
        resident.settle()
        matters = [[matter.code, matter.shelf] for matter in most_used() if matter.holder == "elder"]
        points = resident.watch_stroll(matters, first + visits, _EVERY)
    grown = points[first + visits] - points[first]
    return {
        "rss_growth_mib_per_1000_visits": round(grown * 1000 / visits, 1),
        "rss_mib": {str(count): round(mib, 1) for count, mib in points.items() if count % (5 * _EVERY) == 0 or len(points) < 12},
        "rss_visits": first + visits,
    }
