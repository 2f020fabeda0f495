"""``python -m drivers.receipt_printer status|test|conform|picture``: for a technician at the machine, and for vendors."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from drivers.conformance import Check, add_conform_arguments, run_conform
from drivers.receipt_printer.abstract import ReceiptPrinter
from drivers.receipt_printer.conformance import DEVICE_CLASS, Setting, trial
from drivers.receipt_printer.errors import FontMissing
from drivers.receipt_printer.factory import open_printer
from drivers.receipt_printer.models import MODELS
from drivers.receipt_printer.render_image import picture
from drivers.receipt_printer.technician_page import technician_page
from drivers.receipt_printer.types import PAPERS, PrinterStatus, PrintOutcome, PrintResult
from drivers.transport.opening import OpenPort
from drivers.types import Deadline

_TEST_S = 30.0
_PURPOSES = {
    "status": "ask the printer how it is; exit 0 if it can print",
    "test": "print a test page",
    "conform": "try all that the driver counts on, and write a report",
    "picture": "draw the test page into a file",
}
_RESULTS = {
    PrintResult.PRINTED: "printed",
    PrintResult.PARTLY_PRINTED: "partly printed",
    PrintResult.NOT_PRINTED: "not printed",
    PrintResult.UNKNOWN: "not confirmed by the printer: please look",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when the printer can print, or has printed."""
    options = _parser().parse_args(arguments)
    if options.command == "picture":
        return _picture(options)
    if options.command == "conform":
        return _conform(options)
    printer = open_printer(options.url, options.width, options.baud, model=options.model)
    try:
        return _status(printer.status(), options) if options.command == "status" else _test(printer, options)
    finally:
        printer.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m drivers.receipt_printer", description="Ask and try a receipt printer.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in _PURPOSES.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.add_argument("--width", choices=sorted(PAPERS), default="80mm", help="width of the paper")
        if name == "picture":
            command.add_argument("--out", type=Path, required=True, metavar="FILE.png")
            continue
        command.add_argument("--url", required=True, help="/dev/serial/by-id/…, usb://04b8:0e15, /dev/usb/lp0, socket://…")
        command.add_argument("--baud", type=int, default=115200, help="speed of a serial line")
        command.add_argument("--model", choices=sorted(MODELS), default="standard", help="what the printer can do")
        if name == "conform":
            add_conform_arguments(command)
            command.add_argument("--patience", type=float, default=60.0, metavar="S", help="how long to wait for somebody's hand")
        else:
            command.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser


def _conform(options: argparse.Namespace) -> int:
    setting = Setting(options.url, options.width, options.baud, options.model, options.patience)
    with ExitStack() as stack:

        def checks_of(opener: OpenPort) -> Sequence[Check]:
            tried = trial(setting, opener)
            stack.callback(tried.close)
            return tried.checks()

        return run_conform(DEVICE_CLASS, options, checks_of)


def _picture(options: argparse.Namespace) -> int:
    """The test page as it will look; for documents, and to compare with the paper."""
    try:
        picture(technician_page("sample", "2026-01-01 12:00:00"), options.width).save(options.out)
    except (FontMissing, OSError, ValueError) as error:
        _complain(f"{options.out} cannot be drawn: {error}")
        return 1
    return 0


def _status(status: PrinterStatus, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps(_as_dict(status), ensure_ascii=False))
    else:
        for name, value in _as_dict(status).items():
            print(f"{name:13}{_word(value)}")
    if not status.can_print:
        _complain(f"the printer cannot print: {_reason(status)}")
    return 0 if status.can_print else 1


def _test(printer: ReceiptPrinter, options: argparse.Namespace) -> int:
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
    outcome = printer.print_receipt(technician_page(options.url, now), Deadline(_TEST_S))
    _report(outcome, options)
    return 0 if outcome.result is PrintResult.PRINTED else 1


def _report(outcome: PrintOutcome, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({"result": outcome.result.value, "status": _as_dict(outcome.status)}, ensure_ascii=False))
    elif outcome.result is PrintResult.PRINTED:
        print("the test page was printed")
    if outcome.result is not PrintResult.PRINTED:
        _complain(f"the test page was {_RESULTS[outcome.result]} ({_reason(outcome.status)})")


def _as_dict(status: PrinterStatus) -> dict[str, object]:
    return {
        "can_print": status.can_print,
        "code": status.device.code,
        "state": status.device.state.value,
        "detail": status.device.detail,
        "paper": status.paper.value,
        "cover_open": status.cover_open,
        "cutter_error": status.cutter_error,
    }


def _word(value: object) -> object:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value or "-"


def _reason(status: PrinterStatus) -> str:
    return status.device.detail or status.device.code


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
