"""The commands about shared data: which authorities answer, the samples, and the record of questions."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.certificates import sample_certificates
from fleet.clock import in_china, system_clock
from fleet.commands import existing_database
from fleet.digest_key import DigestKey
from fleet.errors import PlatformError
from fleet.platform import Platform, open_keys
from fleet.sample_shared_data import sample_shared_data
from fleet.shared_data import STATES, SharedRegister, questions
from fleet.verbs import Add, Verbs


def add_sharing_verbs(verbs: Verbs, add: Add) -> None:
    """Put ``shared-data`` among the commands; ``add`` makes one with ``--data``."""
    parser = verbs.add_parser("shared-data", help="what authorities share about residents", description="Shared data.")
    shared = parser.add_subparsers(dest="shared_data_command", required=True, metavar="COMMAND")
    add(shared, "add-samples", "add what the fictitious authorities know of the sample residents", _add_samples)
    listing = add(shared, "list", "which authorities there are, and whether they answer", _list)
    state = add(shared, "set", "let an authority be up, down or refusing", _set)
    state.add_argument("authority", metavar="AUTHORITY")
    state.add_argument("state", choices=STATES)
    asked = add(shared, "questions", "the newest questions on record: who asked, for what, what came of it", _questions)
    for verb in (listing, asked):
        verb.add_argument("--json", action="store_true", help="print one JSON object")


@contextmanager
def _register(data: Path) -> Iterator[SharedRegister]:
    with existing_database(data) as database:
        yield SharedRegister(database, open_keys(data, database, system_clock), DigestKey(data))


def _add_samples(asked: argparse.Namespace) -> None:
    with Platform(asked.data) as platform:
        added = platform.sharing.register.put(sample_shared_data(), system_clock())
        certificates = platform.certificates.put(sample_certificates())
    _say(f"{added} values added, {certificates} certificates")


def _list(asked: argparse.Namespace) -> None:
    with _register(asked.data) as register:
        found = register.authorities()
    if asked.json:
        _say(json.dumps({"authorities": [{"authority": name, "state": state, "values": held} for name, state, held in found]}))
        return
    for name, state, held in found:
        _say(f"{state:<9} {name}  {held} values")


def _set(asked: argparse.Namespace) -> None:
    with _register(asked.data) as register:
        if not register.set_state(asked.authority, asked.state):
            raise PlatformError(f"no authority is called {asked.authority!r}; see shared-data list")
    _say(f"{asked.authority} is {asked.state}")


def _questions(asked: argparse.Namespace) -> None:
    with existing_database(asked.data) as database:
        found = questions(database)
    if asked.json:
        _say(json.dumps({"questions": found}))
        return
    for one in found:
        at = f"{in_china(int(one['asked_at_ms'])):%m-%d %H:%M:%S}"
        _say(f"{at}  {one['kiosk_id']}  {one['person']}  {one['purpose']}  {one['outcomes']}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
