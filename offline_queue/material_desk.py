"""Materials as the rest of the program sees them: keep one, read it while it is sent, sweep what was left over."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from contract.kiosks import SealingKey
from contract.materials import MAX_MATERIAL_BYTES
from offline_queue.acceptance import Acceptance, Refusal, refused
from offline_queue.clock import Clock, Stamp, elapsed_ms
from offline_queue.database import QueueDatabase
from offline_queue.errors import KnownError, from_os
from offline_queue.identity import IdentitySource
from offline_queue.materials import INLINE_BYTES, MaterialReader, MaterialStore
from offline_queue.models import CaseRefused, MaterialDraft, MaterialKept, RefusalCode
from offline_queue.sealing import choose_key

_log = logging.getLogger(__name__)
_SWEEP_EVERY_MS = 3_600_000


class MaterialDesk:
    """``Outbox.materials``. Safe to use from several threads."""

    def __init__(self, database: QueueDatabase, identity: IdentitySource, acceptance: Acceptance, clock: Clock) -> None:
        self._database = database
        self._identity = identity
        self._acceptance = acceptance
        self._clock = clock
        self._swept: Stamp | None = None

    def keep(self, draft: MaterialDraft) -> MaterialKept | CaseRefused:
        """Seal a material and keep it durably, before the case that will name it.

        Its plain content is overwritten in any case.
        """
        identity = self._identity.current()
        key = choose_key(identity.sealing_keys) if identity else None
        try:
            if key is None:
                raise Refusal(RefusalCode.NO_SEALING_KEY if identity else RefusalCode.NOT_ENROLLED)
            return self._keep(draft, key)
        except Refusal as refusal:
            outcome = refusal.value
        except KnownError as error:
            outcome = refused(error)
        except OSError as error:
            outcome = refused(from_os(error))
        # Sealing overwrites it too, but not everything comes to that.
        draft.content[:] = bytes(len(draft.content))
        _log.warning("material refused: %s (%s)", outcome.code, outcome.detail)
        return outcome

    def _keep(self, draft: MaterialDraft, key: SealingKey) -> MaterialKept:
        store = self._acceptance.materials
        if not 0 < len(draft.content) <= MAX_MATERIAL_BYTES:
            raise Refusal(RefusalCode.MATERIAL_TOO_LARGE, f"{len(draft.content)} bytes")
        if self._acceptance.free_disk_bytes() - len(draft.content) < self._acceptance.settings.disk_floor_bytes:
            raise Refusal(RefusalCode.DISK_FULL, "no room for a material")
        material, packed = store.seal(draft, key)
        if len(packed) > INLINE_BYTES:
            store.keep_file(material.digest, packed)
        else:
            with self._database.write() as connection:
                store.keep_row(connection, material.digest, packed, self._clock.now())
        return MaterialKept(material)

    def reader(self, digest: str) -> MaterialReader | None:
        """Access to a sealed material, ``None`` when it is gone."""
        try:
            with self._database.read() as connection:
                return self._acceptance.materials.reader(connection, digest)
        except OSError as error:
            raise from_os(error) from error

    def mark(self, digests: Sequence[str], *, are_sent: bool) -> None:
        """Remember which materials the platform holds whole, or is found not to hold."""
        if not digests:
            return
        with self._database.write() as connection:
            for digest in digests:
                MaterialStore.mark_sent(connection, digest, is_sent=are_sent)

    def sweep_is_due(self) -> bool:
        """True once an hour."""
        return self._swept is None or elapsed_ms(self._swept, self._clock.now()) > _SWEEP_EVERY_MS

    def sweep(self) -> int:
        """Remove materials that no case names and no visit can still be about to name. Returns their number."""
        try:
            with self._database.write() as connection:
                now = self._swept = self._clock.now()
                return self._acceptance.materials.sweep(connection, now)
        except OSError as error:
            raise from_os(error) from error
