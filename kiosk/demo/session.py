"""One run of the demo, from the first process started to the last one stopped."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLoggingCategory

from kiosk.app import make_application
from kiosk.demo.play import play, problems
from kiosk.demo.progress import ProgressReport, ask_progress
from kiosk.demo.resident import GaveUp
from kiosk.demo.scenes import VisitReport
from kiosk.demo.stage import Stage


def run(out: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Play everything in ``out`` and tell what came of it. Nothing is left running, whatever happens."""
    # Qt's own remarks (no window manager to tell sizes to, no sound server, a binding in its keyboard) would drown ours. They
    # are filtered by category: a handler in Python would wait for the interpreter lock on threads that hold up the GUI thread.
    QLoggingCategory.setFilterRules("qt.*=false\ndefault.warning=false")
    application = make_application()
    stage = Stage(out)
    try:
        say("starting the platform and the emulated devices")
        stage.start()
        reports = play(stage, out, say)
        _collect_slips(out, reports)
        found, records = problems(stage, reports)
        asked = _ask_progress(stage, out, say, reports)
        found += asked.problems()
        ratings = stage.platform.ratings()
    finally:
        stage.stop()
        application.sendPostedEvents()
    return {
        "ok": not found,
        "problems": found,
        "visits": [asdict(report) for report in reports],
        "platform": {"cases": records, "ratings": ratings},
        "progress": asdict(asked),
        "slips": sorted(str(path) for path in (out / "slips").glob("*.png")),
        "out": str(out),
    }


def _ask_progress(stage: Stage, out: Path, say: Callable[[str], None], reports: list[VisitReport]) -> ProgressReport:
    """Whoever handed in the first case comes back for it."""
    if not reports or any(report.problem for report in reports):
        return ProgressReport("", problem="the visits before it were not played to their end")
    say("the first resident comes back and asks where the case is")
    report = ProgressReport(reports[0].receipt_number)
    try:
        ask_progress(stage, out / "screens" / "6-progress", report, stage.elder_card())
    except GaveUp as error:
        stage.terminal.window.grab().save(str(out / "gave-up.png"))
        report.problem = str(error)
    say(f"  {report.problem or ' → '.join(report.states)}")
    return report


def _collect_slips(out: Path, reports: list[VisitReport]) -> None:
    """The last slip of each visit, as a picture of its own name."""
    for report in reports:
        source = out / "slips" / f"{report.slip}.png"
        if report.slip and source.is_file():
            target = out / f"slip-{report.name}.png"
            shutil.copyfile(source, target)
            report.slip = str(target)
