"""Every matter of the catalogue by five keys and by ear alone: from rest to rest, nothing is touched and no screen is looked at.

Window, flow and voice are the true ones; devices, authorities and store answer from memory (``kiosk.headless.dry``). What is
said goes to a listener who goes down through it, as somebody does who cannot see, and counts the keys.

    python -m benchmarks.five_keys [--json] [--quick] [--matter ID]...

Goals: every matter ends in a case; on no screen do two things to be chosen sound the same.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from typing import Any

from PySide6.QtCore import QLoggingCategory
from PySide6.QtWidgets import QApplication

import assets
from benchmarks import harness
from benchmarks.five_keys_booth import Booth, Lost
from kiosk.catalogue.models import Catalogue, Item
from kiosk.catalogue.reading import load
from kiosk.demo.residents import sample_residents
from kiosk.domain.china_time import CHINA_TIME
from kiosk.headless.dry import DryWorld
from kiosk.headless.flow import WorldFlow
from ui.gallery.formats import FORMATS
from ui.keyboard.environment import QUIET, prepare_environment
from ui.window import KioskWindow

_QUICK_EVERY = 12
_WAITED_FOR = "27in"


def main() -> int:
    """Run as asked; 1 when a matter does not end, or sounds alike."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--matter", action="append", default=[], metavar="ID", help="only this one; may be given again")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    prepare_environment()
    QLoggingCategory.setFilterRules(QUIET)
    application = QApplication(sys.argv[:1])
    catalogue = load(assets.ROOT / "catalogue")
    window = FORMATS[_WAITED_FOR].window()
    result = _measure(window, catalogue, _chosen(catalogue, asked), asked)
    window.close()
    application.quit()
    harness.report(result, _lines(result), asked)
    return 1 if result["not_ended"] or result["alike"] or not result["ended"] else 0


def _chosen(catalogue: Catalogue, asked: argparse.Namespace) -> list[Item]:
    listed = [item for item in catalogue.items if item.is_listed]
    if asked.matter:
        return [item for item in listed if item.id in asked.matter]
    return listed[::_QUICK_EVERY] if asked.quick else listed


def _measure(window: KioskWindow, catalogue: Catalogue, items: list[Item], asked: argparse.Namespace) -> dict[str, Any]:
    presses: dict[str, int] = {}
    not_ended: dict[str, str] = {}
    alike: set[str] = set()
    for item in items:
        harness.say(asked, item.id)
        told = _one(window, catalogue, item)
        alike |= told.alike
        if told.problem:
            not_ended[item.id] = told.problem
        else:
            presses[item.id] = told.presses
    return {
        "matters": len(items),
        "ended": len(presses),
        "not_ended": not_ended,
        "alike": sorted(alike),
        "presses": presses,
        "presses_median": harness.median(list(presses.values())) if presses else 0,
        "machine": harness.machine(),
    }


class _Told:
    """What came of one matter."""

    def __init__(self) -> None:
        self.problem = "nobody tried"
        self.presses = 0
        self.alike: set[str] = set()


def _one(window: KioskWindow, catalogue: Catalogue, item: Item) -> _Told:
    """By the first of the sample residents who may have it."""
    told = _Told()
    problems = []
    for resident in sample_residents():
        flow = WorldFlow(DryWorld(catalogue, resident, datetime.now(CHINA_TIME).date()))
        booth = Booth(window, flow, resident)
        try:
            booth.carry_out(item)
        except Lost as error:
            problems.append(str(error))
            continue
        finally:
            told.alike |= booth.alike
            booth.leave()
        told.problem, told.presses = "", booth.presses
        return told
    told.problem = "; ".join(problems)
    return told


def _lines(result: dict[str, Any]) -> list[str]:
    lines = [f"{result['ended']} of {result['matters']} matters ended in a case; {result['presses_median']} keys in the middle"]
    lines += [f"  {name}: {count} keys" for name, count in sorted(result["presses"].items(), key=lambda one: -one[1])]
    lines += [f"not ended: {name}: {words}" for name, words in result["not_ended"].items()]
    return lines + [f"sounds alike: {words}" for words in result["alike"]]


if __name__ == "__main__":
    sys.exit(main())
