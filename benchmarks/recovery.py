"""Every device unplugged and plugged in again at every step of a visit.

The true terminal, driven by touch events, with the production drivers on emulators; the platform in a process of its own. For
each device one visit, in which its plug is out for a moment at every step, in the middle of what goes on there: while a card is
awaited and while it is read, during the face check, while the slip is printed. The visit must go on where it was, and end with a
case that the platform holds once and a slip that is this case's. ``--pty`` puts the serial devices on pseudo terminals instead
of TCP ports; ``--only DEVICE`` takes one; ``--markdown`` prints the matrix as a table.

Exit code 1 when a cell failed, a case was lost or doubled, a slip was wrong, or the terminal had to be started anew.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import harness

WITHIN_S = 3.0
PATIENCE_S = 15.0
QUICK_DEVICES = ("receipt_printer",)


@dataclass
class Outcome:
    """What all visits came to."""

    recoveries: list[Any] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    steps_missed: int = 0
    reboots: int = 0
    visits: int = 0
    case_ids: list[str] = field(default_factory=list)
    wrong_slips: int = 0
    lost: int = 0
    doubled: int = 0

    def matrix(self) -> dict[str, dict[str, float | None]]:
        """Seconds from plugging in to serving, by device and step."""
        table: dict[str, dict[str, float | None]] = {}
        for one in self.recoveries:
            table.setdefault(one.device, {})[one.step] = None if one.back_s is None else round(one.back_s, 2)
        return table


def main() -> int:
    """Run as asked."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--only", metavar="DEVICE", help="one device")
    parser.add_argument("--pty", action="store_true", help="serial devices on pseudo terminals")
    parser.add_argument("--markdown", action="store_true", help="print the matrix as a Markdown table")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from benchmarks.recovery_world import DEVICES, has_cups  # late: Qt must find its environment set

    devices = [asked.only] if asked.only else list(QUICK_DEVICES if asked.quick else DEVICES)
    if not set(devices) <= set(DEVICES):
        parser.error(f"devices are {', '.join(DEVICES)}")
    if "document_printer" in devices and not has_cups():
        harness.say(asked, "document_printer is left out: there is no cupsd here")
        devices.remove("document_printer")
    with harness.work_folder(asked.dir) as folder:
        outcome = _run(devices, folder, asked)
    return _report(outcome, asked)


def _run(devices: list[str], folder: Path, asked: argparse.Namespace) -> Outcome:
    from PySide6.QtCore import QLoggingCategory

    from benchmarks.recovery_visits import Trial
    from kiosk.app import make_application

    QLoggingCategory.setFilterRules("qt.*=false\ndefault.warning=false")  # Qt's own remarks would drown ours
    application = make_application()
    trial = Trial(folder, use_pty=asked.pty, patience_s=PATIENCE_S, say=lambda line: harness.say(asked, line))
    outcome = Outcome()
    try:
        trial.start()
        for device in devices:
            trial.visit(device, outcome)
            if outcome.reboots:  # nothing measured after that would mean anything
                break
        trial.settle(outcome)
    finally:
        trial.stop()
        application.sendPostedEvents()
    return outcome


def _report(outcome: Outcome, asked: argparse.Namespace) -> int:
    matrix = outcome.matrix()
    cells = [back_s for steps in matrix.values() for back_s in steps.values()]
    unseen = sum(one.noticed_s is None for one in outcome.recoveries)
    failed = sum(back_s is None or back_s > WITHIN_S for back_s in cells) + unseen + outcome.steps_missed
    back = [back_s for back_s in cells if back_s is not None]
    noticed = [one.noticed_s for one in outcome.recoveries if one.noticed_s is not None]
    result = {
        "cells": len(cells) + outcome.steps_missed,
        "failed": failed,
        "max_s": round(max(back, default=0.0), 2),
        "median_s": round(harness.median(back), 2) if back else 0.0,
        "max_noticed_s": round(max(noticed, default=0.0), 2),
        "reboots": outcome.reboots,
        "visits": outcome.visits,
        "lost_cases": outcome.lost,
        "doubled_cases": outcome.doubled,
        "wrong_slips": outcome.wrong_slips,
        "problems": outcome.problems,
        "threads_at_end": threading.active_count(),
        "matrix": matrix,
        "machine": harness.machine(),
    }
    lines = _markdown(matrix) if asked.markdown else [f"{device}: {steps}" for device, steps in matrix.items()]
    summary = (
        f"{result['cells']} cells, {failed} failed (limit {WITHIN_S} s), "
        f"slowest {result['max_s']} s, median {result['median_s']} s; "
        f"{outcome.visits} visits, {outcome.reboots} restarts, {outcome.lost} cases lost, {outcome.doubled} doubled, "
        f"{outcome.wrong_slips} wrong slips"
    )
    harness.report(result, [*lines, *outcome.problems, summary], asked)
    return 1 if failed or outcome.reboots or outcome.lost or outcome.doubled or outcome.wrong_slips or outcome.problems else 0


def _markdown(matrix: dict[str, dict[str, float | None]]) -> list[str]:
    steps = list(dict.fromkeys(step for cells in matrix.values() for step in cells))
    head = ["| step | " + " | ".join(matrix) + " |", "|---|" + "---|" * len(matrix)]
    return head + [
        f"| {step.replace('_', ' ')} | " + " | ".join(_cell(matrix[device], step) for device in matrix) + " |" for step in steps
    ]


def _cell(cells: dict[str, float | None], step: str) -> str:
    if step not in cells:
        return "–"
    back_s = cells[step]
    return "**failed**" if back_s is None else f"{back_s:.2f} s"


if __name__ == "__main__":
    sys.exit(main())
