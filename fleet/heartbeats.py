"""Heartbeats: the last one of each terminal, and a bounded past."""

from __future__ import annotations

import sqlite3

import msgspec

from contract.kiosks import Heartbeat, HeartbeatAnswer
from contract.materials import is_digest
from fleet import audit_trails, nearby
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_counting, is_plain_text
from fleet.keys import KeyCabinet
from fleet.reconciliation import digest_problem, reconcile

INTERVAL_S = 30.0
KEPT_A_KIOSK = 240
"""Two hours at the usual interval."""
_MAX_DEVICES = 32
_LONGEST_WORD = 64


_LONGEST_AGE_S = 1e12


def heartbeat_problem(heartbeat: Heartbeat) -> str:
    """What is out of bounds, in words; empty when nothing is."""
    counts = [heartbeat.sent_at_ms, heartbeat.pending_cases, heartbeat.needs_staff_cases, heartbeat.free_disk_bytes]
    counts += [heartbeat.reconciliation_alarms, heartbeat.audit_entry]
    if not all(is_counting(count) for count in counts):
        return "a number is out of range"
    for name in ("oldest_pending_s", "staff_called_s"):
        age_s: float | None = getattr(heartbeat, name)
        if age_s is not None and not 0 <= age_s <= _LONGEST_AGE_S:
            return f"{name} is out of range"
    if len(heartbeat.devices) > _MAX_DEVICES:
        return f"more than {_MAX_DEVICES} devices"
    words = [heartbeat.software_version, heartbeat.catalogue_version]
    for report in heartbeat.devices:
        words += [report.device, report.state, report.code]
    # A code or version may be empty: not every program has one to tell.
    if not all(word == "" or is_plain_text(word, _LONGEST_WORD) for word in words):
        return f"a text has more than {_LONGEST_WORD} characters, or characters that cannot be seen"
    if heartbeat.audit_chain and not is_digest(heartbeat.audit_chain):
        return "audit_chain is no lower-case hex of 64 characters"
    digest = heartbeat.queue_digest
    return nearby.place_problem(heartbeat) or (digest_problem(digest) if digest else "")


class HeartbeatDesk:
    """Takes heartbeats."""

    def __init__(self, database: Database, keys: KeyCabinet, clock: Clock, *, proof_root: bytes = b"") -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._proof_root = proof_root

    def take(self, kiosk_id: str, heartbeat: Heartbeat) -> HeartbeatAnswer:
        """Store a heartbeat that ``heartbeat_problem`` found nothing against."""
        now_ms = self._clock()
        # The digest is kept apart: it is large, and only the last one matters.
        body = msgspec.json.encode(msgspec.structs.replace(heartbeat, queue_digest=None))
        with self._database.transaction() as connection:
            if not _came_before(connection, kiosk_id, body):
                audit_trails.follow(connection, kiosk_id, heartbeat.audit_entry, heartbeat.audit_chain, now_ms)
            _store(connection, kiosk_id, heartbeat, body, now_ms)
            nearby.note(connection, kiosk_id, heartbeat, now_ms)
        with self._database.reading() as connection:
            nearest = nearby.nearest_to(connection, kiosk_id, heartbeat, now_ms)
        digest = heartbeat.queue_digest
        keys = self._keys.present
        return HeartbeatAnswer(
            platform_time_ms=now_ms,
            next_in_s=INTERVAL_S,
            sealing_keys=keys.sealing_keys,
            receipt_keys=keys.receipt_keys,
            proof_root=self._proof_root,
            reconciliation=reconcile(self._database, kiosk_id, digest, now_ms) if digest else None,
            takes_place=True,
            nearest=nearest,
        )


def _came_before(connection: sqlite3.Connection, kiosk_id: str, body: bytes) -> bool:
    """A heartbeat that is merely sent once more tells of an earlier moment: that is no trail that goes backwards."""
    row = connection.execute("SELECT 1 FROM heartbeats WHERE kiosk_id = ? AND body = ? LIMIT 1", (kiosk_id, body)).fetchone()
    return row is not None


def _store(connection: sqlite3.Connection, kiosk_id: str, heartbeat: Heartbeat, body: bytes, now_ms: int) -> None:
    connection.execute(
        """UPDATE kiosks SET heartbeat = ?, heartbeat_at_ms = ?, last_contact_at_ms = ?, software_version = ?
           WHERE kiosk_id = ?""",
        (body, now_ms, now_ms, heartbeat.software_version, kiosk_id),
    )
    connection.execute("INSERT INTO heartbeats (kiosk_id, received_at_ms, body) VALUES (?, ?, ?)", (kiosk_id, now_ms, body))
    connection.execute(
        """DELETE FROM heartbeats WHERE kiosk_id = ? AND heartbeat <= (
               SELECT heartbeat FROM heartbeats WHERE kiosk_id = ? ORDER BY heartbeat DESC LIMIT 1 OFFSET ?)""",
        (kiosk_id, kiosk_id, KEPT_A_KIOSK),
    )
