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
from offline_queue import queries, sequences
from offline_queue.case_ids import CaseIds
from offline_queue.clock import Stamp
from offline_queue.errors import KnownError
from offline_queue.identity import Identity
from offline_queue.ledger import write_entry
from offline_queue.models import CaseCommitted, CaseDraft, CaseRefused, Closed, Gate, Open, RefusalCode
from offline_queue.platform_time import PlatformTime
from offline_queue.sealing import choose_key, seal_case
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState

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
    reserve: sequences.SequenceReserve
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
        pending = queries.pending_count(connection)
        if pending >= self.settings.max_pending:
            raise Refusal(RefusalCode.BACKLOG_FULL, f"{pending} cases pending")
        header = self._header(connection, identity, draft, key, now)
        case = self._seal(header, draft, key, identity)
        _insert(connection, header, case)
        write_entry(connection, now, header.case_id, "", CaseState.COMMITTED, "committed")
        return CaseCommitted(header.case_id, header.receipt_number, header.sequence, case.digest, now.wall_ms)

    def _header(
        self, connection: sqlite3.Connection, identity: Identity, draft: CaseDraft, key: SealingKey, now: Stamp
    ) -> CaseHeader:
        sequence = sequences.take_next(connection, self.reserve, identity.kiosk_id)
        return CaseHeader(
            version=ENVELOPE_VERSION,
            case_id=self.case_ids.next(),
            kiosk_id=identity.kiosk_id,
            receipt_number=receipt_number.make(
                identity.region_code, _day(self.platform_time.now_ms(now)), identity.device_code, sequence
            ),
            item_code=draft.item_code,
            sequence=sequence,
            committed_at_ms=now.wall_ms,
            boot_id=now.boot_id,
            monotonic_ms=now.monotonic_ms,
            platform_offset_ms=self.platform_time.offset_ms(now),
            suite=key.suite,
            sealing_key_id=key.key_id,
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


def _insert(connection: sqlite3.Connection, header: CaseHeader, case: SealedCase) -> None:
    size = len(case.header) + len(case.sealed) + len(case.signature)
    position = connection.execute(
        "INSERT INTO cases (case_id, kiosk_id, sequence, receipt_number, item_code, digest, size_bytes, state, committed_at_ms,"
        " boot_id, monotonic_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 'committed', ?, ?, ?)",
        (
            *(header.case_id, header.kiosk_id, header.sequence, header.receipt_number, header.item_code, case.digest, size),
            *(header.committed_at_ms, header.boot_id, header.monotonic_ms),
        ),
    ).lastrowid
    connection.execute("INSERT INTO envelopes VALUES (?, ?, ?, ?)", (position, case.header, case.sealed, case.signature))


def refused(error: KnownError) -> CaseRefused:
    """The value for a store that could not take the case."""
    code = RefusalCode.DISK_FULL if error.code == "disk_full" else RefusalCode.STORAGE_FAILED
    return CaseRefused(code, str(error))
