"""Stand in for a device, with its true bytes, on a loopback TCP port or a pseudo terminal. Prints one line ``ready URL``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from kiosk.commands import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk emulate``."""
    devices = parser.add_subparsers(dest="device", required=True, metavar="DEVICE")
    reader = _device(devices.add_parser("id-reader", help="ID-card reader speaking SAM-V"))
    reader.add_argument("--card", type=Path, metavar="FILE.json", help="card lying on the reader (default: a sample card)")
    reader.add_argument("--rest-mode", choices=("strict", "lenient"), default="strict", help="what find answers after a read")
    printer = _device(devices.add_parser("printer", help="ESC/POS receipt printer"))
    printer.add_argument("--paper-dir", type=Path, required=True, metavar="DIR", help="where slips go, as NNN.png and NNN.txt")
    scanner = _device(devices.add_parser("scanner", help="serial barcode scanner; each line of standard input is a scan"))
    scanner.add_argument("--suffix", choices=("cr", "crlf", "lf", "none"), default="cr")


def _device(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--listen", type=_loopback, metavar="127.0.0.1:PORT", help="TCP address; port 0 picks a free one")
    where.add_argument("--pty", action="store_true", help="a pseudo terminal instead")
    return parser


def _loopback(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if host not in ("127.0.0.1", "localhost") or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not 127.0.0.1:PORT")
    return "127.0.0.1", int(port)


def execute(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        _serve(arguments, stop)
    except OSError as error:
        where = f"{arguments.listen[0]}:{arguments.listen[1]}" if arguments.listen else "a pseudo terminal"
        raise CommandError(f"cannot serve on {where}: {error.strerror or error}") from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    return 0


def _ready(url: str) -> None:
    sys.stdout.write(f"ready {url}\n")
    sys.stdout.flush()


def _serve(arguments: argparse.Namespace, stop: threading.Event) -> None:
    on_ready: Callable[[str], None] = _ready
    if arguments.device == "id-reader":
        from drivers.id_card_reader import emulate as id_reader

        id_reader.serve(arguments.listen, arguments.pty, arguments.card, arguments.rest_mode, on_ready, stop)
    elif arguments.device == "printer":
        from drivers.receipt_printer import emulate as printer

        printer.serve(arguments.listen, arguments.pty, arguments.paper_dir, on_ready, stop)
    else:
        from drivers.barcode_scanner import emulate as scanner

        scanner.serve(arguments.listen, arguments.pty, arguments.suffix, on_ready, stop)
