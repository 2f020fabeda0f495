"""Driver of SAM-V ID-card modules over a serial port.

One thread owns the port. Timings are what working clients of these modules use (protocol notes 1.5), stretched by the line's
speed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from drivers.errors import BadFrame, DeviceError, Disconnected, NoResponse, Unsupported
from drivers.id_card_reader.errors import SamOutOfOrder
from drivers.id_card_reader.photo import PhotoDecoder, default_decoders
from drivers.id_card_reader.protocol import (
    LONGEST_FRAME_BYTES,
    SHORTEST_RESPONSE_LEN,
    Command,
    Frame,
    FrameParser,
    Response,
    Sw3,
    build_request,
    format_sam_id,
    is_answer_to,
    parse_response,
    split_read,
)
from drivers.id_card_reader.reading import interpret_card
from drivers.id_card_reader.types import CardNotRead, CardTrouble, ReadOutcome
from drivers.status import DeviceState, DeviceStatus
from drivers.transport.serial_port import SerialPort
from drivers.types import Deadline

_log = logging.getLogger(__name__)

_TIMEOUT_S = {
    Command.STATUS: 1.0,
    Command.SAM_ID: 1.0,
    Command.FIND: 1.0,
    Command.SELECT: 1.5,
    Command.READ: 5.0,
    Command.RESET: 3.0,
}
_ANSWER_POLL_S = 0.05
_FIND_INTERVAL_S = 0.1
_TRIES_PER_COMMAND = 2
_TRIES_PER_CARD = 3
_QUIET_AFTER_DAMAGE_S = 0.5
"""A line that stays quiet this long behind a broken or half frame will not send the rest."""
_MISSES_THAT_PROVE_REMOVAL = 3
_HOST_SENT_NOISE = frozenset({Sw3.BAD_CHECKSUM, Sw3.BAD_LENGTH})
_OUT_OF_ORDER = frozenset({Sw3.SELF_TEST_FAILED, Sw3.NOT_AUTHORISED})
_REFUSED_COMMAND = frozenset({Sw3.ILLEGAL_COMMAND, Sw3.NOT_PERMITTED})


class _CancelledError(Exception):
    """The caller gave up while an answer was awaited."""


class SamVIdCardReader:
    """Reads cards through a SAM-V module; see ``IdCardReader`` for what each call promises."""

    def __init__(self, port: SerialPort, decoders: Sequence[PhotoDecoder] | None = None) -> None:
        """Take over an open port; nothing is sent yet."""
        self._port = port
        self._decoders = tuple(default_decoders() if decoders is None else decoders)
        self._finds_resting_card = False
        """Learnt after a good read: this module goes on finding a card that lies there, so its absence can be told (1.8)."""

    @classmethod
    def create(cls, url: str, baudrate: int = 115200, decoders: Sequence[PhotoDecoder] | None = None) -> SamVIdCardReader:
        """Open the port; raises ``Disconnected``."""
        return cls(SerialPort(url, baudrate), decoders)

    def status(self) -> DeviceStatus:
        """Ask the module how it is.

        Codes: ok, no_answer, garbled, disconnected, sam_self_test_failed, sam_not_authorised, refused.
        """
        try:
            self._command(Command.STATUS)
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

    def sam_id(self) -> str:
        """Number of the security module as on its label; raises ``DeviceError``."""
        return format_sam_id(self._command(Command.SAM_ID).data)

    def read(self, deadline: Deadline) -> ReadOutcome:
        """Wait for a card until the deadline, then read it whole: find, select, read in one go.

        A card found in time is read to the end, each command within its own limit; cancelling ends the wait at once.
        """
        try:
            while not deadline.is_over:
                if self._find(deadline):
                    return self._read_found_card(deadline)
                deadline.sleep(_FIND_INTERVAL_S)
        except _CancelledError:
            return CardNotRead(CardTrouble.CANCELLED)
        return CardNotRead(CardTrouble.CANCELLED if deadline.is_cancelled else CardTrouble.NO_CARD)

    def wait_removed(self, deadline: Deadline) -> bool:
        """True once a card that this module can see resting there is gone.

        Modules that stop finding a card after reading it cannot tell: the answer is False at the deadline.
        """
        was_seen = self._finds_resting_card
        misses = 0
        try:
            while not deadline.is_over:
                if self._find(deadline):
                    was_seen, misses = True, 0
                else:
                    misses += 1
                if was_seen and misses >= _MISSES_THAT_PROVE_REMOVAL:
                    return True
                deadline.sleep(_FIND_INTERVAL_S)
        except _CancelledError:
            return False
        return False

    def reset(self) -> None:
        """Reset the module; raises ``DeviceError``."""
        self._command(Command.RESET)

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        self._port.close()

    def _find(self, deadline: Deadline) -> bool:
        return self._command(Command.FIND, deadline).sw3 == Sw3.CARD_FOUND

    def _read_found_card(self, deadline: Deadline) -> ReadOutcome:
        """Select and read; each further try needs a new find (1.8), which also tells whether the card is still there."""
        blocks = self._select_and_read(deadline)
        for attempt in range(2, _TRIES_PER_CARD + 1):
            if not isinstance(blocks, (Sw3, DeviceError)):
                break
            if isinstance(blocks, DeviceError) or attempt == _TRIES_PER_CARD:
                self._recover(deadline)
            if not self._is_still_there(deadline):
                return CardNotRead(CardTrouble.REMOVED_TOO_SOON, sam_code=blocks if isinstance(blocks, Sw3) else None)
            blocks = self._select_and_read(deadline)
        if isinstance(blocks, DeviceError):
            raise blocks
        if isinstance(blocks, Sw3):
            return CardNotRead(CardTrouble.UNREADABLE, sam_code=blocks)
        self._learn_rest_mode(deadline)
        return interpret_card(*blocks, self._decoders)

    def _recover(self, deadline: Deadline) -> None:
        """Reset the module: a Type-B card can hang in the field, and a module may count a lost answer as a card read (1.8)."""
        try:
            self._command(Command.RESET, deadline, tries=1)
        except (NoResponse, BadFrame) as error:
            # Some modules restart without a word; the find that follows tells how things are.
            _log.info("no answer to a reset: %s", error.code)

    def _is_still_there(self, deadline: Deadline) -> bool:
        """Ask more than once: right after a failure a module may miss a card that lies there."""
        for _ in range(_MISSES_THAT_PROVE_REMOVAL):
            if self._find(deadline):
                return True
            deadline.sleep(_FIND_INTERVAL_S)
        return False

    def _select_and_read(self, deadline: Deadline) -> tuple[bytes, bytes] | Sw3 | DeviceError:
        """Text and photo blocks, the module's refusal, or how the line failed; the last two are worth another try."""
        try:
            selected = self._command(Command.SELECT, deadline, tries=1)
            if selected.sw3 != Sw3.OK:
                return Sw3(selected.sw3)
            answer = self._command(Command.READ, deadline, tries=1)
        except (NoResponse, BadFrame) as error:
            return error
        blocks = split_read(answer.data) if answer.sw3 == Sw3.OK else None
        return Sw3(answer.sw3) if blocks is None else blocks

    def _learn_rest_mode(self, deadline: Deadline) -> None:
        try:
            self._finds_resting_card = self._find(deadline) or self._finds_resting_card
        except (DeviceError, _CancelledError) as error:
            # The card has been read: what fails now is the next call's matter.
            _log.info("no answer to the find after a read: %s", type(error).__name__)

    def _command(self, command: Command, deadline: Deadline | None = None, tries: int = _TRIES_PER_COMMAND) -> Response:
        """Send, and again when the answer stays out or the module heard noise; raises ``DeviceError`` or ``_CancelledError``."""
        for _ in range(tries - 1):
            try:
                return self._checked(command, self._exchange(command, deadline))
            except (NoResponse, BadFrame) as error:
                _log.info("%s is sent again: %s", command.name, error.code)
        return self._checked(command, self._exchange(command, deadline))

    def _checked(self, command: Command, response: Response) -> Response:
        """Turn codes that no card explains into errors."""
        sw3 = Sw3(response.sw3)
        if sw3 in _HOST_SENT_NOISE:
            raise BadFrame(self._port.url, f"{command.name.lower()} did not arrive whole ({sw3.name.lower()})")
        if sw3 in _OUT_OF_ORDER:
            raise SamOutOfOrder(self._port.url, sw3)
        if sw3 in _REFUSED_COMMAND:
            raise Unsupported(self._port.url, f"the module refuses {command.name.lower()} ({sw3.name.lower()})")
        return response

    def _exchange(self, command: Command, deadline: Deadline | None) -> Response:
        """One request, and the first answer that fits it; others are stale or noise and are passed over."""
        self._port.flush_input()
        self._port.write(build_request(command))
        answer = _AwaitedAnswer(command)
        give_up_at_s = time.monotonic() + self._timeout_s(command)
        while time.monotonic() < give_up_at_s and not answer.is_lost:
            if deadline is not None and deadline.is_cancelled:
                raise _CancelledError
            response = answer.take(self._port.read_available(LONGEST_FRAME_BYTES, _ANSWER_POLL_S))
            if response is not None:
                return response
        response = answer.take_last_chance()
        if response is not None:
            return response
        if answer.received_bytes:
            raise BadFrame(
                self._port.url, f"answers {command.name.lower()} with {answer.received_bytes} bytes that make no sense"
            )
        raise NoResponse(self._port.url, f"does not answer {command.name.lower()}")

    def _timeout_s(self, command: Command) -> float:
        wire_s = LONGEST_FRAME_BYTES * 10 / self._port.baudrate
        return _TIMEOUT_S[command] + 1.5 * wire_s


class _AwaitedAnswer:
    """Picks the answer to one command out of what the line brings."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._parser = FrameParser(SHORTEST_RESPONSE_LEN)
        self._has_seen_damage = False
        self._last_byte_at_s = time.monotonic()
        self.received_bytes = 0

    @property
    def is_lost(self) -> bool:
        """True when a broken or half frame came and the line has been quiet since."""
        is_damaged = self._has_seen_damage or self._parser.pending_bytes > 0
        return is_damaged and time.monotonic() - self._last_byte_at_s > _QUIET_AFTER_DAMAGE_S

    def take(self, received: bytes) -> Response | None:
        """The answer, once it is whole."""
        if received:
            self.received_bytes += len(received)
            self._last_byte_at_s = time.monotonic()
        return self._pick(self._parser.feed(received))

    def take_last_chance(self) -> Response | None:
        """A good answer behind a false start, when nothing more will come."""
        return self._pick(self._parser.give_up_partial())

    def _pick(self, frames: list[Frame]) -> Response | None:
        for frame in frames:
            response = parse_response(frame)
            if response is None:
                self._has_seen_damage = True
            elif is_answer_to(self._command, response):
                return response
        return None
