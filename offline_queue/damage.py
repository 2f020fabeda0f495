"""A queue file that cannot be trusted: noticed when it is opened, set aside whole, and what can still be read is taken over."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from contract.cases import CaseHeader, SealedCase
from contract.materials import material_digest
from offline_queue.case_rows import insert_case
from offline_queue.clock import Stamp
from offline_queue.decoding import UNDECODABLE
from offline_queue.errors import from_os
from offline_queue.files import sync_folder, write_durably
from offline_queue.integrity import NO_CASES, find_damage, find_damage_at_the_ends, is_too_large_to_wait, read_only, suspicion_of
from offline_queue.ledger import plain, write_entry
from offline_queue.log_check import rot_in_log
from offline_queue.materials import MaterialStore
from offline_queue.models import Damage
from offline_queue.sealing import signature_holds
from offline_queue.sequences import SequenceReserve
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState

_COMPANIONS = ("", "-wal", "-shm")
_MAX_POSITION = 5_000_000
"""A garbled key must not keep the salvage busy for days."""


def look(path: Path, reserve: SequenceReserve, settings: QueueSettings, now: Stamp) -> Damage | None:
    """See whether the file can be trusted; one that cannot is moved out of the way. Raises ``KnownError``, ``OSError``.

    A large file is only looked at where it was written last; ``Outbox.check_whole`` reads the rest while the machine serves.
    """
    if not path.exists() or path.stat().st_size == 0:
        detail = "the file is gone or empty, but cases were committed before"
        return None if reserve.is_empty else Damage("vanished", detail, "", 0, ())
    rotten = rot_in_log(path.with_name(path.name + "-wal"))
    kept = keep_log(path, now) if rotten else ""
    find = find_damage_at_the_ends if is_too_large_to_wait(path, settings) else find_damage
    found = find(path, settings.busy_timeout_s)
    if found == NO_CASES and reserve.is_empty:
        found = ""  # a first start that was cut short; the migrations go on with it
    aside = set_aside(path, now).name if found else ""
    suspicion_of(path).unlink(missing_ok=True)
    if found:
        return Damage("damaged", found, aside, 0, ())
    return Damage("log_damaged", rotten, kept, 0, ()) if rotten else None


def keep_log(path: Path, now: Stamp) -> str:
    """Copy the log, which SQLite is about to write over, for a laboratory. Returns the copy's name. Raises ``OSError``."""
    copy = path.with_name(f"{path.name}.log-damaged-{_moment(now)}")
    write_durably(copy, path.with_name(path.name + "-wal").read_bytes())
    return copy.name


def unreadable(connection: sqlite3.Connection, reserve: SequenceReserve, accounted: int) -> int:
    """At most so many cases are gone without a trace: numbers that may have been given, less those that are accounted for.

    ``accounted`` counts cases of the damaged file that are not here: purged ones, and those whose bytes could not be read.
    """
    given = sum(reserve.all().values())
    query = "SELECT sum(CAST(value AS INTEGER)) AS n FROM facts WHERE name LIKE 'sequence_floor %'"
    floors = connection.execute(query).fetchone()["n"]
    here = connection.execute("SELECT count(*) AS n FROM cases").fetchone()["n"]
    return max(0, given - int(here) - accounted - int(floors or 0))


def _moment(now: Stamp) -> str:
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now.wall_ms):%Y%m%dT%H%M%SZ}"


def not_yet_salvaged(connection: sqlite3.Connection, path: Path) -> list[Path]:
    """Files once set aside that the queue has not gone through; each is told once, within the caller's transaction."""
    found = []
    for aside in sorted(path.parent.glob(f"{path.name}.damaged-*")):
        if aside.name.endswith(("-wal", "-shm")):
            continue
        added = connection.execute("INSERT INTO facts VALUES (?, '') ON CONFLICT DO NOTHING", (f"salvaged {aside.name}",))
        if added.rowcount:
            found.append(aside)
    return found


