"""Stand in for a device, with its true bytes, on a loopback TCP port or a pseudo terminal. Prints one line ``ready URL``.

With ``--control``, faults are ordered in writing while it runs: one command a line, answered by ``ok`` or ``error …``;
``help`` lists what this device understands. Standard input takes the same commands (the scanner's: one code to scan a line)."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from drivers.errors import DeviceError
from kiosk.commands import CommandError

_ANY_FREE_PORT = ("127.0.0.1", 0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk emulate``."""
    devices = parser.add_subparsers(dest="device", required=True, metavar="DEVICE")
    reader = _device(devices.add_parser("id-reader", help="ID-card reader speaking SAM-V"))
    reader.add_argument("--card", type=Path, metavar="FILE.json", help="card lying on the reader (default: a sample card)")
    reader.add_argument("--rest-mode", choices=("strict", "lenient"), default="strict", help="what find answers after a read")
    printer = _device(devices.add_parser("printer", help="ESC/POS receipt printer"))
    printer.add_argument("--paper-dir", type=Path, required=True, metavar="DIR", help="where slips go, as NNN.png and NNN.txt")
    printer.add_argument("--width", choices=("80mm", "58mm"), default="80mm", help="width of the roll")
    scanner = _device(devices.add_parser("scanner", help="serial barcode scanner; each line of standard input is a scan"))
    scanner.add_argument("--suffix", choices=("cr", "crlf", "lf", "tab", "none"), default="cr")
    profile = ("passive", "newland", "honeywell", "gm65")
    scanner.add_argument("--profile", choices=profile, default="passive", help="how it is told to look (default: not at all)")
    camera = _device(devices.add_parser("camera", help="network camera (MJPEG over HTTP) with a simulated person"), has_pty=False)
    camera.add_argument("--folder", type=Path, metavar="DIR", help="show the pictures in this folder instead of the person")
    documents = devices.add_parser("document-printer", help="A4 printer behind a CUPS of its own (Debian: cups)")
    _device(documents, has_pty=False).add_argument(
        "--out-dir", type=Path, required=True, metavar="DIR", help="where documents go, as PDF"
    )


def _device(parser: argparse.ArgumentParser, *, has_pty: bool = True) -> argparse.ArgumentParser:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--listen", type=_loopback, metavar="127.0.0.1:PORT", help="TCP address; port 0 picks a free one (this is the default)"
    )
    parser.set_defaults(pty=False)
    if has_pty:
        where.add_argument("--pty", action="store_true", help="a pseudo terminal instead")
    parser.add_argument("--control", type=_loopback, metavar="127.0.0.1:PORT", help="take the fault language on this port")
    return parser


def _loopback(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if host not in ("127.0.0.1", "localhost") or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not 127.0.0.1:PORT")
    return "127.0.0.1", int(port)


def execute(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    if arguments.listen is None and not arguments.pty:
        arguments.listen = _ANY_FREE_PORT
    try:
        _SERVE[arguments.device](arguments, stop)
    except OSError as error:
        place = error.filename or f"cannot serve on {_where(arguments)}"
        raise CommandError(f"{place}: {error.strerror or error}") from error
    except (ValueError, DeviceError) as error:
        raise CommandError(str(error)) from error
    return 0


def _where(arguments: argparse.Namespace) -> str:
    places = [f"{place[0]}:{place[1]}" for place in (arguments.listen, arguments.control) if place is not None]
    return " and ".join(places) or "a pseudo terminal"


def _ready(url: str) -> None:
    sys.stdout.write(f"ready {url}\n")
    sys.stdout.flush()


# Each imports its device late: the others' libraries are not wanted.


def _id_reader(asked: argparse.Namespace, stop: threading.Event) -> None:
    from drivers.id_card_reader.emulate import serve

    serve(asked.listen, asked.pty, asked.card, asked.rest_mode, _ready, stop, control=asked.control)


def _printer(asked: argparse.Namespace, stop: threading.Event) -> None:
    from drivers.receipt_printer.emulate import serve

    serve(asked.listen, asked.pty, asked.paper_dir, _ready, stop, width=asked.width, control=asked.control)


def _scanner(asked: argparse.Namespace, stop: threading.Event) -> None:
    from drivers.barcode_scanner.emulate import serve

    serve(asked.listen, asked.pty, asked.suffix, _ready, stop, profile=asked.profile, control=asked.control)


def _camera(asked: argparse.Namespace, stop: threading.Event) -> None:
    from drivers.camera.emulate import serve

    serve(asked.listen, _ready, stop, folder=asked.folder, control=asked.control)


def _document_printer(asked: argparse.Namespace, stop: threading.Event) -> None:
    from drivers.document_printer.emulate import serve
    from drivers.emulation.stand import Place

    serve(Place(asked.listen, control=asked.control), asked.out_dir, _ready, stop)


_SERVE = {
    "id-reader": _id_reader,
    "printer": _printer,
    "scanner": _scanner,
    "camera": _camera,
    "document-printer": _document_printer,
}
