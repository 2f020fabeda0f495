"""A serial scanner in software: the ``Peer`` behind a TCP port or a pseudo terminal."""

from __future__ import annotations

import random
import threading
from enum import StrEnum

from drivers.emulation.host import Link


class Fault(StrEnum):
    """What can be made to go wrong with a scan."""

    MUTE = "mute"
    """The scanner beeps and sends nothing."""
    NO_SUFFIX = "no_suffix"
    NOISE = "noise"
    """Random bytes ahead of the code, as from a loose plug."""
    HALF = "half"
    """The second half stays out, and the suffix too."""
    UNPLUG = "unplug"
    """The line is cut in the middle of the code."""


class ScannerEmulator:
    """Sends what is scanned to whoever is connected. All methods may be called from any thread."""

    def __init__(self, suffix: bytes = b"\r", seed: int = 0) -> None:
        self._suffix = suffix
        self._random = random.Random(seed)  # noqa: S311 - noise, not secrets
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._link: Link | None = None
        self._faults: dict[Fault, int] = {}
        self._byte_pause_s = 0.0

    @property
    def is_connected(self) -> bool:
        """True while somebody would receive a scan."""
        with self._lock:
            return self._link is not None

    def scan(self, payload: bytes) -> bool:
        """Hold a code under the scanner; False when nobody is connected. Returns when all has been sent."""
        with self._lock:
            link, pause_s = self._link, self._byte_pause_s
            if link is None:
                return False
            is_mute, must_unplug, has_half = (self._takes(fault) for fault in (Fault.MUTE, Fault.UNPLUG, Fault.HALF))
            noise = self._random.randbytes(16) if self._takes(Fault.NOISE) else b""
            suffix = b"" if self._takes(Fault.NO_SUFFIX) else self._suffix
        if is_mute:
            return True
        data = noise + payload + suffix
        self._send(link, data[: len(data) // 2] if has_half or must_unplug else data, pause_s)
        if must_unplug:
            link.hang_up()
        return True

    def inject(self, fault: Fault, times: int | None = None) -> None:
        """Make the next ``times`` scans go wrong; ``None`` means until ``clear_faults``."""
        with self._lock:
            self._faults[fault] = -1 if times is None else times

    def slow_down(self, byte_pause_s: float) -> None:
        """Send byte by byte with a pause between them."""
        with self._lock:
            self._byte_pause_s = byte_pause_s
            self._released.clear()

    def clear_faults(self) -> None:
        """Be a good scanner again; a code that is being sent slowly goes out at once."""
        with self._lock:
            self._faults.clear()
            self._byte_pause_s = 0.0
            self._released.set()

    def connected(self, link: Link) -> None:
        """A client is there."""
        with self._lock:
            self._link = link

    def received(self, data: bytes) -> None:
        """A passive scanner takes no commands."""

    def disconnected(self) -> None:
        """The client has gone."""
        with self._lock:
            self._link = None

    def _send(self, link: Link, data: bytes, pause_s: float) -> None:
        if not pause_s:
            link.send(data)
            return
        for value in data:
            link.send(bytes([value]))
            self._released.wait(pause_s)

    def _takes(self, fault: Fault) -> bool:
        """True when the fault is due now; counts it down."""
        left = self._faults.get(fault, 0)
        if left == 1:
            del self._faults[fault]
        elif left > 1:
            self._faults[fault] = left - 1
        return left != 0
