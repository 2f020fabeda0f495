"""An ID-card reader in memory, for fast tests and for a terminal without hardware: the driver's promises, no bytes on a line.

It takes the same faults as the emulator. What goes wrong with an answer is told as the driver tells it: a command is sent twice
before it is given up, a module that is silent or hangs is reset once.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence, Set
from dataclasses import replace

from drivers.emulation.faults import FaultBook
from drivers.errors import BadFrame, DeviceError, Disconnected, NoResponse
from drivers.id_card_reader.cards import EmulatedCard
from drivers.id_card_reader.emulator import Fault, Lockup, RestMode
from drivers.id_card_reader.errors import SamOutOfOrder
from drivers.id_card_reader.photo import PhotoDecoder, default_decoders
from drivers.id_card_reader.protocol import Sw3
from drivers.id_card_reader.reading import Block, Blocks, interpret_card
from drivers.id_card_reader.types import CardExtra, CardNotRead, CardTrouble, Missing, ReadOutcome, SamId
from drivers.status import DeviceState, DeviceStatus
from drivers.types import Deadline

_URL = "sim://"
_POLL_S = 0.02
_TRIES_PER_COMMAND = 2
_TRIES_PER_CARD = 3
_SAM_ID = bytes.fromhex("00 00 00 00 A7 2B 33 01 01 00 00 00 01 00 00 00")
"""00.00-20130727-0000000001-0000000001: no module has such a number."""
_SILENCES = (Fault.MUTE, Fault.AWOL)
_DAMAGES = (Fault.BAD_CHECKSUM, Fault.HALF_FRAME, Fault.TRUNCATE)
_HARMLESS = (Fault.NOISE, Fault.STALE_REPLY, Fault.DUPLICATE)
"""The driver passes over what stands ahead of or behind a good answer."""


class SimulatedIdCardReader:
    """Put cards down, lift them and order faults from any thread; ``fail_next`` and ``unplug`` break the link."""

    def __init__(self, rest_mode: RestMode = RestMode.STRICT, decoders: Sequence[PhotoDecoder] | None = None) -> None:
        self.rest_mode = rest_mode
        self.faults = FaultBook()
        self._decoders = tuple(default_decoders() if decoders is None else decoders)
        self._lock = threading.RLock()
        self._card: EmulatedCard | None = None
        self._was_read = False
        self._lockup: Lockup | None = None
        self._answers_until_lift: int | None = None
        self._delay_s = 0.0
        self._is_plugged = True
        self._next_failure: DeviceError | None = None

    def put_card(self, card: EmulatedCard) -> None:
        """Put a card down, in place of one that may lie there."""
        with self._lock:
            self._card, self._was_read, self._answers_until_lift = card, False, None

    def lift_card(self, after_answers: int = 0) -> None:
        """Take the card away: now, or after so many more answers (find, select and read are one each)."""
        with self._lock:
            self._answers_until_lift = after_answers or None
            if not after_answers:
                self._card, self._was_read = None, False

    def lock_up(self, how: Lockup = Lockup.FOUND) -> None:
        """Let the card hang in the field, until a reset."""
        with self._lock:
            self._lockup = how

    def inject(self, fault: Fault, times: int | None = None) -> None:
        """Make the next ``times`` answers that it concerns go wrong; ``None`` means until ``clear_faults``."""
        self.faults.inject(fault, times)

    def make_noise(self, probability: float) -> None:
        """Changes nothing: the driver passes over noise."""
        self.faults.inject(Fault.NOISE, None if probability else 0)

    def slow_down(self, seconds: float) -> None:
        """Delay every answer."""
        with self._lock:
            self._delay_s = seconds

    def clear_faults(self) -> None:
        """Be a good reader again."""
        self.faults.clear()
        with self._lock:
            self._delay_s, self._lockup, self._answers_until_lift = 0.0, None, None

    def fail_next(self, error: DeviceError) -> None:
        """Let the next read, wait or reset raise ``error``."""
        with self._lock:
            self._next_failure = error

    def unplug(self) -> None:
        """Pull the cable, for good."""
        with self._lock:
            self._is_plugged = False

    def status(self) -> DeviceStatus:
        """As the driver's."""
        try:
            self._answer(None)
        except NoResponse as error:
            return DeviceStatus(DeviceState.OFFLINE, "no_answer", error.message)
        except BadFrame as error:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, "garbled", error.message)
        except SamOutOfOrder as error:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, f"sam_{error.sw3.name.lower()}", error.message)
        except DeviceError as error:
            return DeviceStatus(DeviceState.NO_DEVICE, "disconnected", error.message)
        return DeviceStatus(DeviceState.ONLINE, "ok")

    def sam_id(self) -> SamId:
        """A number that no module has."""
        self._answer(None)
        return SamId(_SAM_ID)

    def read(self, deadline: Deadline, also: Set[CardExtra] = frozenset()) -> ReadOutcome:
        """As the driver's."""
        self._fail_as_ordered()
        while not deadline.is_over:
            if self._find(deadline):
                return self._read_found_card(deadline, also)
            deadline.sleep(_POLL_S)
        return CardNotRead(CardTrouble.CANCELLED if deadline.is_cancelled else CardTrouble.NO_CARD)

    def wait_removed(self, deadline: Deadline) -> bool:
        """As the driver's: a strict reader cannot tell a card that was read from none."""
        self._fail_as_ordered()
        was_seen = self.rest_mode is RestMode.LENIENT
        while not deadline.is_over:
            is_found = self._find(deadline)
            if was_seen and not is_found and not deadline.is_over:
                return True
            was_seen = was_seen or is_found
            deadline.sleep(_POLL_S)
        return False

    def sees_card(self, deadline: Deadline) -> bool | None:
        """As the driver's."""
        self._fail_as_ordered()
        if self._was_read and self.rest_mode is RestMode.STRICT:
            self._reset()
        is_found = self._find(deadline)
        return None if deadline.is_over else is_found

    def reset(self) -> None:
        """End a lock-up; let a strict reader find a resting card again, as the emulator does."""
        self._fail_as_ordered()
        self._answer(None)
        self._reset()

    def close(self) -> None:
        """Be of no more use."""
        self.unplug()

    def _reset(self) -> None:
        with self._lock:
            self._was_read, self._lockup = False, None

    def _find(self, deadline: Deadline) -> bool:
        if not self._answer(deadline):
            return False
        with self._lock:
            is_hidden = (self._was_read and self.rest_mode is RestMode.STRICT) or self._lockup is Lockup.NONE
            if self._lockup is Lockup.NONE and not self._was_read:
                self._reset()  # the driver does so after a while without a card
            is_found = self._card is not None and not is_hidden
            self._count_down_to_lift()
            return is_found

    def _read_found_card(self, deadline: Deadline, also: Set[CardExtra]) -> ReadOutcome:
        refusal = Sw3.FIND_FAILED
        for attempt in range(_TRIES_PER_CARD):
            if attempt == _TRIES_PER_CARD - 1:
                self._reset()
            if attempt and not self._find(deadline):
                break
            for fault, sw3 in ((Fault.SELECT_FAILED, Sw3.SELECT_FAILED), (Fault.READ_FAILED, Sw3.READ_FAILED)):
                if not self._answer(deadline):
                    return CardNotRead(CardTrouble.CANCELLED if deadline.is_cancelled else CardTrouble.TOO_SLOW)
                if self._card is None or self._lockup is not None or self.faults.takes(fault):
                    refusal = sw3
                    break
                if fault is Fault.SELECT_FAILED:
                    self._count_down_to_lift()
            else:
                return self._interpret(also)
        if deadline.is_over:
            return CardNotRead(CardTrouble.CANCELLED if deadline.is_cancelled else CardTrouble.TOO_SLOW)
        trouble = CardTrouble.REMOVED_TOO_SOON if self._card is None else CardTrouble.UNREADABLE
        return CardNotRead(trouble, sam_code=refusal)

    def _interpret(self, also: Set[CardExtra]) -> ReadOutcome:
        with self._lock:
            card, self._was_read = self._card, True
            self._count_down_to_lift()
        if card is None:
            return CardNotRead(CardTrouble.REMOVED_TOO_SOON, sam_code=Sw3.READ_FAILED)
        if self.faults.takes(Fault.NO_PHOTO):
            card = replace(card, photo=b"")
        extras: dict[CardExtra, Block] = {
            CardExtra.NEWEST_ADDRESS: Missing.NOT_ON_CARD if card.newest_address is None else card.newest_address,
            CardExtra.FINGERPRINT: card.fingerprint,
            CardExtra.BODY_NUMBER: card.body_number,
        }
        asked = {extra: block for extra, block in extras.items() if extra in also}
        return interpret_card(Blocks(card.text, card.photo, asked), self._decoders)

    def _answer(self, deadline: Deadline | None) -> bool:
        """One command and its answer; False when the deadline ends first. Raises what the driver would raise."""
        if not self._is_plugged or self.faults.takes(Fault.UNPLUG):
            self.unplug()
            raise Disconnected(_URL, "has gone away")
        if self.faults.takes(Fault.SELF_TEST_FAILED):
            raise SamOutOfOrder(_URL, Sw3.SELF_TEST_FAILED)
        (deadline or Deadline(self._delay_s)).sleep(self._delay_s)
        if deadline is not None and deadline.is_over:
            return False
        self._lose_answers()
        return True

    def _count_down_to_lift(self) -> None:
        with self._lock:
            if self._answers_until_lift is not None:
                self._answers_until_lift -= 1
                if not self._answers_until_lift:
                    self.lift_card()

    def _lose_answers(self) -> None:
        if self._lockup is Lockup.SILENT:
            self._reset()
        for fault in _HARMLESS:
            self.faults.takes(fault)
        silences = damages = 0
        while silences <= _TRIES_PER_COMMAND and damages < _TRIES_PER_COMMAND:
            if any(self.faults.takes(fault) for fault in _SILENCES):
                silences += 1
            elif any(self.faults.takes(fault) for fault in _DAMAGES):
                damages += 1
            else:
                return
        if damages:
            raise BadFrame(_URL, "answers with bytes that make no sense")
        raise NoResponse(_URL, "does not answer")

    def _fail_as_ordered(self) -> None:
        with self._lock:
            failure, self._next_failure = self._next_failure, None
        if failure is not None:
            raise failure
