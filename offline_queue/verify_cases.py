"""Part of ``verify``: each case against its own sealed bytes and its receipt, and the numbers of all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import msgspec

from contract import receipt_number
from contract.cases import CaseHeader, SealedCase, SignedReceipt
from contract.kiosks import ReceiptKey
from contract.merkle import HASH_BYTES
from offline_queue.decoding import UNDECODABLE
from offline_queue.facts import read_fact
from offline_queue.identity import IdentitySource
from offline_queue.sealing import check_receipt, signature_holds
from offline_queue.sequences import floor_name
from offline_queue.states import CaseState
from offline_queue.verify_findings import Finding, Kind

_HELD = frozenset({CaseState.ACCEPTED, CaseState.PROCESSED, CaseState.PURGED})
_ENDED = frozenset({CaseState.PROCESSED, CaseState.PURGED})
_SAME = ("case_id", "kiosk_id", "sequence", "receipt_number", "item_code", "committed_at_ms", "boot_id", "monotonic_ms")
_SERIAL = slice(16, 21)
_CASES = (
    "SELECT c.*, e.position AS sealed_position, e.header, e.sealed, e.signature FROM cases c"
    " LEFT JOIN envelopes e ON e.position = c.position WHERE c.position > ? AND c.position <= ? ORDER BY c.position LIMIT ?"
)
_PAGE = 50


def check_cases(connection: sqlite3.Connection, identity: IdentitySource) -> Iterator[Finding]:
    """Every case by itself."""
    own_keys, present = identity.known_public_keys(), identity.current()
    receipt_keys = present.receipt_keys if present else ()
    if not own_keys:
        yield Finding(Kind.NOTE_KEYS_UNKNOWN, "identity", "no key of this machine is known here, so no signature was checked")
    if not receipt_keys:
        yield Finding(Kind.NOTE_RECEIPTS_UNCHECKED, "identity", "no key of the platform is known here, so no receipt was checked")
    for row in _rows(connection):
        if isinstance(row, Finding):
            yield row
            continue
        yield from _check_state(row)
        yield from _check_number(row)
        yield from _check_envelope(connection, row, own_keys)
        yield from _check_receipt(row, receipt_keys)


def _rows(connection: sqlite3.Connection) -> Iterator[sqlite3.Row | Finding]:
    """All cases in order, a few at a time. Where a page of the file is rotten, row by row around it."""
    ends = connection.execute("SELECT min(position), max(position) FROM cases").fetchone()
    position, highest = (ends[0] - 1, ends[1]) if ends[0] is not None else (0, 0)
    while position < highest:
        try:
            rows: list[sqlite3.Row | Finding] = connection.execute(_CASES, (position, highest, _PAGE)).fetchall()
            reached = rows[-1]["position"] if rows and not isinstance(rows[-1], Finding) else highest
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            reached = min(highest, position + _PAGE)
            rows = [found for number in range(position + 1, reached + 1) for found in _row_at(connection, number)]
        yield from rows
        position = reached


def _row_at(connection: sqlite3.Connection, position: int) -> list[sqlite3.Row | Finding]:
    try:
        return connection.execute(_CASES, (position - 1, position, 1)).fetchall()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return [Finding(Kind.ROW_UNREADABLE, f"position {position}", f"cannot be read: {error}")]


def _name(row: sqlite3.Row) -> str:
    return str(row["case_id"])


def _check_state(row: sqlite3.Row) -> Iterator[Finding]:
    """What the states of ``states`` need of the other columns; SQLite leaves these checks out when it may not write."""
    state = row["state"]
    if state not in set(CaseState):
        yield Finding(Kind.STATE_UNKNOWN, _name(row), "is in a state that does not exist")
        return
    lease = [row["lease_owner"], row["lease_boot_id"], row["lease_until_ms"]]
    if any((part is not None) != (state == CaseState.SENDING) for part in lease):
        yield Finding(Kind.LEASE_WRONG, _name(row), f"is {state}; what is noted of its sender does not fit")
    wait = [row["due_at_ms"], row["due_boot_id"], row["due_monotonic_ms"]]
    if any((part is not None) != (state == CaseState.WAITING) for part in wait):
        yield Finding(Kind.WAIT_WRONG, _name(row), f"is {state}; what is noted of its waiting does not fit")
    # A case that is shown again keeps the time at which the platform once said so.
    if row["processed_at_ms"] is None and state in _ENDED:
        yield Finding(Kind.PROGRESS_WRONG, _name(row), f"is {state}; the time of its end does not fit")
    if state in _ENDED and row["platform_state"] != "processed":
        yield Finding(Kind.PROGRESS_WRONG, _name(row), f"is {state}, but the platform never said that it was processed")


def _check_number(row: sqlite3.Row) -> Iterator[Finding]:
    number, sequence = str(row["receipt_number"]), row["sequence"]
    if not receipt_number.is_valid(number):
        yield Finding(Kind.RECEIPT_NUMBER_WRONG, _name(row), f"its receipt number {number} has a wrong layout or check character")
    elif number[_SERIAL] != f"{sequence % receipt_number.SERIALS:05d}":
        yield Finding(Kind.SERIAL_WRONG, _name(row), f"its receipt number {number} is not that of case {sequence}")


def _check_envelope(connection: sqlite3.Connection, row: sqlite3.Row, own_keys: Sequence[bytes]) -> Iterator[Finding]:
    if row["sealed_position"] is None or row["state"] == CaseState.PURGED:
        if row["state"] != CaseState.PURGED:
            yield Finding(Kind.ENVELOPE_MISSING, _name(row), "its sealed bytes are gone")
        elif row["sealed_position"] is not None:
            yield Finding(Kind.ENVELOPE_LEFT, _name(row), "its sealed bytes should have been wiped")
        if row["state"] == CaseState.PURGED and _digests(connection, row):
            yield Finding(Kind.MATERIALS_DIFFER, _name(row), "is purged and still names materials")
        return
    parts = (row["header"], row["sealed"], row["signature"])
    if not all(isinstance(part, bytes) for part in parts):
        yield Finding(Kind.ROW_UNREADABLE, _name(row), "its sealed bytes are no bytes")
        return
    case = SealedCase(*parts)
    if case.digest != row["digest"]:
        yield Finding(Kind.DIGEST_WRONG, _name(row), "its sealed bytes are not those that were committed")
    if len(case.header) + len(case.sealed) + len(case.signature) != row["size_bytes"]:
        yield Finding(Kind.SIZE_WRONG, _name(row), "the size noted is not that of its sealed bytes")
    if own_keys and not any(signature_holds(case, key) for key in own_keys):
        yield Finding(Kind.SIGNATURE_WRONG, _name(row), "no known key of this machine signed these bytes")
    yield from _check_header(connection, row, case)


def _check_header(connection: sqlite3.Connection, row: sqlite3.Row, case: SealedCase) -> Iterator[Finding]:
    try:
        header = msgspec.json.decode(case.header, type=CaseHeader)
    except UNDECODABLE:
        yield Finding(Kind.HEADER_UNREADABLE, _name(row), "its header cannot be read")
        return
    differing = [name for name in _SAME if getattr(header, name) != row[name]]
    if differing:
        yield Finding(Kind.HEADER_DIFFERS, _name(row), f"row and sealed header differ in {', '.join(differing)}")
    if _digests(connection, row) != list(header.materials):
        yield Finding(Kind.MATERIALS_DIFFER, _name(row), "the materials noted are not those its header names")


def _digests(connection: sqlite3.Connection, row: sqlite3.Row) -> list[str]:
    query = "SELECT digest FROM case_materials WHERE position = ? ORDER BY ordinal"
    return [str(found["digest"]) for found in connection.execute(query, (row["position"],))]


_WORDS = {
    Kind.RECEIPT_KEY_UNKNOWN: "its receipt is signed with a key of the platform that is not known here",
    Kind.RECEIPT_SIGNATURE_WRONG: "the signature of its receipt is wrong",
    Kind.RECEIPT_UNREADABLE: "its receipt cannot be read",
    Kind.RECEIPT_TOO_LARGE: "its receipt is larger than any should be",
    Kind.RECEIPT_OF_ANOTHER_CASE: "its receipt is for another case, or for other bytes",
}


def _check_receipt(row: sqlite3.Row, keys: Sequence[ReceiptKey]) -> Iterator[Finding]:
    parts = [row["receipt_body"], row["receipt_key_id"], row["receipt_signature"]]
    if all(part is None for part in parts) and row["state"] not in _HELD:
        return
    if any(part is None for part in parts):
        yield Finding(Kind.RECEIPT_MISSING, _name(row), f"is {row['state']}, but its receipt is not whole")
        return
    if not keys:
        return
    proof = row["receipt_proof"]
    if not all(isinstance(part, bytes) for part in (row["receipt_body"], row["receipt_signature"], proof or b"")):
        yield Finding(Kind.ROW_UNREADABLE, _name(row), "its receipt is no bytes")
        return
    if row["receipt_leaf_index"] is None or row["receipt_tree_size"] is None or proof is None:
        yield Finding(
            Kind.NOTE_RECEIPTS_UNCHECKED, _name(row), "its receipt was stored by an earlier program and was not checked"
        )
        return
    receipt = SignedReceipt(
        body=row["receipt_body"],
        key_id=str(row["receipt_key_id"]),
        signature=row["receipt_signature"],
        leaf_index=row["receipt_leaf_index"],
        tree_size=row["receipt_tree_size"],
        proof=tuple(proof[start : start + HASH_BYTES] for start in range(0, len(proof), HASH_BYTES)),
    )
    wrong = check_receipt(receipt, keys, _as_header(row), row["digest"])
    if wrong:
        yield Finding(Kind(wrong), _name(row), _WORDS[Kind(wrong)])


def _as_header(row: sqlite3.Row) -> CaseHeader:
    """What a receipt is held against; the sealed header of a purged case is gone."""
    told = {name: row[name] for name in _SAME}
    return CaseHeader(version=0, platform_offset_ms=None, suite="", sealing_key_id="", **told)


def check_numbers(connection: sqlite3.Connection) -> Iterator[Finding]:
    """No number is given twice, and none is missing that nothing explains."""
    kiosk_id, before, floor = "", 0, 0
    for row in connection.execute("SELECT kiosk_id, sequence, case_id FROM cases ORDER BY kiosk_id, sequence"):
        if row["kiosk_id"] != kiosk_id:
            kiosk_id, before = row["kiosk_id"], 0
            floor = _floor(connection, kiosk_id)
        if row["sequence"] == before:
            yield Finding(Kind.SEQUENCE_TWICE, _name(row), f"number {before} of {kiosk_id} was given to another case as well")
        # Up to the floor, numbers may be missing: their cases were forgotten long after their end, or the file was started anew.
        first_missing = max(before, floor) + 1
        if row["sequence"] > first_missing:
            missing = f"{first_missing} to {row['sequence'] - 1}" if row["sequence"] - first_missing > 1 else f"{first_missing}"
            yield Finding(Kind.SEQUENCE_GAP, _name(row), f"before it, number {missing} of {kiosk_id} is missing")
        before = row["sequence"]
    twice = "SELECT receipt_number, count(*) AS cases FROM cases GROUP BY receipt_number HAVING count(*) > 1"
    for row in connection.execute(twice):
        yield Finding(Kind.RECEIPT_NUMBER_TWICE, row["receipt_number"], f"stands on {row['cases']} cases")


def _floor(connection: sqlite3.Connection, kiosk_id: str) -> int:
    value = read_fact(connection, floor_name(kiosk_id)) or "0"
    return int(value) if value.isascii() and value.isdigit() else 0
