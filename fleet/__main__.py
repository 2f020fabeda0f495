"""``kiosk-fleet``: the platform and its console from the command line."""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fleet import commands
from fleet.case_verbs import add_case_verbs
from fleet.catalogue_verbs import add_catalogue_verbs
from fleet.clock import in_china, system_clock
from fleet.errors import PlatformError
from fleet.identity_verbs import add_identity_verbs
from fleet.listen import Listen, parse_listen
from fleet.operators import DEFAULT_NAME
from fleet.sharing_verbs import add_sharing_verbs
from fleet.ticket_verbs import add_ticket_verbs
from fleet.tokens import Grant
from fleet.verbs import Verbs

DEFAULT_LISTEN = "127.0.0.1:8000"
DEFAULT_DATA = Path("fleet-data")
MAX_VALID_HOURS = 24.0 * 366


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (could not be done) or 2 (bad arguments)."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asked = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int | None] = asked.run
    try:
        code = run(asked) or 0
        sys.stdout.flush()
    except PlatformError as error:
        print(f"kiosk-fleet: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read us has seen enough (``| head``); what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk-fleet", description="The platform that terminals deliver to, and its console.")
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serve(verbs)
    _add_enrol_token(verbs)

    processing = _add(verbs, "process", "process the cases that wait, now", _process)
    processing.add_argument("--again", action="store_true", help="also those that wait for staff")
    processing.add_argument("--json", action="store_true", help="print one JSON object")

    reporting = _add(verbs, "report", "print the platform's own records", _report)
    reporting.add_argument("subject", choices=commands.REPORTS)
    reporting.add_argument("--json", action="store_true", help="print one JSON object")

    importing = _add(verbs, "import", "take in a terminal's bundle from a USB stick, and write the receipts there", _import)
    importing.add_argument("folder", type=Path, metavar="DIR", help="the folder that holds manifest.json")
    importing.add_argument("--json", action="store_true", help="print one JSON object")

    _add_keys(verbs)
    _add_alarms(verbs)
    add_identity_verbs(verbs, _add)
    add_sharing_verbs(verbs, _add)
    add_catalogue_verbs(verbs, _add)
    add_ticket_verbs(verbs, _add)
    add_case_verbs(verbs, _add)

    operators = verbs.add_parser("operators", help="who may see the console from elsewhere")
    operator_verbs = operators.add_subparsers(dest="operator_command", required=True, metavar="COMMAND")
    password = _add(operator_verbs, "set-password", "set a password; it is asked for, or read from a pipe", _set_password)
    password.add_argument("--name", default=DEFAULT_NAME, help=f"default: {DEFAULT_NAME}")
    return parser


def _add(verbs: Verbs, name: str, words: str, run: Callable[[argparse.Namespace], int | None]) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help=f"default: {DEFAULT_DATA}")
    parser.set_defaults(run=run)
    return parser


def _add_serve(verbs: Verbs) -> None:
    serving = _add(verbs, "serve", "serve the API and the console until told to stop", _serve)
    serving.add_argument("--listen", type=_listen, default=DEFAULT_LISTEN, metavar="HOST:PORT", help=f"default: {DEFAULT_LISTEN}")
    when = serving.add_mutually_exclusive_group()
    when.add_argument(
        "--process-after", type=_seconds, default=1.0, metavar="SECONDS", help="process a case so long after it came; default: 1"
    )
    when.add_argument("--no-process", action="store_true", help="leave processing to the command 'process'")


def _add_enrol_token(verbs: Verbs) -> None:
    token = _add(verbs, "enrol-token", "issue a one-time token for one terminal; it is shown only once", _enrol_token)
    token.add_argument("--region", default="", metavar="CODE", help="six digits of GB/T 2260, e.g. 330304")
    token.add_argument("--name", default="", help="what people call the terminal; default: what it says itself")
    token.add_argument("--kiosk", default="", metavar="ID", help="enrol this terminal again: new key, same id and number range")
    token.add_argument("--succeeds", default="", metavar="ID", help="the new terminal takes over the cases of this one")
    token.add_argument("--valid-hours", type=_hours, default=24.0, metavar="HOURS", help="default: 24")
    token.add_argument("--json", action="store_true", help="print one JSON object")


def _add_keys(verbs: Verbs) -> None:
    keys = verbs.add_parser("keys", help="the platform's own keys")
    key_verbs = keys.add_subparsers(dest="key_command", required=True, metavar="COMMAND")
    listing = _add(key_verbs, "list", "list the keys, newest first; nothing secret is shown", _list_keys)
    rotating = _add(key_verbs, "rotate", "make a new sealing key that terminals use from their next heartbeat on", _rotate_keys)
    rotating.add_argument("--receipt", action="store_true", help="also a new key for receipts")
    for verb in (listing, rotating):
        verb.add_argument("--json", action="store_true", help="print one JSON object")


