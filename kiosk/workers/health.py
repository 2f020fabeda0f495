"""Keeps an eye on devices, store and network, and tells when what can be done changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from drivers.status import DeviceStatus
from kiosk.catalogue.models import Catalogue
from kiosk.readiness import Facts, Readiness, StoreHealth, assess, serving
from kiosk.services.bench import trouble_of
from kiosk.workers.hands import DeviceSeen, Hands

_log = logging.getLogger(__name__)


class Health(QObject):
    """Asks every so often; ``readiness_changed`` comes only on a change."""

    readiness_changed = Signal(object)

    def __init__(self, catalogue: Catalogue, hands: Hands, poll_s: float) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._hands = hands
        self._store = StoreHealth(enrolled=False)
        self._lock = threading.Lock()
        self._devices: dict[str, DeviceStatus] = {}
        self._readiness = assess(Facts(), catalogue)
        self._timer = QTimer(self)
        self._timer.setInterval(round(poll_s * 1000))
        self._timer.timeout.connect(self.ask)
        hands.device_seen.connect(self._on_device)
        hands.store_seen.connect(self._on_store)

    def start(self) -> None:
        """Ask at once, and from now on."""
        self.ask()
        self._timer.start()

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()

    def ask(self) -> None:
        """Ask the devices and the store; the answers come later."""
        self._hands.ask_all()

    @property
    def readiness(self) -> Readiness:
        """As last assessed."""
        return self._readiness

    @property
    def is_serving(self) -> bool:
        """True when at least one item could be done now. Safe from any thread."""
        return serving(self._readiness, self._catalogue)

    def devices(self) -> Mapping[str, DeviceStatus]:
        """What each device last said. Safe from any thread."""
        with self._lock:
            return dict(self._devices)

    @Slot(object)
    def _on_device(self, seen: DeviceSeen) -> None:
        with self._lock:
            before = self._devices.get(seen.device)
            self._devices[seen.device] = seen.status
        if before is None or before.code != seen.status.code:
            _log.info("%s: %s (%s)", seen.device, seen.status.state.value, seen.status.code)
            self._assess()

    @Slot(object)
    def _on_store(self, seen: StoreHealth) -> None:
        if seen != self._store:
            self._store = seen
            self._assess()

    def _assess(self) -> None:
        facts = Facts(
            devices={name: trouble_of(status) for name, status in self.devices().items()},
            store=self._store,
        )
        readiness = assess(facts, self._catalogue)
        if readiness != self._readiness:
            self._readiness = readiness
            self.readiness_changed.emit(readiness)
