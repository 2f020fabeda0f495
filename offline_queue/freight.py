"""What a lane of the sync does with one batch: its materials first, then the cases in one request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from contract.cases import SealedCase, SubmitAnswer
from offline_queue.errors import from_os
from offline_queue.material_sync import MaterialLine, Unsendable, send_material
from offline_queue.materials import MaterialReader
from offline_queue.models import AskStaff, ClaimedCase, Resolution, WaitFor
from offline_queue.policy import Failure, parse_window, seconds_until_window
from offline_queue.settings import SyncSettings
from offline_queue.store import Outbox


class FreightLine(MaterialLine, Protocol):
    """What a lane needs of ``transport.PlatformClient``; used by several threads at once."""

    def submit(self, cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        """Hand in cases, oldest first."""
        ...


@dataclass(slots=True)
class Shipment:
    """What came of a batch. Cases that were set apart before sending have their resolution here, and no part in the answer."""

    answer: SubmitAnswer | Failure | None = None
    """``None`` when nothing was left to send."""
    set_apart: list[Resolution] = field(default_factory=list)
    materials_sent: list[str] = field(default_factory=list)


class Freight:
    """Safe to use from several threads."""

    def __init__(self, outbox: Outbox, line: FreightLine, settings: SyncSettings, should_stop: Callable[[], bool]) -> None:
        """``ValueError`` for a night window that is none."""
        self._outbox = outbox
        self._line = line
        self._settings = settings
        self._window = parse_window(settings.night_window)
        self._should_stop = should_stop

    def ship(self, batch: Sequence[ClaimedCase]) -> Shipment:
        """Send the batch. Raises ``KnownError`` when the store fails."""
        shipment = Shipment()
        ready = []
        for case in batch:
            stopped_by = self._send_materials(case, shipment)
            if isinstance(stopped_by, Failure):
                # The line is down: what the materials could not pass, the cases cannot either.
                shipment.answer = stopped_by
                return shipment
            if stopped_by is None:
                ready.append(case)
            else:
                shipment.set_apart.append(stopped_by)
        if ready:
            shipment.answer = self._line.submit(tuple(case.case for case in ready))
        return shipment

    def _send_materials(self, case: ClaimedCase, shipment: Shipment) -> Failure | Resolution | None:
        """``None`` when the platform holds all materials of the case."""
        if not case.unsent:
            return None
        case_id = case.header.case_id
        readers = []
        for digest in case.unsent:
            reader = self._outbox.materials.reader(digest)
            if reader is None:
                return AskStaff(case_id, "material_missing", f"a material is gone from this machine: {digest[:16]}")
            readers.append(reader)
        wait_s = self._wait_for_night(sum(reader.size_bytes for reader in readers))
        if wait_s > 0:
            return WaitFor(case_id, wait_s, "night_window", "large materials are sent at night")
        for reader in readers:
            outcome = self._send_one(reader)
            if isinstance(outcome, Unsendable):
                return AskStaff(case_id, outcome.code, outcome.reason)
            if outcome is not None:
                return outcome
            shipment.materials_sent.append(reader.digest)
        return None

    def _send_one(self, reader: MaterialReader) -> Failure | Unsendable | None:
        try:
            return send_material(self._line, reader, self._should_stop, self._settings.chunk_bytes)
        except OSError as error:
            raise from_os(error) from error

    def _wait_for_night(self, size_bytes: int) -> float:
        if self._window is None or size_bytes <= self._settings.night_bytes:
            return 0.0
        return seconds_until_window(self._window, self._outbox.platform_time.now_ms())
