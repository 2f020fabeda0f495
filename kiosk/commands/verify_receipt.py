"""Check the code on a slip, without any network: is it this machine's word, and what does it say?

Exit code 0: genuine (or a sound receipt number); 1: not.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from contract import receipt_number
from contract.statements import TEXT_LENGTH, Checked, Flaw, Kind, check
from kiosk.commands import CommandError
from kiosk.domain.china_time import shown_time
from kiosk.services.platform import PlatformTrouble, open_identity

_KEY = re.compile(r"[0-9a-fA-F]{64}")
_MAX_KEY_FILE_BYTES = 64 * 1024
_WORDS: dict[str, str] = {
    Flaw.NOT_A_RECEIPT_CODE: "this is not the code of a slip",
    Flaw.DAMAGED: "the code was altered or damaged",
    Flaw.BAD_RECEIPT_NUMBER: "the check character of the receipt number is wrong: it was mistyped or altered",
    Flaw.UNKNOWN_MACHINE: "the code names a machine whose key is not known here, or it was altered",
    Flaw.BAD_SIGNATURE: "the signature is wrong: the code was altered or forged",
    "number_only": "the receipt number is sound; a number alone does not prove that there is such a case",
}
_SAID = {Kind.SAVED: "saved on the machine, not yet delivered", Kind.DELIVERED: "delivered to the platform"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the check. What could not be believed is left empty."""

    valid: bool
    code: str
    """``genuine``, ``number_only``, or a ``Flaw``."""
    receipt_number: str = ""
    item_code: str = ""
    said: str = ""
    """``saved`` or ``delivered``: the machine's word of that moment."""
    committed_at_ms: int | None = None
    committed_at: str = ""
    """China time."""
    case_id: str = ""
    digest: str = ""
    key_id: str = ""
    public_key: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk verify-receipt``."""
    parser.add_argument("text", nargs="?", metavar="TEXT", help="what a scanner reads from the slip; - reads standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")
    parser.add_argument("--data", type=Path, default=Path("data"), help="data folder of the terminal (default: data)")
    parser.add_argument(
        "--public-key",
        action="append",
        default=[],
        metavar="HEX_OR_FILE",
        help="check with this key, 64 hex digits or a file of them, instead of the terminal's own; may be repeated",
    )
    parser.add_argument("--show-key", action="store_true", help="print the terminal's public keys, the present one first")


def execute(arguments: argparse.Namespace) -> int:
    """Check one text, or show the keys."""
    if arguments.show_key:
        sys.stdout.write("".join(f"{key.hex()}\n" for key in _own_keys(arguments.data)))
        return 0
    if arguments.text is None:
        raise CommandError("give the text of the code, or - to read it from standard input", exit_code=2)
    text = _from_stdin() if arguments.text == "-" else arguments.text
    if receipt_number.is_number_like(text):
        verdict = _of_number(text)
    else:
        own = not arguments.public_key
        keys = _own_keys(arguments.data) if own else tuple(key for given in arguments.public_key for key in _given(given))
        verdict = _of_code(check(text, keys))
    _tell(verdict, arguments.json)
    return 0 if verdict.valid else 1


def _from_stdin() -> str:
    """One text; a single line end after it is no part of it. More than a code can hold is cut: it is no code anyway."""
    given = sys.stdin.buffer.read(2 * TEXT_LENGTH).decode("utf-8", errors="replace")
    return re.sub(r"(\r\n|\n|\r)\Z", "", given)


def _own_keys(data: Path) -> tuple[bytes, ...]:
    if not data.is_dir():
        raise CommandError(f"{data}: there is no such folder; name the terminal's data folder, or a --public-key")
    try:
        keys = open_identity(data).known_public_keys()
    except PlatformTrouble as error:
        raise CommandError(str(error)) from error
    if not keys:
        raise CommandError(f"{data}: this terminal has no key yet: enrol it first, or name a --public-key")
    return keys


def _given(argument: str) -> tuple[bytes, ...]:
    if _KEY.fullmatch(argument):
        return (bytes.fromhex(argument),)
    try:
        with Path(argument).open("rb") as file:
            words = file.read(_MAX_KEY_FILE_BYTES).decode("ascii", errors="replace").split()
    except (OSError, ValueError) as error:
        raise CommandError(f"{argument!r} is neither 64 hex digits nor a file that can be read", exit_code=2) from error
    if not words or not all(_KEY.fullmatch(word) for word in words):
        raise CommandError(f"{argument}: a file of public keys holds 64 hex digits a line and nothing else", exit_code=2)
    return tuple(bytes.fromhex(word) for word in words)


def _of_number(number: str) -> Verdict:
    if not receipt_number.is_valid(number):
        return Verdict(False, Flaw.BAD_RECEIPT_NUMBER.value)
    return Verdict(True, "number_only", receipt_number=number)


def _of_code(found: Checked | Flaw) -> Verdict:
    if isinstance(found, Flaw):
        return Verdict(False, found.value)
    stated = found.statement
    return Verdict(
        valid=True,
        code="genuine",
        receipt_number=stated.receipt_number,
        item_code=stated.item_code,
        said=stated.kind.value,
        committed_at_ms=stated.committed_at_ms,
        committed_at=shown_time(stated.committed_at_ms),
        case_id=stated.case_id,
        digest=stated.digest,
        key_id=stated.key_id,
        public_key=found.public_key.hex(),
    )


def _tell(verdict: Verdict, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
    elif verdict.code == "genuine":
        sys.stdout.write(
            f"genuine: {verdict.receipt_number}\n"
            f"  item    {verdict.item_code}\n"
            f"  stored  {verdict.committed_at} (China time)\n"
            f"  said    {_SAID[Kind(verdict.said)]}\n"
            f"  signed  with the key {verdict.public_key}\n"
        )
    else:
        sys.stdout.write(f"{'valid' if verdict.valid else 'not valid'}: {_WORDS[verdict.code]}\n")
