"""One command at a time to a SAM-V module, and the one answer that fits it.

Timings are what working clients of these modules use (protocol notes 1.5), stretched by the time that the command's own longest
answer takes on the line.
"""

from __future__ import annotations

import logging
import time

from drivers.errors import BadFrame, DeviceError, NoResponse, Unsupported
from drivers.id_card_reader.errors import SamOutOfOrder
from drivers.id_card_reader.protocol import (
    LONGEST_FRAME_BYTES,
    SHORTEST_RESPONSE_LEN,
    Command,
    Frame,
    FrameParser,
    Response,
    Sw3,
    build_request,
    is_answer_to,
    longest_answer_bytes,
    parse_response,
)
from drivers.transport.port import Port
from drivers.types import Deadline

_log = logging.getLogger(__name__)

_TIMEOUT_S = {
    Command.STATUS: 0.7,
    Command.SAM_ID: 1.0,
    Command.FIND: 1.0,
    Command.SELECT: 1.5,
    Command.READ: 5.0,
    Command.READ_WITH_FINGERPRINT: 5.0,
    Command.READ_NEWEST_ADDRESS: 2.0,
    Command.READ_BODY_NUMBER: 2.0,
    Command.RESET: 1.5,
    Command.SET_RF_BYTES: 1.0,
}
"""How long a module may think. A module that has just got power answers after 1.5 s at the latest."""
_ANSWER_POLL_S = 0.02
"""Longest single wait, so that a cancelled deadline is noticed soon."""
_TRIES_PER_COMMAND = 2
_QUIET_AFTER_DAMAGE_S = 0.5
"""A line that stays quiet this long behind a broken or half frame will not send the rest."""
_HOST_SENT_NOISE = frozenset({Sw3.BAD_CHECKSUM, Sw3.BAD_LENGTH})
_OUT_OF_ORDER = frozenset({Sw3.SELF_TEST_FAILED, Sw3.NOT_AUTHORISED})
_REFUSED_COMMAND = frozenset({Sw3.ILLEGAL_COMMAND, Sw3.NOT_PERMITTED})


class OutOfTime(Exception):
    """The caller's deadline ended while an answer was awaited; what comes later is stale."""


class SamLink:
    """Commands over an open port. One thread owns it."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._ahead: _AwaitedAnswer | None = None

    @property
    def url(self) -> str:
        """Of the port, for messages."""
        return self._port.url

    def command(
        self, command: Command, deadline: Deadline | None = None, *, data: bytes = b"", tries: int = _TRIES_PER_COMMAND
    ) -> Response:
        """Send, and again when the answer stays out or the module heard noise; raises ``DeviceError`` or ``OutOfTime``."""
        for _ in range(tries - 1):
            try:
                return self._checked(command, self._exchange(command, data, deadline))
            except (NoResponse, BadFrame) as error:
                _log.info("%s is sent again: %s", command.name, error.code)
        return self._checked(command, self._exchange(command, data, deadline))

    def ask_ahead(self, command: Command) -> None:
        """Send a command whose answer ``collect_ahead`` picks up later; nothing is awaited, and no failure is told."""
        try:
            self._ahead = self._send(command, b"")
        except DeviceError as error:
            _log.info("%s could not be sent ahead: %s", command.name, error.code)

    def collect_ahead(self, deadline: Deadline | None = None) -> Response | None:
        """The answer to what was asked ahead; ``None`` when nothing was, or nothing fitting came."""
        awaited, self._ahead = self._ahead, None
        if awaited is None:
            return None
        try:
            come_by_now = awaited.take(self._port.read_available(LONGEST_FRAME_BYTES, 0.0))
            return self._await(awaited, deadline) if come_by_now is None else come_by_now
        except DeviceError as error:
            _log.info("no answer to what was asked ahead: %s", error.code)
            return None

    def close(self) -> None:
        """Let go of the port; may be called twice."""
        self._port.close()

    def _checked(self, command: Command, response: Response) -> Response:
        """Turn codes that no card explains into errors."""
        sw3 = Sw3(response.sw3)
        if sw3 in _HOST_SENT_NOISE:
            raise BadFrame(self.url, f"{command.name.lower()} did not arrive whole ({sw3.name.lower()})")
        if sw3 in _OUT_OF_ORDER:
            raise SamOutOfOrder(self.url, sw3)
        if sw3 in _REFUSED_COMMAND:
            raise Unsupported(self.url, f"the module refuses {command.name.lower()} ({sw3.name.lower()})")
        return response

    def _exchange(self, command: Command, data: bytes, deadline: Deadline | None) -> Response:
        """One request, and the first answer that fits it; others are stale or noise and are passed over."""
        if deadline is not None and deadline.is_over:
            raise OutOfTime
        return self._await(self._send(command, data), deadline)

    def _send(self, command: Command, data: bytes) -> _AwaitedAnswer:
        self._port.flush_input()
        self._port.write(build_request(command, data))
        return _AwaitedAnswer(command, time.monotonic() + self._timeout_s(command))

    def _await(self, answer: _AwaitedAnswer, deadline: Deadline | None) -> Response:
        while (wait_s := self._next_wait_s(answer, deadline)) > 0.0:
            response = answer.take(self._port.read_available(LONGEST_FRAME_BYTES, wait_s))
            if response is not None:
                return response
        response = answer.take_last_chance()
        if response is not None:
            return response
        if deadline is not None and deadline.is_over:
            raise OutOfTime
        name = answer.command.name.lower()
        if answer.received_bytes:
            raise BadFrame(self.url, f"answers {name} with {answer.received_bytes} bytes that make no sense")
        raise NoResponse(self.url, f"does not answer {name}")

    def _next_wait_s(self, answer: _AwaitedAnswer, deadline: Deadline | None) -> float:
        """How long to look at the line now; 0.0 when there is nothing more to wait for."""
        if answer.is_lost:
            return 0.0
        left_s = min(_ANSWER_POLL_S, answer.give_up_at_s - time.monotonic())
        return max(0.0, left_s if deadline is None else min(left_s, deadline.remaining_s))

    def _timeout_s(self, command: Command) -> float:
        wire_s = (len(build_request(command)) + longest_answer_bytes(command)) * 10 / self._port.baudrate
        return _TIMEOUT_S[command] + 1.5 * wire_s


class _AwaitedAnswer:
    """Picks the answer to one command out of what the line brings."""

    def __init__(self, command: Command, give_up_at_s: float) -> None:
        self.command = command
        self.give_up_at_s = give_up_at_s
        self.received_bytes = 0
        self._parser = FrameParser(SHORTEST_RESPONSE_LEN)
        self._has_seen_damage = False
        self._last_byte_at_s = time.monotonic()

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
            elif is_answer_to(self.command, response):
                return response
        return None
