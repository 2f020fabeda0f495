"""Looks once a second whether a card that was read lies on the reader still, and how long nobody has come for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from drivers.status import DeviceStatus
from kiosk.services.card_table import CardTable
from kiosk.workers.hands import Hands

LOOK_MS = 1000
READER = "id_card_reader"
UNATTENDED = "card_left_behind"
"""Code of the reader's report to the platform; the reader itself is in order."""


class CardWatch(QObject):
    """Lives on the GUI thread; the looks themselves wait for their turn on the card thread."""

    changed = Signal(bool)
    """Whether a card that was read lies there; told on a change only."""

    def __init__(
        self,
        table: CardTable,
        hands: Hands,
        unattended_s: float,
        parent: QObject | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._table = table
        self._hands = hands
        self._unattended_s = unattended_s
        self._monotonic_s = monotonic_s
        self._lies = False
        self._left_since_s: float | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._on_tick)
        hands.card_seen.connect(self._on_seen)

    def start(self) -> None:
        """Look from now on, whenever there may be something to see."""
        self._timer.start()

    def stop(self) -> None:
        """Look no more; may be called twice."""
        self._timer.stop()

    def visit_is_over(self) -> None:
        """What lies there now has been left."""
        self._table.visit_is_over()
        self._note_left()

    @property
    def is_unattended(self) -> bool:
        """True when a card has lain there for long after its owner's visit. Safe from any thread."""
        since_s = self._left_since_s
        return since_s is not None and self._monotonic_s() - since_s >= self._unattended_s

    def reported(self, devices: Mapping[str, DeviceStatus]) -> Mapping[str, DeviceStatus]:
        """What the platform is told: as the devices say, and beside that of a card nobody has come for. From any thread."""
        reader = devices.get(READER)
        if reader is None or not reader.is_online or not self.is_unattended:
            return devices
        told = replace(reader, code=UNATTENDED, detail="somebody's card lies on the reader")
        return {**devices, READER: told}

    @Slot()
    def _on_tick(self) -> None:
        if self._table.may_hold_card:
            self._hands.look_for_card()

    @Slot(object)
    def _on_seen(self, lies: bool | None) -> None:
        """Nobody knows while the reader is lost: what was seen last holds."""
        if lies is None:
            return
        self._note_left(lies)
        if lies is not self._lies:
            self._lies = lies
            self.changed.emit(lies)

    def _note_left(self, lies: bool | None = None) -> None:
        is_left = self._table.may_hold_left_card and (self._lies if lies is None else lies)
        if not is_left:
            self._left_since_s = None
        elif self._left_since_s is None:
            self._left_since_s = self._monotonic_s()
