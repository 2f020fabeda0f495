"""Sequence numbers without gaps, and never one twice, even when the queue file is lost.

A number is one more than the highest in the queue file, and is taken in the transaction that commits its case. Where rows are
missing, a floor kept in the file takes their place: rows let go of leave theirs behind. Beside the file, a small reserve says
how far the counter may have come: it is written durably once for many cases, always before the first of them. When the queue
file has to be started anew, it becomes the floor: no receipt number is made twice, and the platform sees the gap.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import msgspec

from offline_queue.decoding import UNDECODABLE
from offline_queue.errors import from_os
from offline_queue.facts import read_fact, write_fact
from offline_queue.files import write_durably

_STRIDE = 256
_FLOOR = "sequence_floor "


class SequenceReserve:
    """Per kiosk id the highest sequence number that may be in use."""

    def __init__(self, queue_path: Path) -> None:
        self._path = queue_path.with_name(queue_path.name + ".reserve")
        self._lock = threading.Lock()
        self._reserved: dict[str, int] = {}
        try:
            self._reserved = msgspec.json.decode(self._path.read_bytes(), type=dict[str, int])
        except FileNotFoundError:
            pass  # a new machine
        except UNDECODABLE:
            pass  # written anew with the next case; it matters only when the queue file is lost as well
        except OSError as error:
            raise from_os(error) from error

    @property
    def is_empty(self) -> bool:
        """True when this machine has never committed a case."""
        return not self._reserved

    def all(self) -> dict[str, int]:
        """Per kiosk id the highest number that may be in use."""
        return dict(self._reserved)

    def highest(self, kiosk_id: str) -> int:
        """No number above this one was ever given."""
        return self._reserved.get(kiosk_id, 0)

    def cover(self, kiosk_id: str, sequence: int) -> None:
        """Make sure ``sequence`` lies within the reserve. Raises ``KnownError``."""
        with self._lock:
            if sequence <= self.highest(kiosk_id):
                return
            reserved = self._reserved | {kiosk_id: sequence + _STRIDE - 1}
            try:
                write_durably(self._path, msgspec.json.encode(reserved))
            except OSError as error:
                raise from_os(error) from error
            self._reserved = reserved


def start_behind(connection: sqlite3.Connection, reserve: SequenceReserve) -> None:
    """Make the reserve the floor of a queue file that was started anew, within the caller's transaction."""
    for kiosk_id, highest in reserve.all().items():
        raise_floor(connection, kiosk_id, highest)


def raise_floor(connection: sqlite3.Connection, kiosk_id: str, sequence: int) -> None:
    """No number up to ``sequence`` is given again, though no row of it may be left."""
    known = read_fact(connection, _FLOOR + kiosk_id)
    if known is None or int(known) < sequence:
        write_fact(connection, _FLOOR + kiosk_id, str(sequence))


def floor_name(kiosk_id: str) -> str:
    """Under which fact the floor of ``kiosk_id`` is kept."""
    return _FLOOR + kiosk_id