def _add_alarms(verbs: Verbs) -> None:
    alarms = verbs.add_parser("alarms", help="alarms of terminals' audit trails; 'report kiosks' shows them")
    alarm_verbs = alarms.add_subparsers(dest="alarm_command", required=True, metavar="COMMAND")
    closing = _add(alarm_verbs, "close", "close a terminal's audit alarms after somebody has looked into them", _close_alarms)
    closing.add_argument("--kiosk", required=True, metavar="ID")
    closing.add_argument("--note", default="", help="what was found, at most 200 characters")


def _serve(asked: argparse.Namespace) -> None:
    from fleet.server import serve  # late: a quarter of a second that no other command needs

    after_s = None if asked.no_process else asked.process_after
    serve(asked.data, asked.listen, after_s, lambda url: print(f"ready {url}", flush=True))


def _enrol_token(asked: argparse.Namespace) -> None:
    grant = Grant(
        region_code=asked.region,
        name=asked.name,
        kiosk_id=asked.kiosk,
        succeeds=asked.succeeds,
        valid_ms=round(asked.valid_hours * 3_600_000),
    )
    issued = commands.issue_token(asked.data, grant, system_clock)
    if asked.json:
        _print_json({"token": issued.token, "region_code": issued.region_code, "expires_at_ms": issued.expires_at_ms})
    else:
        print(issued.token)
        print(
            f"valid once, until {in_china(issued.expires_at_ms):%Y-%m-%d %H:%M}",
            file=sys.stderr,
        )


def _process(asked: argparse.Namespace) -> None:
    tally = commands.process(asked.data, again=asked.again)
    if asked.json:
        _print_json({"processed": tally.processed, "needs_staff": tally.needs_staff})
    else:
        print(f"{tally.processed} processed, {tally.needs_staff} need staff")


def _report(asked: argparse.Namespace) -> None:
    records = commands.report(asked.data, asked.subject)
    if asked.json:
        _print_json({asked.subject: records})
        return
    for record in records:
        told = ((name, value) for name, value in record.items() if name != "heartbeat" and value not in (None, "", []))
        print("  ".join(f"{name}={value}" for name, value in told))


def _import(asked: argparse.Namespace) -> int:
    report = commands.import_from(asked.data, asked.folder)
    if asked.json:
        told = {"kiosk_id": report.kiosk_id, **report.counts, "materials": report.materials, "faults": report.faults}
        _print_json(told | {"receipts_written": not report.receipts_problem})
    else:
        counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
        print(f"{report.kiosk_id}: {counts}; {report.materials} materials")
        for fault in report.faults:
            print(f"not taken: {fault}")
    if report.receipts_problem:
        print(f"kiosk-fleet: the receipts could not be written: {report.receipts_problem}", file=sys.stderr)
    return 0 if report.is_whole else 1


def _list_keys(asked: argparse.Namespace) -> None:
    keys = commands.list_keys(asked.data)
    if asked.json:
        _print_json({"keys": keys})
        return
    for key in keys:
        made = f"{in_china(key['created_at_ms']):%Y-%m-%d %H:%M}"
        print(f"{key['key_id']}  {key['use']}  made {made}  {'in use' if key['in_use'] else 'still opens and verifies'}")


def _rotate_keys(asked: argparse.Namespace) -> None:
    made = commands.rotate_keys(asked.data, system_clock, with_receipt=asked.receipt)
    if asked.json:
        _print_json({"made": made})
    else:
        print("\n".join(made))
        print("back up the folder of keys now: cases sealed to a lost key cannot be opened", file=sys.stderr)


def _close_alarms(asked: argparse.Namespace) -> None:
    print(f"{commands.close_audit_alarms(asked.data, asked.kiosk, asked.note, system_clock)} alarms closed")


def _set_password(asked: argparse.Namespace) -> None:
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != password:
            raise PlatformError("the two passwords differ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    commands.set_password(asked.data, asked.name, password)
    print(f"the password of {asked.name} is set")


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _listen(text: str) -> Listen:
    try:
        return parse_listen(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _seconds(text: str) -> float:
    return _number(text, "seconds", 0.0, 86_400.0 * 30)


def _hours(text: str) -> float:
    return _number(text, "hours", 0.01, MAX_VALID_HOURS)


def _number(text: str, unit: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of {unit} from {least:g} to {most:g}")
    return value


if __name__ == "__main__":
    sys.exit(main())
