"""Driver of SAM-V ID-card modules: when which command is sent, and what its outcome means.

One thread owns the port. A module that hangs is reset by command before it is given up (protocol notes 1.8): a card can hang in
the field, so that the module finds it and cannot select it, or finds nothing, or falls silent. Only then is a technician needed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence, Set

from drivers.errors import BadFrame, DeviceError, Disconnected, NoResponse, Unsupported
from drivers.id_card_reader.errors import SamOutOfOrder
from drivers.id_card_reader.photo import PhotoDecoder, default_decoders
from drivers.id_card_reader.protocol import Command, Sw3, split_blocks
from drivers.id_card_reader.reading import Block, Blocks, interpret_card
from drivers.id_card_reader.sam_link import OutOfTime, SamLink
from drivers.id_card_reader.types import CardExtra, CardNotRead, CardTrouble, Missing, ReadOutcome, SamId
from drivers.status import DeviceState, DeviceStatus
from drivers.transport.opening import OpenPort, open_port
from drivers.transport.port import Port
from drivers.types import Deadline

_log = logging.getLogger(__name__)

_FIND_INTERVAL_S = 0.1
_TRIES_PER_CARD = 3
_SAM_ID_TRIES = 4
_MISSES_THAT_PROVE_REMOVAL = 3
_SILENCE_THAT_TELLS_S = 0.5
"""A module that was silent this long when the deadline came is told as silent, not as a table without a card."""
_RESET_WHILE_WAITING_S = 8.0
"""How often a module that finds nothing is reset, in case a card hangs in its field unseen."""

_NO_EXTRAS: frozenset[CardExtra] = frozenset()
_EXTRA_COMMANDS = {
    CardExtra.NEWEST_ADDRESS: Command.READ_NEWEST_ADDRESS,
    CardExtra.BODY_NUMBER: Command.READ_BODY_NUMBER,
}


class SamVIdCardReader:
    """Reads cards through a SAM-V module; see ``IdCardReader`` for what each call promises."""

    def __init__(self, port: Port, decoders: Sequence[PhotoDecoder] | None = None) -> None:
        """Take over an open port; nothing is sent yet."""
        self._link = SamLink(port)
        self._decoders = tuple(default_decoders() if decoders is None else decoders)
        self._finds_resting_card = False
        """Learnt after a good read: this module goes on finding a card that lies there, so its absence can be told (1.8)."""
        self._hides_read_card = False
        """A card that was read may lie there unseen; a reset would bring it back, before the next person."""
        self._is_cut_short = False
        """The last card was not read to its end: the module may count it as read."""
        self._reads_fingerprints = True

    @classmethod
    def create(
        cls,
        url: str,
        baudrate: int = 115200,
        decoders: Sequence[PhotoDecoder] | None = None,
        *,
        open_port: OpenPort = open_port,
    ) -> SamVIdCardReader:
        """Open the port; raises ``Disconnected``."""
        return cls(open_port(url, baudrate), decoders)

    def finds_resting_card(self) -> bool:
        """True once this module was seen to find a card that had been read; False also means "not known"."""
        self._learn_rest_mode()
        return self._finds_resting_card

    def status(self) -> DeviceStatus:
        """Ask the module how it is; a silent one is reset and asked once more.

        Codes: ok, no_answer, garbled, disconnected, sam_self_test_failed, sam_not_authorised, refused.
        """
        try:
            self._learn_rest_mode()
            self._ask(Command.STATUS)
        except NoResponse as error:
            return DeviceStatus(DeviceState.OFFLINE, "no_answer", error.message)
        except BadFrame as error:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, "garbled", error.message)
        except SamOutOfOrder as error:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, f"sam_{error.sw3.name.lower()}", error.message)
        except Disconnected as error:
            return DeviceStatus(DeviceState.NO_DEVICE, "disconnected", error.message)
        except DeviceError as error:
            return DeviceStatus(DeviceState.HARDWARE_ERROR, "refused", error.message)
        return DeviceStatus(DeviceState.ONLINE, "ok")

    def sam_id(self) -> SamId:
        """Number of the security module; raises ``DeviceError``.

        Modules are known to say it wrong now and then: it is believed when it has been said twice in a row.
        """
        self._learn_rest_mode()
        said = [self._link.command(Command.SAM_ID).data]
        for _ in range(_SAM_ID_TRIES - 1):
            said.append(self._link.command(Command.SAM_ID).data)
            if said[-1] == said[-2]:
                return SamId(said[-1])
        raise BadFrame(self._link.url, "tells another module number each time")

    def read(self, deadline: Deadline, also: Set[CardExtra] = _NO_EXTRAS) -> ReadOutcome:
        """Wait for a card until the deadline, then read it whole: find, select, read in one go.

        The deadline holds to the end: a card that is still being read then is ``TOO_SLOW``.
        """
        try:
            if not self._wait_for_card(deadline):
                return CardNotRead(CardTrouble.CANCELLED if deadline.is_cancelled else CardTrouble.NO_CARD)
            return self._read_found_card(deadline, also)
        except OutOfTime:
            if deadline.is_cancelled:
                return CardNotRead(CardTrouble.CANCELLED)
            self._is_cut_short = True
            return CardNotRead(CardTrouble.TOO_SLOW)

    def wait_removed(self, deadline: Deadline) -> bool:
        """True once a card that this module can see resting there is gone.

        Modules that stop finding a card after reading it cannot tell: the answer is False at the deadline.
        """
        misses = 0
        try:
            self._learn_rest_mode(deadline)
            was_seen = self._finds_resting_card
            while not deadline.is_over:
                if self._find(deadline):
                    was_seen, misses = True, 0
                else:
                    misses += 1
                if was_seen and misses >= _MISSES_THAT_PROVE_REMOVAL:
                    return True
                deadline.sleep(_FIND_INTERVAL_S)
        except OutOfTime:
            return False
        return False

    def sees_card(self, deadline: Deadline) -> bool | None:
        """Whether a card lies there, read or not; a module that may hide it is reset first."""
        try:
            self._learn_rest_mode(deadline)
            if self._hides_read_card or self._is_cut_short:
                self._reset_quietly(deadline)
                self._is_cut_short = False
            for _ in range(_MISSES_THAT_PROVE_REMOVAL):
                if self._find(deadline):
                    return True
                deadline.sleep(_FIND_INTERVAL_S)
        except OutOfTime:
            return None
        return None if deadline.is_cancelled else False

    def reset(self) -> None:
        """Reset the module; raises ``DeviceError``."""
        self._learn_rest_mode()
        self._link.command(Command.RESET)
        self._hides_read_card = False

    def set_rf_bytes(self, count: int) -> None:
        """Set how many bytes the module exchanges with a card at once, 1 to 255; raises ``DeviceError``.

        Known clients use 80 (0x50) and 36; a terminal leaves it as the vendor set it.
        """
        if not 1 <= count <= 255:
            raise ValueError("the count of bytes must be 1 to 255")
        self._link.command(Command.SET_RF_BYTES, data=bytes([count]))

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        self._link.close()

    def _wait_for_card(self, deadline: Deadline) -> bool:
        """True when a card is found, False at the deadline; a module that was silent until then is ``NoResponse``."""
        heard_at_s = reset_at_s = time.monotonic()
        try:
            self._learn_rest_mode(deadline)
            if self._is_cut_short:
                self._reset_quietly(deadline)
                self._is_cut_short = False
            while not deadline.is_over:
                if self._find(deadline):
                    self._hides_read_card = False
                    return True
                heard_at_s = time.monotonic()
                if heard_at_s - reset_at_s > _RESET_WHILE_WAITING_S and not self._hides_read_card:
                    self._reset_quietly(deadline)
                    reset_at_s = time.monotonic()
                deadline.sleep(_FIND_INTERVAL_S)
        except OutOfTime:
            if not deadline.is_cancelled and time.monotonic() - heard_at_s > _SILENCE_THAT_TELLS_S:
                raise NoResponse(self._link.url, "did not answer find until the deadline") from None
        return False

    def _find(self, deadline: Deadline) -> bool:
        return self._ask(Command.FIND, deadline) == Sw3.CARD_FOUND

    def _ask(self, command: Command, deadline: Deadline | None = None) -> int:
        """SW3 of a command that any living module answers: one that stays silent is reset, and asked for the last time."""
        try:
            return self._link.command(command, deadline).sw3
        except NoResponse:
            self._reset_quietly(deadline)
        return self._link.command(command, deadline, tries=1).sw3

    def _read_found_card(self, deadline: Deadline, also: Set[CardExtra]) -> ReadOutcome:
        """Select and read; each further try needs a new find (1.8), which also tells whether the card is still there."""
        blocks = self._select_and_read(deadline, also)
        for attempt in range(2, _TRIES_PER_CARD + 1):
            if isinstance(blocks, Blocks):
                break
            must_reset = isinstance(blocks, DeviceError) or attempt == _TRIES_PER_CARD
            if not self._is_still_there(deadline, must_reset):
                return CardNotRead(CardTrouble.REMOVED_TOO_SOON, sam_code=blocks if isinstance(blocks, Sw3) else None)
            blocks = self._select_and_read(deadline, also)
        if isinstance(blocks, DeviceError):
            raise blocks
        if isinstance(blocks, Sw3):
            return CardNotRead(CardTrouble.UNREADABLE, sam_code=blocks)
        self._hides_read_card = not self._finds_resting_card
        # Whether the module still finds the card tells its rest mode; nobody has to wait for that answer.
        self._link.ask_ahead(Command.FIND)
        return interpret_card(blocks, self._decoders)

    def _reset_quietly(self, deadline: Deadline | None) -> None:
        """Reset the module: a card can hang in the field, and a module may count a lost answer as a card read (1.8)."""
        try:
            self._link.command(Command.RESET, deadline, tries=1)
        except (NoResponse, BadFrame, Unsupported) as error:
            # Some modules restart without a word, some know no reset; the find that follows tells how things are.
            _log.info("no answer to a reset: %s", error.code)
        self._hides_read_card = False

    def _is_still_there(self, deadline: Deadline, must_reset: bool) -> bool:
        """Ask more than once: right after a failure a module may miss a card, and one that hangs is found after a reset only."""
        for is_reset_due in (must_reset, True):
            if is_reset_due:
                self._reset_quietly(deadline)
            for _ in range(_MISSES_THAT_PROVE_REMOVAL):
                if self._find(deadline):
                    return True
                deadline.sleep(_FIND_INTERVAL_S)
            if is_reset_due:
                break
        return False

    def _select_and_read(self, deadline: Deadline, also: Set[CardExtra]) -> Blocks | Sw3 | DeviceError:
        """What the card holds, the module's refusal, or how the line failed; the last two are worth another try."""
        has_fingerprint = CardExtra.FINGERPRINT in also and self._reads_fingerprints
        command = Command.READ_WITH_FINGERPRINT if has_fingerprint else Command.READ
        try:
            selected = self._link.command(Command.SELECT, deadline, tries=1)
            if selected.sw3 != Sw3.OK:
                return Sw3(selected.sw3)
            answer = self._link.command(command, deadline, tries=1)
        except (NoResponse, BadFrame) as error:
            return error
        except Unsupported as error:
            if not has_fingerprint:
                raise
            self._reads_fingerprints = False
            return error
        parts = split_blocks(answer.data, 3 if has_fingerprint else 2) if answer.sw3 == Sw3.OK else None
        if parts is None:
            return Sw3(answer.sw3)
        text, photo, *fingerprint = parts
        return Blocks(text, photo, self._read_extras(deadline, also, fingerprint))

    def _read_extras(self, deadline: Deadline, also: Set[CardExtra], fingerprint: Sequence[bytes]) -> dict[CardExtra, Block]:
        """What else was asked for. None of it may cost the card, which has been read by now: only cancelling does."""
        extras: dict[CardExtra, Block] = {
            extra: self._read_extra(command, deadline) for extra, command in _EXTRA_COMMANDS.items() if extra in also
        }
        if CardExtra.FINGERPRINT in also:
            extras[CardExtra.FINGERPRINT] = fingerprint[0] if fingerprint else Missing.NOT_SUPPORTED
        return extras

    def _read_extra(self, command: Command, deadline: Deadline) -> Block:
        try:
            answer = self._link.command(command, deadline)
        except Unsupported:
            return Missing.NOT_SUPPORTED
        except DeviceError as error:
            _log.info("%s was not read: %s", command.name, error.code)
            return Missing.NOT_READ
        except OutOfTime:
            if deadline.is_cancelled:
                raise
            return Missing.NOT_READ
        if answer.sw3 == Sw3.OK:
            return answer.data
        return Missing.NOT_ON_CARD if answer.sw3 == Sw3.ITEM_ABSENT else Missing.NOT_READ

    def _learn_rest_mode(self, deadline: Deadline | None = None) -> None:
        """Pick up the answer to the find that followed the last good read."""
        try:
            answer = self._link.collect_ahead(deadline)
        except OutOfTime:
            return
        if answer is not None and answer.sw3 == Sw3.CARD_FOUND:
            self._finds_resting_card, self._hides_read_card = True, False
