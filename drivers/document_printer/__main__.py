"""``python -m drivers.document_printer status|test|conform --url URL``: for a technician at the machine."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime

from drivers.conformance import EXIT_NO_REPORT, add_conform_arguments, run_conform
from drivers.document_printer.abstract import DocumentPrinter
from drivers.document_printer.conformance import DEVICE_CLASS, PATIENCE_S, checks
from drivers.document_printer.factory import open_document_printer
from drivers.document_printer.sample_page import sample_pdf
from drivers.document_printer.types import DocumentOutcome, DocumentPrinterStatus, PrintResult
from drivers.types import Deadline

_TEST_S = 120.0
_RESULTS = {
    PrintResult.PRINTED: "printed",
    PrintResult.PARTLY_PRINTED: "partly printed",
    PrintResult.NOT_PRINTED: "not printed",
    PrintResult.UNKNOWN: "not confirmed by CUPS: please look",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when the printer can print, has printed, or conforms."""
    options = _parser().parse_args(arguments)
    try:
        printer = open_document_printer(options.url)
    except ValueError as error:
        _complain(str(error))
        return 2
    try:
        return _run(printer, options)
    finally:
        printer.close()


def _run(printer: DocumentPrinter, options: argparse.Namespace) -> int:
    if options.command == "status":
        return _status(printer.status(), options)
    if options.command == "test":
        return _test(printer, options)
    if options.record is not None:
        _complain("--record notes what goes over a device's own line; a document printer is asked through CUPS")
        return EXIT_NO_REPORT
    return run_conform(DEVICE_CLASS, options, lambda _open_port: checks(printer, options.patience))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m drivers.document_printer", description="Ask and try a document printer.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in (
        ("status", "ask the printer how it is; exit 0 if it can print"),
        ("test", "print a test page"),
        ("conform", "try all that the terminal counts on, and write a report"),
    ):
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.add_argument("--url", required=True, help="ipp://localhost:631/printers/NAME, ipps://… or sim://")
        command.add_argument("--json", action="store_true", help="one JSON object on standard output")
        if name == "conform":
            add_conform_arguments(command)
            command.add_argument(
                "--patience", type=float, default=PATIENCE_S, metavar="S", help="time for each thing asked of you"
            )
    return parser


def _status(status: DocumentPrinterStatus, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps(_as_dict(status), ensure_ascii=False))
    else:
        for name, value in _as_dict(status).items():
            print(f"{name:13}{_word(value)}")
    if not status.can_print:
        _complain(f"the printer cannot print: {_reason(status)}")
    return 0 if status.can_print else 1


def _test(printer: DocumentPrinter, options: argparse.Namespace) -> int:
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
    outcome = printer.print_document(sample_pdf(now), Deadline(_TEST_S), title="test")
    _report(outcome, options)
    return 0 if outcome.result is PrintResult.PRINTED else 1


def _report(outcome: DocumentOutcome, options: argparse.Namespace) -> None:
    if options.json:
        found = {"result": outcome.result.value, "pages": outcome.pages, "is_purged": outcome.is_purged}
        print(json.dumps({**found, "status": _as_dict(outcome.status)}, ensure_ascii=False))
    elif outcome.result is PrintResult.PRINTED:
        print("the test page was printed")
    if outcome.result is not PrintResult.PRINTED:
        _complain(f"the test page was {_RESULTS[outcome.result]} ({_reason(outcome.status)})")
    if not outcome.is_purged:
        _complain("CUPS has not confirmed that it holds nothing of the page any more")


def _as_dict(status: DocumentPrinterStatus) -> dict[str, object]:
    return {
        "can_print": status.can_print,
        "code": status.device.code,
        "state": status.device.state.value,
        "detail": status.device.detail,
        "paper": status.paper.value,
        "toner": status.toner.value,
        "cover_open": status.cover_open,
        "queued_jobs": status.queued_jobs,
        "reasons": " ".join(status.reasons),
    }


def _word(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value in ("", None) else value


def _reason(status: DocumentPrinterStatus) -> str:
    return status.device.detail or status.device.code


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
