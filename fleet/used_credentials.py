"""Which credentials were used, and where: each is good once, on one terminal.

Only digests of random numbers are kept. A terminal without a line cannot ask; then its case tells (``note_use``), and a
credential that was used elsewhere as well is for people to look at.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from contract.credentials import LEEWAY_S, MAX_LIFETIME_S, RedeemCredential
from contract.materials import is_digest
from fleet.clock import Clock
from fleet.database import Database

USES_AN_HOUR = 600
"""On one terminal: ten times what people can do."""
KEPT_MS = 400 * 86_400_000
_HOUR_MS = 3_600_000
_FARTHEST_MS = (MAX_LIFETIME_S + 4 * LEEWAY_S) * 1000


@dataclass(frozen=True, slots=True)
class NotRedeemed:
    """Why not: ``bad_request`` or ``too_many``."""

    code: str
    detail: str
    retry_after_s: float | None = None


def redeem(database: Database, clock: Clock, kiosk_id: str, asked: RedeemCredential) -> bool | NotRedeemed:
    """Note the use; ``True`` when it is the first one anywhere."""
    now_ms = clock()
    if not is_digest(asked.credential_id):
        return NotRedeemed("bad_request", "credential_id is no SHA-256 in lower-case hex")
    if abs(asked.expires_at_ms - now_ms) > _FARTHEST_MS:
        return NotRedeemed("bad_request", "the credential expires at a time that none can")
    with database.transaction() as connection:
        row = connection.execute(
            "SELECT used_at_ms FROM used_credentials WHERE kiosk_id = ? ORDER BY used_at_ms DESC LIMIT 1 OFFSET ?",
            (kiosk_id, USES_AN_HOUR - 1),
        ).fetchone()
        if row is not None and now_ms - _HOUR_MS < row[0] <= now_ms:
            return NotRedeemed("too_many", "too many credentials from this terminal", (row[0] + _HOUR_MS - now_ms) / 1000)
        connection.execute("DELETE FROM used_credentials WHERE used_at_ms < ?", (now_ms - KEPT_MS,))
        return _insert(connection, kiosk_id, asked.credential_id, now_ms)


def note_use(connection: sqlite3.Connection, kiosk_id: str, credential_id: str, now_ms: int) -> bool:
    """A case rests on this credential; ``False`` when another terminal used it."""
    _insert(connection, kiosk_id, credential_id, now_ms)
    row = connection.execute("SELECT kiosk_id FROM used_credentials WHERE credential_id = ?", (credential_id,)).fetchone()
    return bool(row["kiosk_id"] == kiosk_id)


def _insert(connection: sqlite3.Connection, kiosk_id: str, credential_id: str, now_ms: int) -> bool:
    inserted = connection.execute(
        "INSERT OR IGNORE INTO used_credentials (credential_id, kiosk_id, used_at_ms) VALUES (?, ?, ?)",
        (credential_id, kiosk_id, now_ms),
    )
    return inserted.rowcount == 1
