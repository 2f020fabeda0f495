"""Reading back what the platform wrote to the stick after its import: believed exactly like a line's answer.

A receipt counts by its own signature, for the very bytes that lie here. A rejection or conflict puts the case on the desk, as the
sync would, and nothing more: nothing is lost by a forged one, for staff can send the case again.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from contract.bundle import RECEIPTS, BundleReceipts
from contract.cases import Accepted, CaseHeader, CaseOutcome, Conflict, Duplicate, Later, Rejected
from offline_queue import deliveries, leases
from offline_queue.clock import Stamp
from offline_queue.decoding import UNDECODABLE
from offline_queue.errors import BugError
from offline_queue.guests import Guest
from offline_queue.identity import Identity
from offline_queue.ledger import Move, Value, move_all
from offline_queue.models import AskStaff, Delivered, Resolution, WaitFor
from offline_queue.policy import parse_seconds
from offline_queue.sealing import check_receipt
from offline_queue.states import PENDING, SENDABLE, CaseState

MAX_RECEIPTS_BYTES = 64 * 1024 * 1024
_BATCH = 200


@dataclass(slots=True)
class ReadBack:
    """What came of the outcomes on the stick, in numbers of cases."""

    delivered: int = 0
    to_desk: int = 0
    waiting: int = 0
    already: int = 0
    """Delivered, withdrawn or on the desk before; nothing changed."""
    unknown: int = 0
    """None of this queue's cases."""
    being_sent: int = 0
    """The terminal was sending them at that moment; read back once more later."""
    not_believed: Counter[str] = field(default_factory=Counter)
    """By the code of ``sealing.check_receipt``."""


def read_receipts(folder: Path) -> BundleReceipts | str | None:
    """The file of receipts; ``None`` when there is none, words when it cannot be used."""
    path = folder / RECEIPTS
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return f"{path}: is no plain file"
            content = file.read(MAX_RECEIPTS_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"{path}: {error.strerror or error}"
    if len(content) > MAX_RECEIPTS_BYTES:
        return f"{path}: is larger than any file of receipts"
    try:
        return msgspec.msgpack.decode(content, type=BundleReceipts)
    except UNDECODABLE:
        return f"{path}: is damaged, or no file of receipts; import the bundle again"


def take_receipts(guest: Guest, identity: Identity, receipts: BundleReceipts) -> ReadBack:
    """Record every outcome that can be believed. Raises ``KnownError``; what was recorded by then stays."""
    told = ReadBack()
    owner = leases.new_owner(os.urandom(6).hex())
    for start in range(0, len(receipts.outcomes), _BATCH):
        _take(guest, identity, owner, receipts.outcomes[start : start + _BATCH], told)
    return told


def _take(guest: Guest, identity: Identity, owner: str, outcomes: Sequence[CaseOutcome], told: ReadBack) -> None:
    with guest.database.write() as connection:
        now = guest.clock.now()
        resolutions: list[Resolution] = []
        for outcome in {outcome.case_id: outcome for outcome in outcomes}.values():
            row = connection.execute(
                "SELECT c.*, e.header FROM cases c LEFT JOIN envelopes e ON e.position = c.position WHERE c.case_id = ?",
                (outcome.case_id,),
            ).fetchone()
            if row is None:
                told.unknown += 1
            elif row["state"] not in PENDING:
                told.already += 1
            elif isinstance(outcome, Accepted | Duplicate):
                _judge_receipt(identity, row, outcome, resolutions, told)
            elif row["state"] not in SENDABLE:
                told.already += 1
            elif _is_free(row, now):
                _claim(connection, now, owner, row)
                resolutions.append(_resolution(outcome, told))
            else:
                told.being_sent += 1
        deliveries.record(connection, now, owner, resolutions)


def _judge_receipt(
    identity: Identity, row: sqlite3.Row, outcome: Accepted | Duplicate, resolutions: list[Resolution], told: ReadBack
) -> None:
    try:
        header = msgspec.json.decode(row["header"] or b"", type=CaseHeader)
    except UNDECODABLE:
        told.not_believed["damaged_on_disk"] += 1
        return
    wrong = check_receipt(outcome.receipt, identity.receipt_keys, header, row["digest"])
    if wrong:
        told.not_believed[wrong] += 1
        return
    resolutions.append(Delivered(outcome.case_id, outcome.receipt, isinstance(outcome, Duplicate)))
    told.delivered += 1


def _is_free(row: sqlite3.Row, now: Stamp) -> bool:
    """True unless a living sender holds the case."""
    if row["state"] != CaseState.SENDING or row["lease_boot_id"] != now.boot_id or row["lease_until_ms"] <= now.monotonic_ms:
        return True
    return not leases.is_alive(str(row["lease_owner"]))


def _claim(connection: sqlite3.Connection, now: Stamp, owner: str, row: sqlite3.Row) -> None:
    """The lease under which an outcome other than a receipt is recorded, in the same transaction."""
    lease: dict[str, Value] = {
        "lease_owner": owner,
        "lease_boot_id": now.boot_id,
        "lease_until_ms": now.monotonic_ms + 1000,
        "attempts": row["attempts"] + 1,
    }
    move_all(connection, now, [Move(row, CaseState.SENDING, "by_stick", columns=lease)])


def _resolution(outcome: CaseOutcome, told: ReadBack) -> Resolution:
    match outcome:
        case Rejected():
            told.to_desk += 1
            return AskStaff(outcome.case_id, outcome.code[:60], outcome.reason)
        case Conflict():
            told.to_desk += 1
            why = f"the platform holds another case with this id, digest {outcome.held_digest[:16]}"
            return AskStaff(outcome.case_id, "conflict", why)
        case Later():
            told.waiting += 1
            return WaitFor(outcome.case_id, parse_seconds(outcome.seconds), "later")
    raise BugError("a receipt is judged elsewhere")
