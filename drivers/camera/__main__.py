"""A technician's tool: ``python -m drivers.camera status|snapshot-size|conform --url URL``, which write no picture anywhere, and
``record-people``, which writes pictures of simulated people only."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from drivers.camera.conformance import checks
from drivers.camera.examination import Examination, examine
from drivers.camera.factory import open_camera, shown_url
from drivers.camera.people.command import add_arguments, run
from drivers.conformance import EXIT_NO_REPORT, Check, add_conform_arguments, run_conform
from drivers.errors import DeviceError
from drivers.transport.opening import OpenPort
from drivers.types import Deadline

_OPEN_S = 15.0
_MEASURE_S = 2.0
_PATIENCE_S = 20.0
_PROGRAM = "python -m drivers.camera"


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; 0 when the camera delivers (conforms), 1 when it does not, 2 for a wrong call."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "record-people":
            return _record_people(options)
        return _conform(options) if options.command == "conform" else _look(options)
    except DeviceError as error:
        print(f"camera: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_PROGRAM, description="Look at a camera without keeping a picture.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words in (
        ("status", "state, size, rate, brightness and sharpness, measured for two seconds"),
        ("snapshot-size", "size, brightness and sharpness of one picture"),
        ("conform", "prove that a camera does what the terminal counts on"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument(
            "--url", required=True, help="/dev/v4l/by-id/…, a file, a folder, http(s)://, rtsp://, sim://portrait"
        )
        command.add_argument("--json", action="store_true", help="one JSON object for programs")
        if name == "conform":
            add_conform_arguments(command)
            command.add_argument(
                "--patience", type=float, default=_PATIENCE_S, metavar="S", help="time for each thing asked of you"
            )
    people = "record sessions of simulated people and attacks, marked SAMPLE"
    add_arguments(commands.add_parser("record-people", help=people))
    return parser


def _record_people(options: argparse.Namespace) -> int:
    try:
        for line in run(options):
            print(line)
    except (OSError, ValueError) as error:
        print(f"camera: {error}", file=sys.stderr)
        return 1
    return 0


def _look(options: argparse.Namespace) -> int:
    measure_s = _MEASURE_S if options.command == "status" else 0.0
    camera = open_camera(options.url)
    facts = _facts(examine(camera, Deadline(_OPEN_S + measure_s), measure_s), has_rate=measure_s > 0)
    print(json.dumps(facts) if options.json else "  ".join(f"{name}: {value}" for name, value in facts.items()))
    return 0 if facts["code"] in ("ok", "ended") and facts["width_px"] else 1


def _facts(seen: Examination, *, has_rate: bool) -> dict[str, str | float]:
    facts: dict[str, str | float] = {"state": seen.state.value, "code": seen.code, "detail": seen.detail}
    facts |= {"width_px": seen.width, "height_px": seen.height}
    facts |= {"brightness": seen.brightness, "sharpness": seen.sharpness}
    return facts | ({"frames_per_s": seen.frames_per_s} if has_rate else {})


def _conform(options: argparse.Namespace) -> int:
    if options.record is not None:
        print("camera: --record notes what goes over a serial line; a camera has none", file=sys.stderr)
        return EXIT_NO_REPORT
    camera = open_camera(options.url)
    options.url = shown_url(options.url)  # the report goes to people who must not get the password of a stream

    def checks_of(_open_port: OpenPort) -> Sequence[Check]:
        return checks(camera, options.patience)

    try:
        return run_conform("camera", options, checks_of)
    finally:
        camera.stop()


if __name__ == "__main__":
    sys.exit(main())
