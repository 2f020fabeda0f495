"""A monkey at the terminal: thousands of random actions, and afterwards nothing is broken, nothing hangs, nothing is left.

The true terminal with a platform of its own and emulated devices: touches, keys, codes, cards, faults of devices, a line that is
cut, languages, a window manager that meddles, people who walk away. Everything follows from the seed, as far as threads allow.
A finding is an exception anywhere, a GUI thread that stands still for five seconds, a second window, or anything of a resident in
session, widgets, clipboard, keyboard, memory or on disk when nobody is served. Exit code 0 when there is none.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import harness
from benchmarks.harness import arguments

ACTIONS, QUICK_ACTIONS = 20_000, 600
MEMORY_EVERY = 40
"""Python's memory is searched at the end of every so many visits."""
SETTLE_S = 6.0
"""What a thread still holds of a visit that has just ended must be gone after so long."""
LEAVES_S = 90.0
"""Longer than a terminal waits for the owner of a card (``times.card_left_s``) when its reader does not say that it has gone."""
_SCREEN = {
    "screens": [
        {"name": "kiosk", "x": 0, "y": 0, "width": 1080, "height": 1920, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    ]
}


class Run:
    """One monkey, one terminal."""

    def __init__(self, folder: Path, seed: int, *, asked_to_talk: bool) -> None:
        # Late: Qt reads its environment when it is loaded.
        from benchmarks.monkey_hands import Monkey
        from benchmarks.monkey_watch import Watch
        from benchmarks.monkey_world import World

        self._talks = asked_to_talk
        self.world = World(folder)
        self.world.start()
        self.watch = Watch(self.world.terminal)
        self._monkey = Monkey(self.world, Random(seed))
        self.steps: Counter[str] = Counter()
        self.habits: Counter[str] = Counter()
        self.visits = 0
        self.checks = 0
        self._is_served = False
        self.world.terminal.visit.step_changed.connect(self._on_step)

    def play(self, actions: int, least_visits: int) -> int:
        """Act, look after each visit, and go on until so many were made, be it ten times the actions; how many it were."""
        from kiosk.demo.resident import wait

        for number in range(10 * actions):
            if number >= actions and self.visits >= least_visits:
                return number
            self.watch.doing(f"action {number} in {self.world.terminal.visit.state.step}")
            did = self._monkey.act()
            self.habits[did.partition(":")[0]] += 1
            self.watch.where += f", {did}"
            wait(1)
            self._look()
            if self._talks and number % 500 == 0:
                print(f"{number}: {self.visits} visits, {len(self.watch.findings)} findings, {did}", file=sys.stderr, flush=True)

        return 10 * actions

    def end(self) -> None:
        """Everybody leaves; the last look is the longest."""
        from kiosk.demo.resident import wait
        from kiosk.flow.events import Quit
        from kiosk.flow.states import AT_REST

        self.watch.doing("the end")
        self._monkey.go_away()
        ends = time.monotonic() + LEAVES_S
        visit = self.world.terminal.visit
        while visit.state.step not in AT_REST and time.monotonic() < ends:
            if visit.state.idle_warning:
                visit.handle(Quit())
            wait(100)
        if visit.state.step not in AT_REST:
            devices = {name: status.code for name, status in self.world.terminal.devices().items()}
            self.watch.note(f"the terminal never came to rest: {visit.state.step}, devices {devices}")
        self._look(thoroughly=True)

    def close(self) -> None:
        """Stop everything."""
        self.watch.close()
        self.world.stop()

    def _on_step(self, step: str) -> None:
        self.steps[str(step)] += 1

    def _look(self, *, thoroughly: bool = False) -> None:
        from benchmarks.monkey_watch import left_behind
        from kiosk.flow.states import AT_REST

        terminal = self.world.terminal
        if terminal.visit.state.step not in AT_REST:
            self._is_served = True
            return
        if not self._is_served and not thoroughly:
            return
        self._is_served = False
        self.visits += 1
        self.checks += 1
        for found in left_behind(terminal):
            self.watch.note(found)
        if thoroughly or self.visits % MEMORY_EVERY == 0:
            self._search_memory()

    def _search_memory(self) -> None:
        """Threads may still let go of what they were doing when the visit ended."""
        from benchmarks.monkey_watch import left_in_memory
        from kiosk.demo.resident import wait

        ends = time.monotonic() + SETTLE_S
        self.world.reader.lift_card()
        while True:
            wait(300)
            found = left_in_memory()
            self.watch.pause()
            if not found or time.monotonic() > ends:
                break
        for one in found:
            self.watch.note(f"memory: {one}")


def measure(folder: Path, actions: int, seed: int, *, least_visits: int, talks: bool) -> dict[str, Any]:
    """One run, as JSON."""
    begin = time.monotonic()
    run = Run(folder, seed, asked_to_talk=talks)
    try:
        done = run.play(actions, least_visits)
        run.end()
        cases = len(run.world.platform.cases())
    finally:
        run.close()
    # Late: its module holds canaries of its own.
    from benchmarks.monkey_world import CANARIES
    from tests.helpers.canaries import spellings

    needles = [(canary, spelling) for canary in CANARIES for spelling in spellings(canary)]
    searched = 0
    for path in (path for path in run.world.data.rglob("*") if path.is_file()):
        content = path.read_bytes()
        searched += len(content)
        for canary in sorted({canary for canary, spelling in needles if spelling in content}):
            run.watch.note(f"disk: {path.name} holds {canary}")
    watch = run.watch
    return {
        "seed": seed,
        "actions": done,
        "seconds": round(time.monotonic() - begin, 1),
        "visits": run.visits,
        "cases": cases,
        "findings": watch.findings,
        "gui_block_s_max": round(max((seconds for seconds, _ in watch.stops), default=0.0), 3),
        "gui_blocks_over_50ms": len(watch.stops),
        "slowest": [f"{seconds:.2f} s {where}" for seconds, where in sorted(watch.stops, reverse=True)[:10]],
        "steps": dict(sorted(run.steps.items())),
        "habits": dict(sorted(run.habits.items())),
        "warnings": dict(sorted(watch.warnings.items())),
        "disk_searched_kb": round(searched / 1000),
    }


def words(result: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = [
        f"seed {result['seed']}: {result['actions']} actions in {result['seconds']:.0f} s, {result['visits']} visits, "
        f"{result['cases']} cases handed in, {len(result['steps'])} steps seen",
        f"longest stop of the GUI thread {result['gui_block_s_max']:.2f} s, {result['gui_blocks_over_50ms']} of more than 50 ms",
        f"findings: {len(result['findings'])}",
    ]
    return lines + [f"  {finding}" for finding in result["findings"][:20]]


def main() -> int:
    """Command line."""
    parser = arguments(__doc__)
    parser.add_argument("--actions", type=int, default=None, help=f"how many (default {ACTIONS}, quick {QUICK_ACTIONS})")
    parser.add_argument("--seed", type=int, default=None, help="default: a new one, which is printed")
    parser.add_argument("--least-visits", type=int, default=0, metavar="N", help="go on until so many visits were made")
    asked = parser.parse_args()
    faulthandler.enable()  # a crash below Python must say where it was
    seed = asked.seed if asked.seed is not None else int.from_bytes(os.urandom(4), "big")
    actions = asked.actions or (QUICK_ACTIONS if asked.quick else ACTIONS)
    with tempfile.TemporaryDirectory(prefix="monkey-", dir=asked.dir) as name:
        folder = Path(name)
        _prepare(folder)
        harness.say(asked, f"seed {seed}")
        result = measure(folder / "world", actions, seed, least_visits=asked.least_visits, talks=not asked.json)
    harness.report(result | {"machine": harness.machine()}, words(result), asked)
    return 0 if not result["findings"] else 1


def _prepare(folder: Path) -> None:
    """A screen of the true size, unless a real one is there; the application with its keyboard."""
    screen = folder / "screen.json"
    screen.write_text(json.dumps(_SCREEN), encoding="utf-8")
    if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    from PySide6.QtCore import QLoggingCategory

    from kiosk.app import make_application

    QLoggingCategory.setFilterRules("qt.*=false\ndefault.warning=false")
    make_application()


if __name__ == "__main__":
    sys.exit(main())
