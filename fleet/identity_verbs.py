"""Arguments and output of the commands about residents, credentials and text messages."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from contract.credentials import MAX_LIFETIME_S
from fleet import identity_commands as commands
from fleet.clock import in_china, system_clock
from fleet.residents import MARK, Resident, mask_phone
from fleet.verbs import Add, Verbs


def add_identity_verbs(verbs: Verbs, add: Add) -> None:
    """Put ``residents``, ``credential`` and ``sms`` among the commands; ``add`` makes one with ``--data``."""
    _add_residents(_group(verbs, "residents", "the fictitious residents of this reference platform"), add)
    _add_credential(_group(verbs, "credential", "electronic identity credentials for fictitious residents"), add)
    listing = add(_group(verbs, "sms", "text messages"), "list", "show the messages laid down instead of sent", _sms_list)
    listing.add_argument("--json", action="store_true", help="print one JSON object")


def _group(verbs: Verbs, name: str, words: str) -> Verbs:
    parser = verbs.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    return parser.add_subparsers(dest=f"{name}_command", required=True, metavar="COMMAND")


def _add_residents(verbs: Verbs, add: Add) -> None:
    adding = add(verbs, "add", "add a fictitious resident, or replace one", _residents_add)
    _add_person(adding, name_needed=True)
    adding.add_argument("--phone", default="", metavar="NUMBER", help="for codes by text message")
    adding.add_argument("--portrait", type=Path, metavar="FILE", help="JPEG or PNG")
    add(verbs, "add-samples", "add the sample residents, those of the emulated cards", _residents_samples)
    listing = add(verbs, "list", "list the residents", _residents_list)
    listing.add_argument("--json", action="store_true", help="print one JSON object")


def _add_credential(verbs: Verbs, add: Add) -> None:
    issuing = add(verbs, "issue", "issue a credential, good once and for minutes", _credential_issue)
    _add_person(issuing, name_needed=False)
    issuing.add_argument("--valid-s", type=int, default=MAX_LIFETIME_S, metavar="SECONDS", help=f"default: {MAX_LIFETIME_S}")
    issuing.add_argument("--out", default="-", metavar="FILE", help="QR code as PNG; default '-': the text, on standard output")
    keys = add(verbs, "keys", "print the lines for credential_issuers in a terminal's settings", _credential_keys)
    for verb in (issuing, keys):
        verb.add_argument("--json", action="store_true", help="print one JSON object")


def _add_person(parser: argparse.ArgumentParser, *, name_needed: bool) -> None:
    parser.add_argument("--id-number", required=True, metavar="NUMBER", help="18 characters")
    missing = "" if name_needed else "; default: as the register has it"
    parser.add_argument("--name", required=name_needed, default="", help=f"begins with {MARK}{missing}")
    parser.add_argument("--ethnicity", default="01", metavar="CODE", help="GB/T 3304; default: 01")
    parser.add_argument("--address", default="浙江省温州市瓯海区测试路 SAMPLE")
    parser.add_argument("--card-valid-to", default="", metavar="DATE", help="last day of the ID card; default: 长期")


def _person(asked: argparse.Namespace, phone: str = "") -> Resident:
    return Resident(
        id_number=asked.id_number,
        name=asked.name,
        ethnicity_code=asked.ethnicity,
        address=asked.address,
        valid_to=asked.card_valid_to,
        phone=phone,
    )


def _residents_add(asked: argparse.Namespace) -> None:
    portrait = commands.read_portrait(asked.portrait) if asked.portrait else None
    commands.add_residents(asked.data, (_person(asked, asked.phone),), system_clock, portrait)
    _say("1 resident added")


def _residents_samples(asked: argparse.Namespace) -> None:
    _say(f"{commands.add_samples(asked.data, system_clock)} residents added")


def _residents_list(asked: argparse.Namespace) -> None:
    residents = commands.list_residents(asked.data)
    if asked.json:
        told = [
            {"id_number": one.id_number, "name": one.name, "phone": one.phone, "has_portrait": has_portrait}
            for one, has_portrait in residents
        ]
        _say_json({"residents": told})
        return
    for one, has_portrait in residents:
        phone = mask_phone(one.phone) if one.phone else "no telephone"
        _say(f"{one.id_number}  {one.name}  {phone}{'  portrait' if has_portrait else ''}")


def _credential_issue(asked: argparse.Namespace) -> None:
    given = _person(asked) if asked.name else None
    issued = commands.issue_credential(asked.data, asked.id_number, given, asked.valid_s, system_clock)
    if asked.out != "-":
        commands.write_qr(Path(asked.out), issued.text)
    if asked.json:
        told = {"credential_id": issued.credential_id, "expires_at_ms": issued.expires_at_ms}
        _say_json(told | ({"text": issued.text} if asked.out == "-" else {"out": asked.out}))
    elif asked.out == "-":
        _say(issued.text)
    else:
        _say(f"{asked.out}: good once, until {in_china(issued.expires_at_ms):%H:%M:%S}")


def _credential_keys(asked: argparse.Namespace) -> None:
    lines = [key.line for key in commands.issuer_keys(asked.data, system_clock)]
    if asked.json:
        _say_json({"credential_issuers": lines})
    else:
        _say("\n".join(lines))


def _sms_list(asked: argparse.Namespace) -> None:
    messages = commands.spooled_messages(asked.data, system_clock)
    if asked.json:
        told = [{"request_id": one.request_id, "at_ms": one.at_ms, "phone": one.phone, "text": one.text} for one in messages]
        _say_json({"messages": told})
        return
    for one in messages:
        _say(f"{in_china(one.at_ms):%m-%d %H:%M:%S}  {one.phone}  {one.text}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _say_json(value: dict[str, Any]) -> None:
    _say(json.dumps(value, ensure_ascii=False))
