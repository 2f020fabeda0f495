"""Whole visits for the matters that are asked for most, and what they show: touches, time, feedback, changes, blocks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import assets
from benchmarks import harness
from benchmarks.ui.plan import Wish
from benchmarks.ui.resident import Visited, at_terminal
from benchmarks.ui.world import World
from kiosk.catalogue.reading import load
from kiosk.flow.states import Step
from tests.helpers.x_display import XDisplay

MOST_USED = 5
_HOLDERS = {"residence_permit": "newcomer"}
"""Whose card it takes; everybody else's is the elder's."""
_TOUCH_LEADS_WITHIN_S = 0.25


@dataclass(frozen=True, slots=True)
class Matter:
    """One of the matters that are asked for most."""

    id: str
    code: str
    shelf: str

    @property
    def wish(self) -> Wish:
        """It, by card and face."""
        return Wish(self.code, shelf=self.shelf)

    @property
    def holder(self) -> str:
        """Whose card is laid down for it."""
        return _HOLDERS.get(self.id, "elder")


def most_used() -> tuple[Matter, ...]:
    """The first of those that the catalogue shows first, single matters only."""
    catalogue = load(assets.ROOT / "catalogue")
    by_id = {item.id: item for item in catalogue.items}
    shown = [name for name in catalogue.hot["default"] if name in by_id]
    return tuple(Matter(name, by_id[name].code, by_id[name].category) for name in shown[:MOST_USED])


def play(world: World, display: XDisplay, rounds: int) -> tuple[list[Visited], dict[str, Any]]:
    """Every matter ``rounds`` times on one terminal; the visits, and what its witness noted."""
    with at_terminal(world, display) as resident:
        resident.await_step(Step.IDLE)
        resident.settle()
        resident.ask(watch=True)
        visits = [resident.carry_out(matter.wish, matter.holder, matter.id) for _ in range(rounds) for matter in most_used()]
        return visits, resident.ask(results=True)


def summary(visits: list[Visited], noted: dict[str, Any]) -> dict[str, Any]:
    """All figures of the visits, in the words of the result."""
    feedback = [milliseconds for visit in visits for _, milliseconds in visit.feedback]
    changes = change_ms(visits, noted["changes"])
    blocks = sorted(noted["blocks"], key=lambda block: float(block["ms"]), reverse=True)
    times: dict[str, list[float]] = defaultdict(list)
    for visit in visits:
        times[visit.item].append(visit.seconds)
    return {
        "screen_change_ms_p95": round(harness.percentile([ms for _, ms in changes], 95), 1),
        "screen_change_ms_median": round(harness.median([ms for _, ms in changes]), 1),
        "screen_change_worst": [f"{words}: {ms:.0f} ms" for words, ms in sorted(changes, key=lambda one: -one[1])[:5]],
        "feedback_ms_p95": round(harness.percentile(feedback, 95), 1),
        "feedback_ms_median": round(harness.median(feedback), 1),
        "without_feedback": sorted({name for visit in visits for name in visit.no_feedback}),
        "gui_block_ms_max": round(float(blocks[0]["ms"]), 1) if blocks else 0.0,
        "gui_block_step": blocks[0]["step"] if blocks else "",
        "blocks": blocks[:8],
        "late_ticks": noted["counts"],
        "touches": {visit.item: visit.touches_to_slip for visit in visits},
        "visit_s": {item: round(harness.median(values), 1) for item, values in times.items()},
        "visit_s_median": round(harness.median([visit.seconds for visit in visits]), 1),
        "steps_seen": len({step for visit in visits for step in visit.steps}),
    }


def change_ms(visits: list[Visited], changes: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """(which change, milliseconds), counted from the lifting of the finger where that is what led to it.

    A touch leads to one change: what a device brings soon after has its own beginning.
    """
    lifted = sorted(second for visit in visits for second in visit.releases_s)
    first_s = min((visit.begun_s for visit in visits), default=0.0)
    found = []
    for change in changes:
        if change["event_s"] < first_s:
            continue  # before anybody was there
        by_hand = [second for second in lifted if second <= change["event_s"]]
        lifted = lifted[len(by_hand) :]
        led = bool(by_hand) and change["event_s"] - by_hand[-1] < _TOUCH_LEADS_WITHIN_S
        since_s = by_hand[-1] if led else change["event_s"]
        found.append((f"{change['before']} to {change['after']}", (change["painted_s"] - since_s) * 1000))
    return found