def set_aside(path: Path, now: Stamp) -> Path:
    """Rename the file and its log, with the time in the name; returns the new path. Nothing is deleted. Raises ``KnownError``."""
    base = path.with_name(f"{path.name}.damaged-{_moment(now)}")
    target, number = base, 1
    while target.exists():
        number += 1
        target = base.with_name(f"{base.name}-{number}")
    try:
        for suffix in _COMPANIONS:
            old = path.with_name(path.name + suffix)
            if old.exists():
                old.rename(target.with_name(target.name + suffix))
        sync_folder(path.parent)
    except OSError as error:
        raise from_os(error) from error
    return target


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read of a damaged file."""

    taken: int
    purged: int
    lost: tuple[str, ...]
    """Ids whose sealed bytes could not be read."""


def salvage(
    connection: sqlite3.Connection, damaged: Path, now: Stamp, public_keys: tuple[bytes, ...], materials: MaterialStore
) -> Salvaged:
    """Take over from ``damaged``, row by row, every case whose bytes still prove themselves by their signature.

    Runs within the caller's transaction on the new file. What a case is follows from its signed header alone. Whatever state the
    damaged file claims, it comes back as committed and is sent again: the platform knows those it holds by their id. Only
    withdrawn cases stay withdrawn.
    """
    taken, purged, lost = 0, 0, []
    try:
        with closing(read_only(damaged, 1.0)) as source:
            for position in _positions(source):
                row, case = _read(source, position)
                if case and _take_over(connection, row, case, now, public_keys):
                    _take_materials(connection, source, case, materials, now)
                    taken += 1
                elif row is not None and row["state"] == CaseState.PURGED:
                    purged += 1
                elif row is not None and not _is_here(connection, row["case_id"]):
                    lost.append(plain(str(row["case_id"])))
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        # Not even the first page can be read; the file stays aside for a laboratory.
        write_entry(connection, now, "", "", "", "salvage_ended", str(error))
    return Salvaged(taken, purged, tuple(lost))


def _positions(source: sqlite3.Connection) -> range:
    for query in ("SELECT max(position) FROM envelopes", "SELECT max(position) FROM cases"):
        try:
            highest = source.execute(query).fetchone()[0]
        except sqlite3.DatabaseError:
            continue  # this table is the damaged one
        if isinstance(highest, int):
            return range(1, min(highest, _MAX_POSITION) + 1)
    return range(0)


def _read(source: sqlite3.Connection, position: int) -> tuple[sqlite3.Row | None, SealedCase | None]:
    """One case by its key, so that an unreadable neighbour does not matter."""
    row: sqlite3.Row | None = None
    envelope: tuple[object, ...] | None = None
    with suppress(sqlite3.DatabaseError):
        row = source.execute("SELECT case_id, state FROM cases WHERE position = ?", (position,)).fetchone()
    with suppress(sqlite3.DatabaseError):
        envelope = source.execute("SELECT header, sealed, signature FROM envelopes WHERE position = ?", (position,)).fetchone()
    if envelope is None or not all(isinstance(part, bytes) for part in envelope):
        return row, None
    return row, SealedCase(*envelope)  # type: ignore[arg-type]


def _is_here(connection: sqlite3.Connection, case_id: object) -> bool:
    return connection.execute("SELECT 1 FROM cases WHERE case_id = ?", (case_id,)).fetchone() is not None


def _take_over(
    connection: sqlite3.Connection, row: sqlite3.Row | None, case: SealedCase, now: Stamp, public_keys: tuple[bytes, ...]
) -> bool:
    """Enter one case; False when it does not prove itself, or is here already."""
    if not any(signature_holds(case, key) for key in public_keys):
        return False
    try:
        header = msgspec.json.decode(case.header, type=CaseHeader)
    except UNDECODABLE:
        return False  # signed by a later version of this program
    if _is_here(connection, header.case_id):
        return False
    told = str(row["state"]) if row is not None and row["case_id"] == header.case_id else "unreadable"
    state = CaseState.VOID if told == CaseState.VOID else CaseState.COMMITTED
    entry = write_entry(connection, now, header.case_id, "", state, "salvaged", f"was {told}")
    insert_case(connection, header, case, case.digest, entry, state)
    return True


def _take_materials(
    connection: sqlite3.Connection, source: sqlite3.Connection, case: SealedCase, materials: MaterialStore, now: Stamp
) -> None:
    """Take over what the case names: small materials lie in the damaged file, large ones are files that nothing happened to.

    What is tied to the case is not swept. Missing ones show when they are sent.
    """
    header = msgspec.json.decode(case.header, type=CaseHeader)
    position = connection.execute("SELECT position FROM cases WHERE case_id = ?", (header.case_id,)).fetchone()["position"]
    for ordinal, digest in enumerate(header.materials):
        row = None
        with suppress(sqlite3.DatabaseError):
            row = source.execute("SELECT content FROM materials WHERE digest = ?", (digest,)).fetchone()
        content = bytes(row["content"]) if row is not None and row["content"] is not None else None
        if content is not None and material_digest(content) == digest:
            materials.keep_row(connection, digest, content, now)
        materials.tie(connection, position, ordinal, digest, now)
