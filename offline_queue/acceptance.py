"""Taking a case: one transaction in which it gets its number, is sealed and signed, and becomes durable."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import msgspec

from contract import receipt_number
from contract.cases import ENVELOPE_VERSION, CaseHeader, SealedCase
from contract.kiosks import SealingKey
from offline_queue import queries
from offline_queue.case_ids import CaseIds
from offline_queue.case_rows import insert_case
from offline_queue.clock import Stamp
from offline_queue.errors import KnownError
from offline_queue.identity import Identity
from offline_queue.ledger import write_entry
from offline_queue.materials import MaterialStore
from offline_queue.models import CaseCommitted, CaseDraft, CaseRefused, Closed, Gate, Open, RefusalCode
from offline_queue.platform_time import PlatformTime
from offline_queue.sealing import choose_key, seal_case
from offline_queue.sequences import SequenceReserve, floor_name, next_after
from offline_queue.settings import QueueSettings
from offline_queue.states import PENDING, CaseState

_PENDING = ", ".join(f"'{state}'" for state in sorted(PENDING))
_NEWEST = "FROM cases ORDER BY position DESC LIMIT 1"
_BEFORE = (
    f"SELECT (SELECT sum(cases) FROM tallies WHERE state IN ({_PENDING})), (SELECT value FROM facts WHERE name = ?),"  # noqa: S608
    f" (SELECT kiosk_id {_NEWEST}), (SELECT sequence {_NEWEST})"
)
"""What must be known before a case is taken: how many are pending, the floor of the numbers, and the newest case's number."""
CHINA_TIME = timezone(timedelta(hours=8))


class Refusal(Exception):
    """Carries a ``CaseRefused`` out of the transaction, which is thereby rolled back."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code)
        self.value = CaseRefused(code, detail)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What taking a case needs, besides the transaction."""

    settings: QueueSettings
    platform_time: PlatformTime
    reserve: SequenceReserve
    materials: MaterialStore
    case_ids: CaseIds
    free_disk_bytes: Callable[[], int]

    def gate(self, connection: sqlite3.Connection, identity: Identity | None, now: Stamp) -> Gate:
        """May a new visit begin?"""
        if identity is None:
            return Closed(RefusalCode.NOT_ENROLLED)
        if choose_key(identity.sealing_keys) is None:
            return Closed(RefusalCode.NO_SEALING_KEY)
        free = self.free_disk_bytes()
        if free < self.settings.disk_reserve_bytes:
            return Closed(RefusalCode.DISK_FULL, f"{free} bytes free, {self.settings.disk_reserve_bytes} wanted")
        pending = queries.pending_count(connection)
        if pending >= self.settings.max_pending:
            return Closed(RefusalCode.BACKLOG_FULL, f"{pending} cases pending")
        return self._gate_by_time(connection, now)

    def _gate_by_time(self, connection: sqlite3.Connection, now: Stamp) -> Gate:
        doubt = self.platform_time.doubt(now)
        if doubt:
            return Closed(RefusalCode.CLOCK_DOUBTFUL, doubt)
        age_ms = queries.oldest_pending_ms(connection, now, self.platform_time.now_ms(now))
        if age_ms is not None and age_ms > self.settings.max_pending_age_s * 1000:
            return Closed(RefusalCode.BACKLOG_OLD, f"oldest case pending for {age_ms // 3_600_000} h")
        return Open()

    def take(self, connection: sqlite3.Connection, identity: Identity | None, draft: CaseDraft, now: Stamp) -> CaseCommitted:
        """Write the case within the caller's transaction. Raises ``Refusal``, ``KnownError``."""
        if identity is None:
            raise Refusal(RefusalCode.NOT_ENROLLED)
        key = choose_key(identity.sealing_keys)
        if key is None:
            raise Refusal(RefusalCode.NO_SEALING_KEY)
        free = self.free_disk_bytes()
        if free < self.settings.disk_floor_bytes:
            raise Refusal(RefusalCode.DISK_FULL, f"{free} bytes free")
        pending, floor, newest_id, newest = connection.execute(_BEFORE, (floor_name(identity.kiosk_id),)).fetchone()
        if pending >= self.settings.max_pending:
            raise Refusal(RefusalCode.BACKLOG_FULL, f"{pending} cases pending")
        highest = newest if newest_id == identity.kiosk_id else queries.highest_sequence(connection, identity.kiosk_id)
        sequence = next_after(highest, floor)
        self.reserve.cover(identity.kiosk_id, sequence)
        header = self._header(identity, draft, key, sequence, now)
        case = self._seal(header, draft, key, identity)
        digest = case.digest
        entry = write_entry(connection, now, header.case_id, "", CaseState.COMMITTED, "committed")
        position = insert_case(connection, header, case, digest, entry, CaseState.COMMITTED)
        if draft.materials:
            self._name_materials(connection, position, header, now)
        return CaseCommitted(header.case_id, header.receipt_number, header.sequence, digest, now.wall_ms)

    def _name_materials(self, connection: sqlite3.Connection, position: int, header: CaseHeader, now: Stamp) -> None:
        missing = self.materials.name(connection, position, header.materials, now)
        if missing:
            raise Refusal(RefusalCode.MATERIAL_MISSING, f"{len(missing)} of {len(header.materials)} are not here")

    def _header(self, identity: Identity, draft: CaseDraft, key: SealingKey, sequence: int, now: Stamp) -> CaseHeader:
        offset_ms = self.platform_time.offset_ms(now)
        return CaseHeader(
            version=ENVELOPE_VERSION,
            case_id=self.case_ids.next(),
            kiosk_id=identity.kiosk_id,
            receipt_number=receipt_number.make(
                identity.region_code, _day(now.wall_ms + (offset_ms or 0)), identity.device_code, sequence
            ),
            item_code=draft.item_code,
            sequence=sequence,
            committed_at_ms=now.wall_ms,
            boot_id=now.boot_id,
            monotonic_ms=now.monotonic_ms,
            platform_offset_ms=offset_ms,
            suite=key.suite,
            sealing_key_id=key.key_id,
            materials=tuple(material.digest for material in draft.materials),
        )

    def _seal(self, header: CaseHeader, draft: CaseDraft, key: SealingKey, identity: Identity) -> SealedCase:
        plaintext = bytearray()
        try:
            msgspec.json.Encoder().encode_into(draft.payload(header.case_id, header.receipt_number), plaintext)
            if len(plaintext) > self.settings.max_case_bytes:
                raise Refusal(RefusalCode.CASE_TOO_LARGE, f"{len(plaintext)} bytes")
            return seal_case(header, plaintext, key, identity.signing_key)
        finally:
            plaintext[:] = bytes(len(plaintext))


def _day(at_ms: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(CHINA_TIME).date()


def refused(error: KnownError) -> CaseRefused:
    """The value for a store that could not take the case."""
    code = RefusalCode.DISK_FULL if error.code == "disk_full" else RefusalCode.STORAGE_FAILED
    return CaseRefused(code, str(error))
