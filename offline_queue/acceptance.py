"""Whether a case can be taken, and making it: its number, its header, the sealing and the signature. Writes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from contract import receipt_number
from contract.cases import ENVELOPE_VERSION, CaseHeader, SealedCase
from contract.kiosks import SealingKey
from offline_queue import queries
from offline_queue.case_ids import CaseIds
from offline_queue.clock import Stamp
from offline_queue.errors import KnownError
from offline_queue.identity import Identity
from offline_queue.materials import MaterialStore
from offline_queue.models import CaseDraft, CaseRefused, Closed, Gate, Open, RefusalCode
from offline_queue.platform_time import PlatformTime
from offline_queue.sealing import choose_key, seal_case
from offline_queue.sequences import SequenceReserve
from offline_queue.settings import QueueSettings

_CHINA_OFFSET_MS = 8 * 3_600_000
_FREE_DISK_AGE_MS = 1_000


class Refusal(Exception):
    """Carries a ``CaseRefused`` out of the transaction, which is thereby rolled back."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code)
        self.value = CaseRefused(code, detail)


@dataclass(slots=True)
class Acceptance:
    """What taking a case needs, besides the transaction."""

    settings: QueueSettings
    platform_time: PlatformTime
    reserve: SequenceReserve
    materials: MaterialStore
    case_ids: CaseIds
    free_disk_bytes: Callable[[], int]
    _free_seen: tuple[Stamp | None, int] = (None, 0)

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

    def admit(self, identity: Identity | None, now: Stamp) -> Identity:
        """Raise ``Refusal`` when no case can be taken at all, whatever is in the queue. Returns who takes it."""
        if identity is None:
            raise Refusal(RefusalCode.NOT_ENROLLED)
        if choose_key(identity.sealing_keys) is None:
            raise Refusal(RefusalCode.NO_SEALING_KEY)
        free = self._free_disk(now)
        if free < self.settings.disk_floor_bytes:
            raise Refusal(RefusalCode.DISK_FULL, f"{free} bytes free")
        return identity

    def _free_disk(self, now: Stamp) -> int:
        """Free bytes, at most a second old: cases come one by one, and one takes a few KiB."""
        since, free = self._free_seen
        if since is None or since.boot_id != now.boot_id or not 0 <= now.monotonic_ms - since.monotonic_ms < _FREE_DISK_AGE_MS:
            free = self.free_disk_bytes()
            self._free_seen = (now, free)
        return free

    def seal(self, identity: Identity, draft: CaseDraft, sequence: int, now: Stamp) -> tuple[CaseHeader, SealedCase, str]:
        """Give the case its id and number, seal and sign it. Returns header, envelope and the envelope's digest.

        Raises ``Refusal`` (too large), ``KnownError`` (no number to be had).
        """
        key = choose_key(identity.sealing_keys)
        if key is None:
            raise Refusal(RefusalCode.NO_SEALING_KEY)
        self.reserve.cover(identity.kiosk_id, sequence)
        header = self._header(identity, draft, key, sequence, now)
        return header, *self._seal(header, draft, key, identity)

    def _header(self, identity: Identity, draft: CaseDraft, key: SealingKey, sequence: int, now: Stamp) -> CaseHeader:
        offset_ms = self.platform_time.offset_ms(now)
        return CaseHeader(
            version=ENVELOPE_VERSION,
            case_id=self.case_ids.next(now.wall_ms),
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
            materials=tuple(material.digest for material in draft.materials) if draft.materials else (),
        )

    def _seal(self, header: CaseHeader, draft: CaseDraft, key: SealingKey, identity: Identity) -> tuple[SealedCase, str]:
        """Encode, seal, sign, and wipe the plain copy."""
        plaintext = bytearray()
        try:
            msgspec.json.Encoder().encode_into(draft.payload(header.case_id, header.receipt_number), plaintext)
            if len(plaintext) > self.settings.max_case_bytes:
                raise Refusal(RefusalCode.CASE_TOO_LARGE, f"{len(plaintext)} bytes")
            return seal_case(header, plaintext, key, identity.signing_key)
        finally:
            plaintext[:] = bytes(len(plaintext))


def _day(at_ms: int) -> date:
    return _day_by_number((at_ms + _CHINA_OFFSET_MS) // 86_400_000)


@lru_cache(maxsize=4)
def _day_by_number(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def refused(error: KnownError) -> CaseRefused:
    """The value for a store that could not take the case."""
    code = RefusalCode.DISK_FULL if error.code == "disk_full" else RefusalCode.STORAGE_FAILED
    return CaseRefused(code, str(error))
