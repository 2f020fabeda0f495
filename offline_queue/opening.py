"""What is done once when a queue file has been opened: taking stock of damage, and remembering the platform's time."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from offline_queue import damage, ledger, reconcile
from offline_queue.clock import Clock, Stamp
from offline_queue.database import QueueDatabase
from offline_queue.facts import read_fact, write_fact
from offline_queue.materials import MaterialStore
from offline_queue.models import Damage
from offline_queue.platform_time import PlatformTime
from offline_queue.sequences import SequenceReserve, start_behind

_log = logging.getLogger(__name__)
_OFFSET = "platform_offset_ms"
_LAST_HEARD = "platform_last_heard_ms"


def make_private(path: Path) -> None:
    """Make the file of a new queue for the owner only: SQLite gives its companions the mode of the file. Raises ``OSError``."""
    if not path.exists():
        path.touch(mode=0o600)


def take_stock(
    database: QueueDatabase,
    path: Path,
    finding: Damage | None,
    now: Stamp,
    public_keys: tuple[bytes, ...],
    reserve: SequenceReserve,
) -> Damage | None:
    """Salvage files that were set aside and not yet gone through, be it just now or before a crash."""
    with database.write() as connection:
        for aside in damage.not_yet_salvaged(connection, path):
            detail = finding.detail if finding else "set aside at an earlier start"
            found = damage.salvage(connection, aside, now, public_keys, MaterialStore(path.with_name(path.name + ".materials")))
            gone = damage.unreadable(connection, reserve, found.purged + len(found.lost))
            finding = Damage("damaged", detail, aside.name, found.taken, found.lost, gone)
        if finding and finding.code != "damaged":
            finding = replace(finding, unreadable=damage.unreadable(connection, reserve, 0))
        if finding:
            start_behind(connection, reserve)
            reconcile.start_after(connection, reconcile.utc_day(now.wall_ms))
            ledger.write_entry(connection, now, "", "", "", f"queue_{finding.code}", f"{finding.set_aside} {finding.detail}")
    if finding:
        _log.warning(
            "queue file %s: %s; salvaged %d cases, lost %d, at most %d more unreadable",
            *(finding.code, finding.detail, finding.salvaged, len(finding.lost), finding.unreadable),
        )
    return finding


def stored_platform_time(database: QueueDatabase, clock: Clock) -> PlatformTime:
    """The platform's time as this file remembers it, and goes on to."""
    with database.read() as connection:
        offset, heard = read_fact(connection, _OFFSET), read_fact(connection, _LAST_HEARD)

    def store(offset_ms: int, heard_ms: int) -> None:
        with database.write() as connection:
            write_fact(connection, _OFFSET, str(offset_ms))
            write_fact(connection, _LAST_HEARD, str(heard_ms))

    return PlatformTime(clock, int(offset) if offset else None, store, int(heard) if heard else None)
