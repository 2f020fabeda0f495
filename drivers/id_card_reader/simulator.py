"""An ID-card reader in memory, for fast tests and for a terminal without hardware: the driver's promises, no bytes on a line."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from drivers.errors import DeviceError, Disconnected
from drivers.id_card_reader.cards import EmulatedCard
from drivers.id_card_reader.emulator import RestMode
from drivers.id_card_reader.photo import PhotoDecoder, default_decoders
from drivers.id_card_reader.reading import interpret_card
from drivers.id_card_reader.types import CardNotRead, CardTrouble, ReadOutcome
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline

_POLL_S = 0.02


class SimulatedIdCardReader:
    """Put cards down and lift them from any thread; ``fail_next`` and ``unplug`` break the link."""

    def __init__(self, rest_mode: RestMode = RestMode.STRICT, decoders: Sequence[PhotoDecoder] | None = None) -> None:
        self._rest_mode = rest_mode
        self._decoders = tuple(default_decoders() if decoders is None else decoders)
        self._lock = threading.Lock()
        self._card: EmulatedCard | None = None
        self._was_read = False
        self._is_plugged = True
        self._next_failure: DeviceError | None = None

    def put_card(self, card: EmulatedCard) -> None:
        """Put a card down, in place of one that may lie there."""
        with self._lock:
            self._card, self._was_read = card, False

    def lift_card(self) -> None:
        """Take the card away."""
        with self._lock:
            self._card, self._was_read = None, False

    def fail_next(self, error: DeviceError) -> None:
        """Let the next read, wait or reset raise ``error``."""
        with self._lock:
            self._next_failure = error

    def unplug(self) -> None:
        """Pull the cable, for good."""
        with self._lock:
            self._is_plugged = False

    def status(self) -> DeviceStatus:
        """Online until unplugged or closed."""
        with self._lock:
            if self._is_plugged:
                return DeviceStatus(DeviceState.ONLINE, "ok")
            return DeviceStatus(DeviceState.NO_DEVICE, "disconnected", "has gone away")

    def read(self, deadline: Deadline) -> ReadOutcome:
        """As the driver's."""
        while not deadline.is_over:
            with self._lock:
                self._check_link()
                card = self._findable_card()
                if card is not None:
                    self._was_read = True
                    return interpret_card(card.text, card.photo, self._decoders)
            deadline.sleep(_POLL_S)
        return CardNotRead(CardTrouble.CANCELLED if deadline.is_cancelled else CardTrouble.NO_CARD)

    def wait_removed(self, deadline: Deadline) -> bool:
        """As the driver's: a strict reader cannot tell a card that was read from none."""
        was_seen = self._rest_mode is RestMode.LENIENT
        while not deadline.is_over:
            with self._lock:
                self._check_link()
                is_found = self._findable_card() is not None
            if was_seen and not is_found:
                return True
            was_seen = was_seen or is_found
            deadline.sleep(_POLL_S)
        return False

    def reset(self) -> None:
        """Let a strict reader find a resting card again, as the emulator does."""
        with self._lock:
            self._check_link()
            self._was_read = False

    def close(self) -> None:
        """Be of no more use."""
        self.unplug()

    def _findable_card(self) -> EmulatedCard | None:
        return None if self._was_read and self._rest_mode is RestMode.STRICT else self._card

    def _check_link(self) -> None:
        failure, self._next_failure = self._next_failure, None
        if failure is not None:
            raise failure
        if not self._is_plugged:
            raise Disconnected("sim://", "has gone away")
