"""What the platform last said of machines close by: kept on disk, so that it helps most when the line is down."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from contract.kiosks import NearbyKiosk
from kiosk.domain.nearby import KEPT_S, NOBODY_KNOWN, Machine, Nearby
from offline_queue.files import write_durably

_log = logging.getLogger(__name__)
_MAX_FILE_BYTES = 1 << 20
WRITTEN_EVERY_MS = 600_000
"""The same once more is written only so often: a heartbeat comes every half minute, and flash wears."""


class _Kept(msgspec.Struct, frozen=True):
    told_at_ms: int
    nearest: tuple[NearbyKiosk, ...]


class Neighbours:
    """Safe from any thread."""

    def __init__(self, path: Path, now_ms: Callable[[], int]) -> None:
        """``now_ms`` is the platform's time as far as it is known."""
        self._path = path
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._kept = self._read()
        self._written_ms = self._kept.told_at_ms if self._kept is not None else 0

    def take(self, nearest: tuple[NearbyKiosk, ...], told_at_ms: int) -> bool:
        """Keep what the platform says now; True when it is something else than before."""
        with self._lock:
            before = self._kept
            self._kept = kept = _Kept(told_at_ms, nearest)
            is_new = before is None or before.nearest != nearest
            if is_new or abs(told_at_ms - self._written_ms) >= WRITTEN_EVERY_MS:
                self._write(kept)
        return is_new

    def known(self) -> Nearby:
        """As last told, with its age; nothing from a time that cannot be, or of long ago."""
        with self._lock:
            kept = self._kept
        if kept is None:
            return NOBODY_KNOWN
        age_s = (self._now_ms() - kept.told_at_ms) / 1000
        if not -KEPT_S <= age_s <= KEPT_S:
            return NOBODY_KNOWN
        machines = (
            Machine(one.name, one.address, one.distance_m, frozenset(one.closed_items), one.prints_documents)
            for one in kept.nearest
        )
        return Nearby(tuple(machines), max(0.0, age_s))

    def _read(self) -> _Kept | None:
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(_MAX_FILE_BYTES), type=_Kept)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            _log.warning("machines close by: what was kept cannot be read (%s)", type(error).__name__)
            return None

    def _write(self, kept: _Kept) -> None:
        """Without the file they are known until the next start: that is no reason to stop."""
        self._written_ms = kept.told_at_ms
        try:
            write_durably(self._path, msgspec.json.encode(kept))
        except OSError as error:
            _log.warning("machines close by: they cannot be kept (%s)", error.strerror or error)
