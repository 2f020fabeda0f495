"""Look at every device: how it was found, what it can do, how it is, a self-test, and what to do. Exit code 1 if this machine
cannot serve with its devices. Stop the terminal first: a serial device can have one user only."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from pathlib import Path
from typing import Any

from kiosk import config
from kiosk.commands import CommandError
from kiosk.services.doctor.report import DeviceReport, Report, Verdict

_EXIT_CANNOT_SERVE = 1
_WIDTH = 110
_MARKS = {Verdict.FIT: "ok ", Verdict.LIMITED: "!  ", Verdict.BROKEN: "X  ", Verdict.NOT_CONFIGURED: "-  "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk doctor``."""
    parser.add_argument("--settings", type=Path, default=Path("kiosk.toml"), metavar="FILE", help="default: kiosk.toml")
    parser.add_argument("--print-test", action="store_true", help="print a test slip (and a test page on A4) too")
    parser.add_argument("--candidates", action="store_true", help="also list what is plugged in here, and what it may be")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Examine; 0 when the machine can serve."""
    import assets
    from kiosk.catalogue.reading import CatalogueError, load
    from kiosk.services.doctor.examine import examine
    from kiosk.services.doctor.found import candidates

    try:
        settings = config.load(arguments.settings)
        catalogue = load(assets.ROOT / "catalogue")
    except (config.SettingsError, CatalogueError) as error:
        raise CommandError(str(error)) from error
    report = examine(settings.devices, catalogue, print_test=arguments.print_test)
    found = candidates() if arguments.candidates or _is_any_broken(report) else ()
    if arguments.json:
        sys.stdout.write(json.dumps(as_json(report) | {"candidates": list(found)}, ensure_ascii=False) + "\n")
    else:
        _tell(report, found)
    return 0 if report.can_serve else _EXIT_CANNOT_SERVE


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs."""
    return {
        "can_serve": report.can_serve,
        "routes": list(report.routes),
        "prints_paper": report.prints_paper,
        "seconds": round(report.seconds, 2),
        "devices": {device.device: _device_as_json(device) for device in report.devices},
    }


def _device_as_json(device: DeviceReport) -> dict[str, Any]:
    return {
        "url": device.url,
        "found": device.found,
        "capabilities": dict(device.capabilities),
        "state": device.status.state.value,
        "code": device.status.code,
        "detail": device.status.detail,
        "tests": [
            {"name": test.name, "passed": test.passed, "words": test.words, "measured": dict(test.measured)}
            for test in device.tests
        ],
        "seconds": round(device.seconds, 2),
        "verdict": device.verdict.value,
        "advice": device.advice,
    }


def _is_any_broken(report: Report) -> bool:
    return any(device.verdict is Verdict.BROKEN for device in report.devices)


def _tell(report: Report, found: tuple[dict[str, str], ...]) -> None:
    for device in report.devices:
        _tell_device(device)
    if found:
        _say("", "plugged in here:")
        for one in found:
            _say(f"   {one['certainty']:9}{one['device_class']:17}{one['url']}", f"            {one['reason']}")
    _say("", _conclusion(report))


def _tell_device(device: DeviceReport) -> None:
    _say(f"{_MARKS[device.verdict]}{device.device:17}{device.verdict.value:15}{device.url}")
    if device.verdict is Verdict.NOT_CONFIGURED:
        return
    words = device.status.detail and f": {device.status.detail}"
    lines = [f"found: {device.found}", f"{device.status.state.value} ({device.status.code}){words}"]
    if device.capabilities:
        lines.append("; ".join(f"{name} {value}" for name, value in device.capabilities.items()))
    for test in device.tests:
        measured = "".join(f", {name} {value}" for name, value in test.measured.items())
        lines.append(f"{'passed' if test.passed else 'FAILED'} {test.name}: {test.words}{measured}")
    lines.append(f"{device.seconds:.1f} s")
    for line in lines:
        _say(*textwrap.wrap(line, _WIDTH, initial_indent="     ", subsequent_indent="       "))
    if device.advice:
        _say(f"     → {device.advice}")


def _conclusion(report: Report) -> str:
    if not report.can_serve:
        return f"this machine cannot serve with its devices ({report.seconds:.1f} s)"
    paper = "" if report.prints_paper else ", without paper"
    return f"this machine can serve{paper}; ways to identify: {', '.join(report.routes)} ({report.seconds:.1f} s)"


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
