"""For a technician: ``python -m drivers.id_card_reader read|status|conform --url URL``. Card numbers are masked."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from drivers.conformance import Check, add_conform_arguments, run_conform
from drivers.errors import DeviceError
from drivers.id_card_reader.abstract import IdCardReader
from drivers.id_card_reader.cards import CardFileError
from drivers.id_card_reader.code_tables import ethnicity_name, sex_name
from drivers.id_card_reader.conformance import checks
from drivers.id_card_reader.factory import open_reader
from drivers.id_card_reader.photo import default_decoders
from drivers.id_card_reader.record import LONG_TERM
from drivers.id_card_reader.types import CardBodyNumber, CardExtra, CardNotRead, CardRead, CardTrouble, Missing, NewestAddress
from drivers.id_card_reader.validation import validate
from drivers.transport.opening import OpenPort
from drivers.types import Deadline

_EXIT_NO_CARD = 1
_EXIT_NO_READER = 3
_WORDS = {
    CardTrouble.NO_CARD: "no card was put down in time",
    CardTrouble.REMOVED_TOO_SOON: "the card was lifted before it was read, or must be lifted once before it is read again",
    CardTrouble.UNREADABLE: "the security module refuses this card",
    CardTrouble.UNKNOWN_KIND: "this kind of card is not known",
    CardTrouble.BAD_RECORD: "the data on the card break their own format",
    CardTrouble.TOO_SLOW: "the card was found, and could not be read to its end in time",
    CardTrouble.CANCELLED: "cancelled",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 good, 1 no card data or does not conform, 3 no working reader."""
    options = _parse(arguments)
    if options.command == "conform":
        return _conform(options)
    try:
        reader = open_reader(options.url, options.baudrate, getattr(options, "photo_library", None))
        try:
            return _status(reader, options) if options.command == "status" else _read(reader, options)
        finally:
            reader.close()
    except DeviceError as error:
        return _fail(options, _EXIT_NO_READER, error.code, str(error))
    except CardFileError as error:
        return _fail(options, _EXIT_NO_READER, "bad_card_file", str(error))


def mask_number(number: str) -> str:
    """First six and last four characters, stars between: ``330302********1234``; a short number is all stars."""
    if len(number) <= 10:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--url", required=True, help="/dev/serial/by-id/..., socket://host:port or sim://")
    common.add_argument("--baudrate", type=int, default=115200)
    common.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser = argparse.ArgumentParser(prog="python -m drivers.id_card_reader", description="Try an ID-card reader.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", parents=[common], help="ask the reader how it is")
    read = commands.add_parser("read", parents=[common], help="wait for a card and read it")
    read.add_argument("--timeout", type=float, default=30.0, help="seconds to wait for a card")
    read.add_argument("--photo-library", type=Path, help="the vendor's WLT library")
    read.add_argument("--unmasked", action="store_true", help="show the whole numbers")
    read.add_argument(
        "--also", action="append", default=[], choices=[*CardExtra], help="read this too; a fingerprint is only counted"
    )
    tried = commands.add_parser("conform", parents=[common], help="prove, with a card, that a reader does all the driver needs")
    add_conform_arguments(tried)
    tried.add_argument("--photo-library", type=Path, help="the vendor's WLT library")
    tried.add_argument("--test-card", action="store_true", help="the card is a test card: what it says may be recorded")
    options = parser.parse_args(arguments)
    if options.command == "conform" and options.record is not None and not options.test_card:
        parser.error("--record needs --test-card: a recording of a resident's card would hold all that is on it")
    return options


def _conform(options: argparse.Namespace) -> int:
    decoders = default_decoders(options.photo_library)
    with ExitStack() as stack:

        def checks_of(open_port: OpenPort) -> Sequence[Check]:
            port = open_port(options.url, options.baudrate)
            stack.callback(port.close)
            return checks(port, decoders=decoders, transcript=options.record)

        return run_conform("id_card_reader", options, checks_of)


def _status(reader: IdCardReader, options: argparse.Namespace) -> int:
    status = reader.status()
    if not status.is_online:
        return _fail(options, _EXIT_NO_READER, status.code, f"{options.url}: {status.detail or status.code}")
    sam_id = str(reader.sam_id())
    if options.json:
        _print_json({"ok": True, "state": status.state, "code": status.code, "sam_id": sam_id})
    else:
        print(f"{status.state}: {status.code}" + f", module {sam_id}")
    return 0


def _read(reader: IdCardReader, options: argparse.Namespace) -> int:
    outcome = reader.read(Deadline(options.timeout), {CardExtra(extra) for extra in options.also})
    if isinstance(outcome, CardNotRead):
        code = f"{outcome.trouble}:{outcome.detail}" if outcome.detail else outcome.trouble.value
        sam = "" if outcome.sam_code is None else f", module says {outcome.sam_code:02X}"
        return _fail(options, _EXIT_NO_CARD, code, f"{options.url}: {_WORDS[outcome.trouble]} ({code}{sam})", outcome.sam_code)
    facts = _facts(outcome, options.unmasked)
    if options.json:
        _print_json({"ok": True, **facts})
    else:
        print("\n".join(f"{name:16} {value}" for name, value in facts.items() if value not in ("", None)))
    return 0


def _facts(card: CardRead, is_unmasked: bool) -> dict[str, Any]:
    record = card.record
    valid_to = LONG_TERM if record.is_long_term else record.valid_to and record.valid_to.isoformat()
    return {
        "kind": record.kind.value,
        "name": record.name,
        "english_name": record.english_name,
        "sex": sex_name(record.sex_code),
        "ethnicity": ethnicity_name(record.ethnicity_code),
        "nationality": record.nationality,
        "birth": record.birth and record.birth.isoformat(),
        "address": record.address,
        "id_number": record.id_number if is_unmasked else mask_number(record.id_number),
        "issuer": record.issuer,
        "valid_from": record.valid_from and record.valid_from.isoformat(),
        "valid_to": valid_to,
        "permit_number": record.permit_number if is_unmasked else mask_number(record.permit_number),
        "photo": None if card.photo is None else f"{card.photo.shape[1]}x{card.photo.shape[0]}",
        "photo_problem": str(card.photo_problem),
        "findings": ", ".join(validate(record, date.today())),  # noqa: DTZ011 - the day of the place where the card is shown
        **_extras(card),
    }


def _extras(card: CardRead) -> dict[str, Any]:
    """What was asked for beside the record."""
    address, number, fingerprint = card.newest_address, card.body_number, card.fingerprint
    shown = {
        "newest_address": address.text if isinstance(address, NewestAddress) else address,
        "body_number": number.raw.hex(" ").upper() if isinstance(number, CardBodyNumber) else number,
        "fingerprint": fingerprint if isinstance(fingerprint, Missing) else f"{fingerprint.fingers} finger(s)",
    }
    return {name: str(value) for name, value in shown.items() if value is not Missing.NOT_ASKED}


def _fail(options: argparse.Namespace, exit_code: int, code: str, message: str, sam_code: int | None = None) -> int:
    if options.json:
        _print_json({"ok": False, "code": code, "message": message, "sam_code": sam_code})
    print(message, file=sys.stderr)
    return exit_code


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
