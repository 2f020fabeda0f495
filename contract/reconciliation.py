"""Daily reconciliation 每日对账: both sides compare which cases they hold, so that a loss or a double shows the same day. Pure.

The terminal tells counts and a hash of its case ids by state, and day by day for the delivered ones. The platform answers, for
each day that differs, the ids it holds. Differences are resolved by sending again, never by deleting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

MAX_DAYS = 400
MAX_IDS_A_DAY = 20_000


class StateDigest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cases in one state of the queue."""

    state: str
    count: int
    ids_sha256: str
    """``ids_digest``."""


class DayDigest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The delivered cases of one day, by the time in their ids (``day_of``)."""

    day: str
    """ISO 8601, UTC."""
    count: int
    ids_sha256: str


class QueueDigest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the terminal holds, told once a day within a heartbeat, and again after a difference."""

    made_at_ms: int
    states: tuple[StateDigest, ...]
    delivered: tuple[DayDigest, ...]
    """Every day on which the terminal knows of delivered cases, ascending; days before the first one are not compared."""


class DayDifference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day on which the two sides do not agree: the ids the platform holds."""

    day: str
    held_ids: tuple[str, ...]


class Reconciliation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The platform's answer to a ``QueueDigest``. Without differences both agree.

    A difference is no alarm by itself: a case whose receipt was lost on the way is held by the platform and still pending here.
    The terminal sorts it out and tells what is left in its next digest.
    """

    compared_at_ms: int
    differences: tuple[DayDifference, ...] = ()


def ids_digest(ascending_ids: Iterable[str]) -> tuple[int, str]:
    """Number of ids and SHA-256 over them, each ended by a line feed; the caller hands them in ascending order."""
    total, sha = 0, hashlib.sha256()
    for case_id in ascending_ids:
        total += 1
        sha.update(case_id.encode("ascii") + b"\n")
    return total, sha.hexdigest()


def day_of(case_id: str) -> str:
    """The UTC day of the time within a UUIDv7 (RFC 9562, section 5.7); ``ValueError`` for what is none."""
    try:
        moment_ms = UUID(case_id).int >> 80
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment_ms)).date().isoformat()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"carries no day: {case_id!r}") from error


def ids_of_day(day: str) -> tuple[str, str]:
    """Half-open range of ids (from, to) whose time lies within ``day``; ``ValueError`` for what is no day.

    Ids are lower-case UUIDs with hyphens, so they sort as text by their time.
    """
    try:
        start = datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=UTC)
        end = start + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no id carries {day!r}") from error
    return _lowest_id(start), _lowest_id(end)


def _lowest_id(moment: datetime) -> str:
    moment_ms = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    if not 0 <= moment_ms < 1 << 48:
        raise ValueError(f"no id carries {moment.date()}")
    return str(UUID(int=moment_ms << 80))
