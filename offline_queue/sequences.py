"""Sequence numbers without gaps, and never one twice, even when the queue file is lost.

The counter lives in the queue file and moves in the transaction that commits a case. Beside the file, a small reserve says how
far the counter may have come: it is written durably once for many cases, always before the first of them. When the queue file
has to be started anew, counting goes on behind the reserve: no receipt number is made twice, and the platform sees the gap.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from offline_queue.errors import from_os
from offline_queue.files import write_durably

_STRIDE = 256


class SequenceReserve:
    """Per kiosk id the highest sequence number that may be in use."""

    def __init__(self, queue_path: Path) -> None:
        self._path = queue_path.with_name(queue_path.name + ".reserve")
        self._reserved: dict[str, int] = {}
        try:
            self._reserved = msgspec.json.decode(self._path.read_bytes(), type=dict[str, int])
        except FileNotFoundError:
            pass  # a new machine
        except msgspec.DecodeError:
            pass  # written anew with the next case; it matters only when the queue file is lost as well
        except OSError as error:
            raise from_os(error) from error

    @property
    def is_empty(self) -> bool:
        """True when this machine has never committed a case."""
        return not self._reserved

    def highest(self, kiosk_id: str) -> int:
        """No number above this one was ever given."""
        return self._reserved.get(kiosk_id, 0)

    def cover(self, kiosk_id: str, sequence: int) -> None:
        """Make sure ``sequence`` lies within the reserve. Raises ``KnownError``."""
        if sequence <= self.highest(kiosk_id):
            return
        reserved = self._reserved | {kiosk_id: sequence + _STRIDE - 1}
        try:
            write_durably(self._path, msgspec.json.encode(reserved))
        except OSError as error:
            raise from_os(error) from error
        self._reserved = reserved


def take_next(connection: sqlite3.Connection, reserve: SequenceReserve, kiosk_id: str) -> int:
    """The next number of ``kiosk_id``, within the caller's transaction. Raises ``KnownError`` (the reserve cannot be written)."""
    row = connection.execute("SELECT last FROM sequences WHERE kiosk_id = ?", (kiosk_id,)).fetchone()
    if row is None:
        # A new file. Salvaged cases count as well, should the reserve be lost too.
        row = connection.execute(
            "SELECT coalesce(max(sequence), 0) AS last FROM cases WHERE kiosk_id = ?", (kiosk_id,)
        ).fetchone()
        last = max(int(row["last"]), reserve.highest(kiosk_id))
    else:
        last = int(row["last"])
    reserve.cover(kiosk_id, last + 1)
    connection.execute(
        "INSERT INTO sequences VALUES (?, ?) ON CONFLICT (kiosk_id) DO UPDATE SET last = excluded.last", (kiosk_id, last + 1)
    )
    return last + 1
