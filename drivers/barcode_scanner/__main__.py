"""For a technician: ``python -m drivers.barcode_scanner read --url URL`` shows the next code, ``status`` asks the scanner.

``conform --url URL --report FILE`` has test codes shown to the scanner and writes down what it makes of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drivers.barcode_scanner.abstract import BarcodeScanner
from drivers.barcode_scanner.conformance import conform
from drivers.barcode_scanner.factory import open_scanner
from drivers.barcode_scanner.profiles import ProfileName
from drivers.barcode_scanner.protocol import Framing
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.types import NotScanned, ScanTrouble
from drivers.conformance import add_conform_arguments
from drivers.errors import DeviceError
from drivers.types import Deadline

_EXIT_NO_CODE = 1
_EXIT_NO_SCANNER = 3
_WORDS = {
    ScanTrouble.NOTHING: "nothing was scanned in time",
    ScanTrouble.TOO_LONG: "the code is longer than 4 KiB",
    ScanTrouble.UNDECODABLE: "the code is incomplete or no text",
    ScanTrouble.CANCELLED: "cancelled",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 good, 1 no code, 3 no working scanner."""
    options = _parse(arguments)
    if options.command == "conform":
        return conform(options, _settings(options))
    try:
        scanner = open_scanner(options.url, _settings(options))
        try:
            return _status(scanner, options) if options.command == "status" else _read(scanner, options)
        finally:
            scanner.close()
    except DeviceError as error:
        return _fail(options, _EXIT_NO_SCANNER, error.code, str(error))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--url", required=True, help="/dev/serial/by-id/..., socket://host:port or sim://")
    common.add_argument("--baudrate", type=int, default=9600)
    common.add_argument("--profile", choices=[str(name) for name in ProfileName], default="passive", help="how it is triggered")
    common.add_argument("--framing", choices=[str(framing) for framing in Framing], default="gap", help="end of a code")
    common.add_argument("--gap-ms", type=float, default=80.0, help="pause that ends a code")
    common.add_argument("--aim", action="store_true", help="the scanner sends AIM prefixes (]cm): strip them")
    common.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser = argparse.ArgumentParser(prog="python -m drivers.barcode_scanner", description="Try a serial barcode scanner.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", parents=[common], help="is the port there")
    read = commands.add_parser("read", parents=[common], help="wait for a code")
    read.add_argument("--timeout", type=float, default=30.0, help="seconds to wait")
    conforming = commands.add_parser("conform", parents=[common], help="prove that a scanner does what the driver counts on")
    conforming.add_argument("--timeout", type=float, default=20.0, help="seconds to wait for each code to be shown")
    conforming.add_argument("--codes", type=Path, default=Path("test-codes.png"), help="where the picture of test codes goes")
    add_conform_arguments(conforming)
    return parser.parse_args(arguments)


def _settings(options: argparse.Namespace) -> ScannerSettings:
    return ScannerSettings(
        profile=ProfileName(options.profile),
        framing=Framing(options.framing),
        strips_aim=options.aim,
        gap_s=options.gap_ms / 1000,
        baudrate=options.baudrate,
    )


def _status(scanner: BarcodeScanner, options: argparse.Namespace) -> int:
    status = scanner.status()
    if not status.is_online:
        return _fail(options, _EXIT_NO_SCANNER, status.code, f"{options.url}: {status.detail or status.code}")
    if options.json:
        _print_json({"ok": True, "state": status.state, "code": status.code})
    else:
        print(f"{status.state}: {status.code}")
    return 0


def _read(scanner: BarcodeScanner, options: argparse.Namespace) -> int:
    outcome = scanner.read(Deadline(options.timeout))
    if isinstance(outcome, NotScanned):
        code = f"{outcome.trouble}:{outcome.detail}" if outcome.detail else outcome.trouble.value
        if outcome.trouble is ScanTrouble.NOTHING and not (status := scanner.status()).is_online:
            return _fail(options, _EXIT_NO_SCANNER, status.code, f"{options.url}: {_WORDS[outcome.trouble]}: {status.detail}")
        return _fail(options, _EXIT_NO_CODE, code, f"{options.url}: {_WORDS[outcome.trouble]} ({code})")
    if options.json:
        facts = {"text": outcome.text, "bytes_hex": outcome.raw.hex(), "symbology": outcome.symbology}
        _print_json({"ok": True, **facts, "has_control_characters": outcome.has_control_characters})
    else:
        # A code may hold terminal escapes: they are shown, not obeyed.
        print("".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in outcome.text))
    return 0


def _fail(options: argparse.Namespace, exit_code: int, code: str, message: str) -> int:
    if options.json:
        _print_json({"ok": False, "code": code, "message": message})
    print(message, file=sys.stderr)
    return exit_code


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
