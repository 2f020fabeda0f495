"""Proves that a device, or a new model of one, does what its driver counts on, and writes down what was seen.

A vendor runs ``python -m drivers.<device> conform --url … --report FILE``. Every device's checks stand in ``conformance.py`` of
its folder; this module runs them and writes the report.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from drivers.errors import DeviceError
from drivers.transport.opening import OpenPort, open_port
from drivers.transport.port import Port
from drivers.transport.transcript import RecordingPort, TranscriptWriter
from drivers.types import Deadline

EXIT_CONFORMS = 0
EXIT_DIFFERS = 1
EXIT_NO_REPORT = 2


class Verdict(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Could not be tried: nobody did what was asked for, or the device does not claim to be able to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. ``measured`` are figures and texts with their units in the name; never anything of a person."""

    verdict: Verdict
    words: str
    measured: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to be tried."""

    name: str
    """Lower snake case; stays the same over versions, so that reports can be compared."""
    purpose: str
    run: Callable[[], Finding]
    """Waits for the state it asked for, never for a key; may raise ``DeviceError``, which is a failure."""
    ask: str = ""
    """What the technician must do now, if anything."""
    is_required: bool = True
    """False: the terminal can do without, so a failure does not fail the device."""


@dataclass(frozen=True, slots=True)
class Result:
    """A check and what came of it."""

    check: Check
    finding: Finding
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """All results of one device."""

    device_class: str
    url: str
    begun_at: datetime
    results: tuple[Result, ...]

    @property
    def conforms(self) -> bool:
        """True when no required check failed and at least one passed."""
        failed = any(result.finding.verdict is Verdict.FAILED and result.check.is_required for result in self.results)
        return not failed and any(result.finding.verdict is Verdict.PASSED for result in self.results)

    @property
    def untried(self) -> tuple[str, ...]:
        """Required checks that could not be tried: who reads the report must know what it does not prove."""
        return tuple(
            result.check.name for result in self.results if result.finding.verdict is Verdict.SKIPPED and result.check.is_required
        )

    @property
    def conclusion(self) -> str:
        """In words."""
        words = "conforms" if self.conforms else "does not conform"
        return f"{words}, not tried: {', '.join(self.untried)}" if self.untried else words


def conform(device_class: str, url: str, checks: Sequence[Check], *, say: Callable[[str], None]) -> Report:
    """Run the checks in turn; ``say`` gets what the technician must do, and each verdict."""
    begun_at = datetime.now(UTC)
    results = []
    for number, check in enumerate(checks, start=1):
        if check.ask:
            say(f"    please: {check.ask}")
        begun_s = time.monotonic()
        finding = _find(check)
        results.append(Result(check, finding, time.monotonic() - begun_s))
        say(f"{number:2}/{len(checks)} {finding.verdict:8}{check.name}: {finding.words}")
    return Report(device_class, url, begun_at, tuple(results))


def write_report(report: Report, path: Path) -> None:
    """As JSON where the name ends so, else as Markdown; raises ``OSError``."""
    text = json.dumps(as_json(report), ensure_ascii=False, indent=2) if path.suffix == ".json" else as_markdown(report)
    path.write_text(text + "\n", encoding="utf-8")


def as_json(report: Report) -> dict[str, object]:
    """The report for programs."""
    return {
        "device_class": report.device_class,
        "url": report.url,
        "begun_at": report.begun_at.isoformat(timespec="seconds"),
        "conforms": report.conforms,
        "untried": list(report.untried),
        "checks": [
            {
                "name": result.check.name,
                "purpose": result.check.purpose,
                "required": result.check.is_required,
                "verdict": result.finding.verdict.value,
                "words": result.finding.words,
                "measured": dict(result.finding.measured),
                "seconds": round(result.seconds, 3),
            }
            for result in report.results
        ],
    }


def as_markdown(report: Report) -> str:
    """The report for people."""
    head = [
        f"# Conformance of {report.device_class}",
        "",
        f"`{report.url}`, {report.begun_at:%Y-%m-%d %H:%M} UTC: **{report.conclusion}**",
        "",
        "| check | verdict | what was seen | measured | s |",
        "|---|---|---|---|---|",
    ]
    return "\n".join(head + [_row(result) for result in report.results])


def _try_writing(path: Path) -> None:
    """Raise ``OSError`` now and not when a technician has done all that was asked; a report that is there stays as it is."""
    is_new = not path.exists()
    path.open("ab").close()
    if is_new:
        path.unlink()


def _row(result: Result) -> str:
    measured = ", ".join(f"{name} {value}" for name, value in result.finding.measured.items())
    required = "" if result.check.is_required else " (may fail)"
    cells = (f"{result.check.name}{required}", result.finding.verdict, result.finding.words, measured, f"{result.seconds:.2f}")
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _find(check: Check) -> Finding:
    try:
        return check.run()
    except DeviceError as error:
        return Finding(Verdict.FAILED, f"{error.code}: {error.message}")


def add_conform_arguments(parser: argparse.ArgumentParser) -> None:
    """``--report``, ``--record`` and ``--json``."""
    parser.add_argument("--report", type=Path, required=True, metavar="FILE", help="where the report goes (.json, else Markdown)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="save what goes over the line, for replay:///FILE")
    if not any(action.dest == "json" for action in parser._actions):
        parser.add_argument("--json", action="store_true", help="the report on standard output too")


def recording(record: Path | None, device_class: str, stack: ExitStack, opener: OpenPort = open_port) -> OpenPort:
    """How to open ports so that all that passes is noted in ``record``; raises ``OSError`` when it cannot be written."""
    if record is None:
        return opener
    transcript = stack.enter_context(TranscriptWriter(record, {"device": device_class}))

    def open_noted(url: str, baudrate: int, deadline: Deadline | None = None) -> Port:
        return RecordingPort(opener(url, baudrate, deadline), transcript)

    return open_noted


def run_conform(
    device_class: str,
    options: argparse.Namespace,
    checks_of: Callable[[OpenPort], Sequence[Check]],
) -> int:
    """The whole command behind ``conform``: 0 conforms, 1 does not, 2 when report or transcript cannot be written.

    ``options`` hold ``url`` and the arguments of ``add_conform_arguments``; ``checks_of`` gets how to open ports, and may raise
    ``DeviceError`` when the device cannot be opened at all.
    """
    try:
        _try_writing(options.report)
        with ExitStack() as stack:
            checks = checks_of(recording(options.record, device_class, stack))
            report = conform(device_class, options.url, checks, say=_say)
            write_report(report, options.report)
    except DeviceError as error:
        _say(str(error))
        return EXIT_DIFFERS
    except OSError as error:
        _say(f"cannot be written: {error}")
        return EXIT_NO_REPORT
    if options.json:
        sys.stdout.write(json.dumps(as_json(report), ensure_ascii=False) + "\n")
    _say(f"{options.url} {report.conclusion}: {options.report}")
    return EXIT_CONFORMS if report.conforms else EXIT_DIFFERS


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - this is the command's own voice
