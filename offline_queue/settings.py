"""Limits of the queue and habits of its sync, in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """Limits of the store."""

    disk_reserve_bytes: int = 256 * MIB
    """With less free disk no new visit is begun."""
    disk_floor_bytes: int = 16 * MIB
    """With less free disk a visit under way cannot be committed either; the room is kept for sending what is here."""
    max_pending: int = 20_000
    max_pending_age_s: float = 14 * 86_400.0
    """When the oldest case has waited longer, something is wrong that a person must see before more residents rely on it."""
    max_case_bytes: int = 256 * 1024
    """Limit of the payload before sealing."""
    check_at_once_bytes: int = 64 * MIB
    """A larger file is checked whole only once the machine serves: reading it takes seconds."""
    busy_timeout_s: float = 5.0
    lease_s: float = 180.0
    """Longer than the longest request."""
    purge_grace_s: float = 86_400.0
    max_processed: int = 10_000
    """More processed cases than this are purged before their grace period ends, oldest first."""
    max_purged: int = 50_000
    """Rows of purged cases kept for questions; older ones are let go of, with the audit rows that only they need."""
    wal_limit_bytes: int = 32 * MIB
    checkpoint_every: int = 128
    """So many cases, or as much else, are folded in while commits go on: little at a time delays them little."""
    checkpoint_pause_s: float = 0.3
    """Otherwise it is folded in once no commit came for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncSettings:
    """Habits of the sync."""

    batch_cases: int = 500
    batch_bytes: int = 4 * MIB
    lanes: int = 3
    """Batches under way at once, once the line has proved itself: so a long line is kept full."""
    status_page: int = 200
    backoff_first_s: float = 5.0
    backoff_cap_s: float = 900.0
    attempts_before_staff: int = 5
    """A case refused without a word on any other case, or never mentioned in the answers, comes to the desk only after so many
    tries: the line may be at fault."""
    max_refusals_unproved: int = 8
    poll_first_s: float = 2.0
    poll_cap_s: float = 60.0
    """How often the status feed is asked while accepted cases are not yet processed."""
    idle_s: float = 900.0
    chunk_bytes: int = 1 * MIB
    """Materials are sent in pieces of this size; at most ``contract.materials.MAX_CHUNK_BYTES``."""
    night_window: str = ""
    """``HH:MM-HH:MM`` by China time in which cases with large materials are sent; empty: at any time."""
    night_bytes: int = 1 * MIB
    """Materials of one case that together are larger than this wait for the night window."""


def within_cap(settings: SyncSettings, bytes_per_s: int) -> SyncSettings:
    """Habits under a cap on the line (0: none): requests so small and so few at once that each ends within its time limit."""
    if bytes_per_s <= 0:
        return settings
    room = max(64 * 1024, bytes_per_s * _CAPPED_REQUEST_S)
    return replace(settings, lanes=1, batch_bytes=min(settings.batch_bytes, room), chunk_bytes=min(settings.chunk_bytes, room))


_CAPPED_REQUEST_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """Limits of the line."""

    connect_timeout_s: float = 10.0
    io_timeout_s: float = 20.0
    request_limit_s: float = 90.0
    """A whole request, however slowly bytes drip."""
    max_answer_bytes: int = 8 * MIB
    max_bytes_per_s: int = 0
    """Cap on what is sent, cases and materials together; 0: none."""
    compress_from_bytes: int = 1024
    """Bodies of at least this size are sent compressed (zstd, RFC 8878)."""
    ca_file: str | None = None
    """PEM file of the platform's own authority; ``None`` trusts the public ones."""
    pins: tuple[str, ...] = ()
    """When given, the platform's key must be one of these, besides a certificate that verifies: see ``tls``."""
