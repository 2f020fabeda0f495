"""Read the bar codes and QR codes in pictures; one line a picture."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from drivers.barcode_scanner.image_codes import UnreadablePicture, read_codes_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk read-code``."""
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of words")


def execute(arguments: argparse.Namespace) -> int:
    """Exit code 2 when a picture could not be opened; a picture without a code is no failure."""
    exit_code = 0
    for path in arguments.images:
        started_s = time.perf_counter()
        found = read_codes_file(path)
        elapsed_ms = round((time.perf_counter() - started_s) * 1000, 2)
        if isinstance(found, UnreadablePicture):
            exit_code = 2
            sys.stderr.write(f"kiosk read-code: {path}: {found.reason}\n")
            codes: list[dict[str, str]] = []
        else:
            codes = [{"type": code.symbology, "text": code.text, "bytes_hex": code.raw.hex()} for code in found]
        if arguments.json:
            line = {"image": str(path), "codes": codes, "ms": elapsed_ms}
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        elif not isinstance(found, UnreadablePicture):
            words = "; ".join(f"{code['type']}: {_printable(code['text'])}" for code in codes)
            sys.stdout.write(f"{path}: {words or 'no code'}\n")
    return exit_code


def _printable(text: str) -> str:
    """A code may hold line ends and terminal escapes: they are shown, not obeyed."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
