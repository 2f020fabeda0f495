"""How fast the screens are: starts, changes, feedback, blocks of the GUI thread, rest, memory over many visits, touches.

Runs the terminal on an Xvfb of its own (Debian: xvfb), with the real xcb plug-in; platform and devices are other processes'.

    python -m benchmarks.ui [--json] [--quick] [--only start,visits,idle,memory] [--bundle DIR] [--visits N]

Goals: first picture 1.5 s, ready 3 s, screen change 80 ms p95, feedback 33 ms p95, GUI thread never away for more than 50 ms,
1 % of a core at rest, memory after 1,000 more visits within 20 MiB, 12 touches from the home screen to the slip, a visit in 90 s.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import harness
from benchmarks.ui import memory, start, visits
from benchmarks.ui.watch import BUCKETS_MS
from benchmarks.ui.world import SIZE, World
from kiosk import config
from tests.helpers.x_display import NoDisplay, XDisplay, virtual_display

LIMITS = {
    "first_picture_s": 1.5,
    "ready_s": 3.0,
    "bundle_first_picture_s": 1.5,
    "bundle_ready_s": 3.0,
    "screen_change_ms_p95": 80.0,
    "feedback_ms_p95": 33.0,
    "gui_block_ms_max": 50.0,
    "idle_cpu_pct": 1.0,
    "rss_growth_mib_per_1000_visits": 20.0,
    "visit_s_median": 90.0,
}
MOST_TOUCHES = 12
PARTS = ("start", "visits", "idle", "memory")
_STARTS, _QUICK_STARTS = 5, 2
_ROUNDS, _QUICK_ROUNDS = 3, 1
_REST_S, _QUICK_REST_S = 30.0, 5.0
_QUICK_VISITS = 20


def main() -> int:
    """Run as asked; 1 when a limit is not kept."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--only", default=",".join(PARTS), metavar="PARTS", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--bundle", type=Path, default=None, metavar="DIR", help="measure the starts of this frozen bundle too")
    parser.add_argument("--visits", type=int, default=memory.VISITS, metavar="N", help="how many visits memory is watched over")
    asked = parser.parse_args()
    wanted = set(asked.only.split(","))
    if unknown := wanted - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    result: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(harness.work_folder(asked.dir))
        try:
            display = stack.enter_context(virtual_display(*SIZE))
        except NoDisplay as error:
            raise SystemExit(str(error)) from error
        if wanted - {"memory"}:
            with World(folder / "visits", config.Times()) as world:
                result |= _at_real_pace(world, display, wanted, asked)
        if "memory" in wanted:
            harness.say(asked, "memory over many visits")
            result |= memory.measure(folder / "memory", display, _QUICK_VISITS if asked.quick else asked.visits)
    result["machine"] = harness.machine()
    result["missed"] = missed(result)
    harness.report(result, lines_of(result), asked)
    return 1 if result["missed"] else 0


def _at_real_pace(world: World, display: XDisplay, wanted: set[str], asked: argparse.Namespace) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if "start" in wanted:
        programs = {"": start.source_command()} | ({"bundle_": start.bundle_command(asked.bundle)} if asked.bundle else {})
        for prefix, command in programs.items():
            harness.say(asked, f"starts {prefix}")
            result |= start.summary(prefix, command, world, display, _QUICK_STARTS if asked.quick else _STARTS)
    if "idle" in wanted:
        harness.say(asked, "rest")
        own, theirs = start.idle_cpu_pct(start.source_command(), world, display, _QUICK_REST_S if asked.quick else _REST_S)
        result |= {"idle_cpu_pct": round(own, 2), "idle_children_cpu_pct": round(theirs, 2)}
    if "visits" in wanted:
        harness.say(asked, "visits")
        result |= visits.summary(*visits.play(world, display, _QUICK_ROUNDS if asked.quick else _ROUNDS))
    return result


def missed(result: dict[str, Any]) -> list[str]:
    """What is not as it should be, in one line each."""
    found = [f"{name}: {result[name]} (limit {limit})" for name, limit in LIMITS.items() if result.get(name, 0.0) > limit]
    touches: dict[str, int] = result.get("touches", {})
    found += [f"touches for {item}: {count} (limit {MOST_TOUCHES})" for item, count in touches.items() if count > MOST_TOUCHES]
    return found + [f"a touch is not answered: {name}" for name in result.get("without_feedback", [])]


def lines_of(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = [f"{name}: {result[name]} (limit {limit})" for name, limit in LIMITS.items() if name in result]
    for item, count in result.get("touches", {}).items():
        lines.append(f"  {item}: {count} touches from home to slip, whole visit {result['visit_s'][item]} s")
    if "late_ticks" in result:
        names = [f"up to {limit} ms" for limit in BUCKETS_MS] + [f"more than {BUCKETS_MS[-1]} ms"]
        lines += ["how late the GUI thread came to a timer of 5 ms:"]
        lines += [f"  {name}: {count}" for name, count in zip(names, result["late_ticks"], strict=True)]
        lines += ["longest:", *(f"  {block['ms']:.0f} ms in {block['step']}: {block['doing']}" for block in result["blocks"])]
        lines += ["slowest changes:", *(f"  {words}" for words in result["screen_change_worst"])]
    lines += [f"{name}: {value}" for name, value in result.items() if name.startswith(("cold_", "bundle_cold_", "rss_"))]
    return [*lines, *(f"not kept: {words}" for words in result["missed"])] or ["nothing was asked for"]


if __name__ == "__main__":
    sys.exit(main())
