"""Hears of the devices, asks the store, and tells when what can be done changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from drivers.status import DeviceStatus
from kiosk.catalogue.models import Catalogue
from kiosk.domain.china_time import clock_now
from kiosk.readiness import Facts, Means, Offer, Readiness, StoreHealth, assess, offer, serving
from kiosk.services.bench import OnDeviceChange
from kiosk.services.probes import trouble_of
from kiosk.workers.hands import Hands

_log = logging.getLogger(__name__)


Subscribe = Callable[[OnDeviceChange], Callable[[], None]]
"""How to be told of the devices; returns how to end that."""


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    """What a device says of itself from now on."""

    device: str
    status: DeviceStatus


class Health(QObject):
    """Lives on the GUI thread; ``readiness_changed`` comes only on a change."""

    readiness_changed = Signal(object)
    _device_seen = Signal(object)
    """Emitted on the devices' threads, heard on the GUI thread."""

    def __init__(
        self,
        catalogue: Catalogue,
        hands: Hands,
        subscribe: Subscribe,
        poll_s: float,
        means: Callable[[], Means] = Means,
        now: Callable[[], str] = clock_now,
    ) -> None:
        """``subscribe`` tells of the devices; store, ``means`` and clock are asked every ``poll_s`` seconds."""
        super().__init__()
        self._subscribe = subscribe
        self._unsubscribe: Callable[[], None] | None = None
        self._catalogue = catalogue
        self._hands = hands
        self._store = StoreHealth(enrolled=False)
        self._lock = threading.Lock()
        self._devices: dict[str, DeviceStatus] = {}
        self._means = means
        self._now = now
        self._readiness = assess(Facts(means=means()), catalogue)
        self._timer = QTimer(self)
        self._timer.setInterval(round(poll_s * 1000))
        self._timer.timeout.connect(self.ask)
        self._device_seen.connect(self._on_device)
        hands.store_seen.connect(self._on_store)

    def start(self) -> None:
        """Hear of the devices and ask the store, at once and from now on."""
        if self._unsubscribe is None:
            self._unsubscribe = self._subscribe(lambda device, status: self._device_seen.emit(DeviceSeen(device, status)))
        self.ask()
        self._timer.start()

    def stop(self) -> None:
        """Ask and hear no more; may be called twice."""
        self._timer.stop()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def ask(self) -> None:
        """Ask the store; the answer comes later."""
        self._hands.ask_all()

    def change_catalogue(self, catalogue: Catalogue) -> None:
        """Go by another catalogue from now on."""
        self._catalogue = catalogue
        self._assess()

    @property
    def readiness(self) -> Readiness:
        """As last assessed."""
        return self._readiness

    @property
    def is_serving(self) -> bool:
        """True when at least one item could be done now. Safe from any thread."""
        return serving(self._readiness, self._catalogue)

    def offer(self) -> Offer:
        """What this machine can do now, for others to know. Safe from any thread."""
        return offer(self._readiness, self._catalogue)

    def devices(self) -> Mapping[str, DeviceStatus]:
        """What each device says. Safe from any thread."""
        with self._lock:
            return dict(self._devices)

    @Slot(object)
    def _on_device(self, seen: DeviceSeen) -> None:
        with self._lock:
            self._devices[seen.device] = seen.status
        _log.info("%s: %s (%s)", seen.device, seen.status.state.value, seen.status.code)
        self._assess()

    @Slot(object)
    def _on_store(self, seen: StoreHealth) -> None:
        self._store = seen
        self._assess()

    def _assess(self) -> None:
        facts = Facts(
            devices={name: trouble_of(status) for name, status in self.devices().items()},
            store=self._store,
            means=self._means(),
            now=self._now(),
        )
        readiness = assess(facts, self._catalogue)
        if readiness != self._readiness:
            self._readiness = readiness
            self.readiness_changed.emit(readiness)
