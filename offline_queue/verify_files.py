"""Part of ``verify``: what lies beside the queue, who may read it, and the small facts within."""

from __future__ import annotations

import re
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from offline_queue.decoding import UNDECODABLE
from offline_queue.inspection import set_aside_beside
from offline_queue.integrity import suspicion_of
from offline_queue.verify_findings import Finding, Kind

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "platform_offset_ms": _NUMBER,
        "written_over": _NUMBER,
        "platform_last_heard_ms": _NUMBER,
        "audit_base": re.compile(r"[0-9]{1,18} [0-9a-f]{64}"),
        "sequence_floor": re.compile(r"[0-9]{1,18}"),
        "salvaged": re.compile(r""),
        "reconcile_after_day": re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})?"),
        "reconciled": re.compile(r"\{.*\}"),
    }
)
"""By the first word of a fact's name. Others are none of ours to judge."""


def check_facts(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Small facts have their form."""
    for row in connection.execute("SELECT name, value FROM facts ORDER BY name"):
        name, value = str(row["name"]), str(row["value"])
        form = _FORMS.get(name.partition(" ")[0])
        if (form and not form.fullmatch(value)) or (name == "status_cursor" and not _is_cursor(value)):
            yield Finding(Kind.FACT_UNREADABLE, name, "cannot be read as what it should be")


def _is_cursor(value: str) -> bool:
    try:
        msgspec.json.decode(value, type=tuple[str, str])
    except (*UNDECODABLE, UnicodeEncodeError):
        return False
    return True


def check_reserve(connection: sqlite3.Connection, queue_path: Path) -> Iterator[Finding]:
    """The reserve beside the file covers every number given: else a lost file would lead to a number given twice."""
    path = queue_path.with_name(queue_path.name + ".reserve")
    try:
        reserved = msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    except FileNotFoundError:
        reserved = {}
    except (*UNDECODABLE, OSError):
        yield Finding(Kind.RESERVE_UNREADABLE, path.name, "cannot be read; the next case writes it anew")
        return
    for row in connection.execute("SELECT kiosk_id, max(sequence) AS highest FROM cases GROUP BY kiosk_id"):
        if reserved.get(row["kiosk_id"], 0) < row["highest"]:
            words = f"does not reach number {row['highest']} of {row['kiosk_id']}; the next case writes it anew"
            yield Finding(Kind.RESERVE_BEHIND, path.name, words)


def check_modes(queue_path: Path, identity_folder: Path) -> Iterator[Finding]:
    """Nobody but the owner may read the queue, or the machine's key."""
    companions = [queue_path.with_name(queue_path.name + end) for end in ("", "-wal", "-shm")]
    private = [*sorted(identity_folder.glob("*.key")), identity_folder / "enrolment.json"]
    for path in [*companions, *private]:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            continue
        if mode & ~0o600:
            yield Finding(Kind.OPEN_TO_OTHERS, path.name, f"has the mode {mode:04o}; 0600 is right")


def check_asides(queue_path: Path) -> Iterator[Finding]:
    """Damaged files of earlier, and copies from before an upgrade, are kept for people to look at."""
    if suspicion_of(queue_path).exists():
        words = "damage was found while the terminal ran; at its next start it sets the file aside and saves what it can"
        yield Finding(Kind.SUSPECT, suspicion_of(queue_path).name, words)
    for name in set_aside_beside(queue_path):
        yield Finding(Kind.NOTE_SET_ASIDE, name, "a damaged file that was set aside and kept")
    for path in sorted(queue_path.parent.glob(f"{queue_path.name}.before-step-*")):
        yield Finding(Kind.NOTE_COPY_KEPT, path.name, "a copy from before an upgrade")
