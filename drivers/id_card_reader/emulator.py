"""A SAM-V module in software: the ``Peer`` behind a TCP port or a pseudo terminal, with cards to put down and faults to inject.

It keeps the order find, select, read of real modules, and both of their habits after a good read (protocol notes 1.8): *strict*
modules stop finding the card until it has been lifted, *lenient* ones go on finding it.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from enum import StrEnum

from drivers.emulation.faults import FaultBook
from drivers.emulation.line import Link
from drivers.id_card_reader.cards import EmulatedCard
from drivers.id_card_reader.protocol import (
    PREAMBLE,
    SHORTEST_REQUEST_LEN,
    Command,
    Frame,
    FrameParser,
    Sw3,
    build_response,
)
from drivers.types import Deadline

_SAM_ID = bytes.fromhex("05 00 01 00 A7 2B 33 01 40 E2 01 00 F4 09 0C 00")
"""05.01-20130727-0000123456-0000788980; a made-up number."""
_POLL_S = 0.02


class RestMode(StrEnum):
    """What find says about a card that has been read and still lies there."""

    STRICT = "strict"
    """80 until the card is lifted."""
    LENIENT = "lenient"
    """9F as long as it lies there."""


class Lockup(StrEnum):
    """How a module behaves whose field is blocked by a hanging card; only a reset frees it (protocol notes 1.8)."""

    FOUND = "found"
    """It finds the card, and can neither select nor read it."""
    NONE = "none"
    """It finds nothing."""
    SILENT = "silent"
    """It answers nothing but the reset."""


class Fault(StrEnum):
    """What can be made to go wrong with the answers."""

    MUTE = "mute"
    """No answer at all."""
    AWOL = "awol"
    """No answer, and no notice taken of the command."""
    BAD_CHECKSUM = "bad_checksum"
    NOISE = "noise"
    """Random bytes and a false preamble ahead of the answer."""
    HALF_FRAME = "half_frame"
    """The second half stays out."""
    STALE_REPLY = "stale_reply"
    """The previous answer comes once more, ahead of the true one."""
    DUPLICATE = "duplicate"
    """The answer comes twice."""
    TRUNCATE = "truncate"
    """A whole frame whose data is cut short."""
    UNPLUG = "hang_up"
    """The line is cut instead of an answer."""
    SELF_TEST_FAILED = "self_test_failed"
    """60: the security module is broken."""
    SELECT_FAILED = "select_failed"
    READ_FAILED = "read_failed"
    NO_PHOTO = "no_photo"
    """The read answer has a photo block of length 0."""


_CARD_FAULT_ANSWERS = {
    Command.SELECT: (Fault.SELECT_FAILED, Sw3.SELECT_FAILED),
    Command.READ: (Fault.READ_FAILED, Sw3.READ_FAILED),
    Command.READ_WITH_FINGERPRINT: (Fault.READ_FAILED, Sw3.READ_FAILED),
}


class IdReaderEmulator:
    """The module. Cards and faults may be changed from any thread, in the middle of a command."""

    def __init__(self, rest_mode: RestMode = RestMode.STRICT, seed: int = 0, stopping: threading.Event | None = None) -> None:
        """``stopping`` ends a delay when it is set."""
        self.rest_mode = rest_mode
        self.faults = FaultBook()
        self._random = random.Random(seed)  # noqa: S311 - noise, not secrets
        self._lock = threading.RLock()
        self._stopping = threading.Event() if stopping is None else stopping
        self._link: Link | None = None
        self._parser = FrameParser(SHORTEST_REQUEST_LEN)
        self._card: EmulatedCard | None = None
        self._forget_card_state()
        self._lockup: Lockup | None = None
        self._answers_until_lift: int | None = None
        self._delay_s = 0.0
        self._noise_probability = 1.0
        self._last_reply = b""

    @property
    def card(self) -> EmulatedCard | None:
        """The card that lies there."""
        with self._lock:
            return self._card

    def put_card(self, card: EmulatedCard) -> None:
        """Put a card down, in place of one that may lie there."""
        with self._lock:
            self._card = card
            self._answers_until_lift = None
            self._forget_card_state()

    def lift_card(self, after_answers: int = 0) -> None:
        """Take the card away: now, or when so many more answers have been sent."""
        with self._lock:
            self._answers_until_lift = after_answers or None
            if not after_answers:
                self._card = None
                self._forget_card_state()

    def lock_up(self, how: Lockup = Lockup.FOUND) -> None:
        """Let the card hang in the field, until a reset."""
        with self._lock:
            self._lockup = how

    def inject(self, fault: Fault, times: int | None = None) -> None:
        """Make the next ``times`` answers that it concerns go wrong; ``None`` means until ``clear_faults``."""
        self.faults.inject(fault, times)

    def make_noise(self, probability: float) -> None:
        """Put rubbish ahead of answers with this probability, 0 to 1."""
        with self._lock:
            self._noise_probability = probability
        self.faults.inject(Fault.NOISE)

    def slow_down(self, seconds: float) -> None:
        """Delay every answer."""
        with self._lock:
            self._delay_s = seconds

    def clear_faults(self) -> None:
        """Be a good module again; an answer that is being held back goes out at once. The card stays where it is."""
        self.faults.clear()
        with self._lock:
            self._delay_s = 0.0
            self._noise_probability = 1.0
            self._lockup = None
            self._answers_until_lift = None

    def connected(self, link: Link) -> None:
        """A client is there."""
        with self._lock:
            self._link = link
            self._parser = FrameParser(SHORTEST_REQUEST_LEN)

    def disconnected(self) -> None:
        """The client has gone; the card stays where it is."""
        with self._lock:
            self._link = None

    def received(self, data: bytes) -> None:
        """Bytes from the client; answers every frame in them."""
        for frame in self._parser.feed(data):
            with self._lock:
                command = _command_of(frame)
                reply = None if self._is_deaf_to(command) else self._answer(frame, command)
            if reply is not None:
                self._send(reply)

    def _is_deaf_to(self, command: Command | None) -> bool:
        is_stuck = self._lockup is Lockup.SILENT and command is not Command.RESET
        return is_stuck or self.faults.takes(Fault.AWOL)

    def _forget_card_state(self) -> None:
        self._is_found = self._is_selected = self._was_read = False

    def _answer(self, frame: Frame, command: Command | None) -> bytes:
        if not frame.is_intact:
            return build_response(Sw3.BAD_CHECKSUM)
        if self.faults.takes(Fault.SELF_TEST_FAILED):
            return build_response(Sw3.SELF_TEST_FAILED)
        if command is None:
            return build_response(Sw3.ILLEGAL_COMMAND)
        if len(frame.body) != 2 + (command is Command.SET_RF_BYTES):
            return build_response(Sw3.BAD_LENGTH)
        if command in _CARD_FAULT_ANSWERS:
            fault, sw3 = _CARD_FAULT_ANSWERS[command]
            if self._lockup is not None or self.faults.takes(fault):
                self._is_found = self._is_selected = False
                return build_response(sw3)
        return self._obey(command)

    def _obey(self, command: Command) -> bytes:
        actions: dict[Command, Callable[[], bytes]] = {
            Command.RESET: self._reset,
            Command.FIND: self._find,
            Command.SELECT: self._select,
            Command.READ: lambda: self._read(has_fingerprint=False),
            Command.READ_WITH_FINGERPRINT: lambda: self._read(has_fingerprint=True),
            Command.READ_NEWEST_ADDRESS: lambda: self._more("newest_address"),
            Command.READ_BODY_NUMBER: lambda: self._more("body_number"),
            Command.SAM_ID: lambda: build_response(Sw3.OK, _SAM_ID),
            Command.STATUS: lambda: build_response(Sw3.OK),
            Command.SET_RF_BYTES: lambda: build_response(Sw3.OK),
        }
        return actions[command]()

    def _reset(self) -> bytes:
        self._forget_card_state()
        self._lockup = None
        return build_response(Sw3.OK)

    def _find(self) -> bytes:
        self._is_selected = False
        is_hidden = (self._was_read and self.rest_mode is RestMode.STRICT) or self._lockup is Lockup.NONE
        self._is_found = self._card is not None and not is_hidden
        return build_response(Sw3.CARD_FOUND, bytes(4)) if self._is_found else build_response(Sw3.FIND_FAILED)

    def _select(self) -> bytes:
        self._is_selected, self._is_found = self._is_found, False
        return build_response(Sw3.OK, bytes(8)) if self._is_selected else build_response(Sw3.SELECT_FAILED)

    def _read(self, has_fingerprint: bool) -> bytes:
        if self._card is None or not self._is_selected:
            return build_response(Sw3.READ_FAILED)
        self._is_selected, self._was_read = False, True
        photo = b"" if self.faults.takes(Fault.NO_PHOTO) else self._card.photo
        blocks = [self._card.text, photo, *([self._card.fingerprint] if has_fingerprint else [])]
        return build_response(Sw3.OK, b"".join(len(block).to_bytes(2, "big") for block in blocks) + b"".join(blocks))

    def _more(self, what: str) -> bytes:
        """What is read behind the record."""
        if self._card is None or not (self._is_selected or self._was_read):
            return build_response(Sw3.READ_FAILED)
        block: bytes | None = getattr(self._card, what)
        return build_response(Sw3.ITEM_ABSENT) if block is None else build_response(Sw3.OK, block)

    def _send(self, reply: bytes) -> None:
        with self._lock:
            link, delay_s = self._link, self._delay_s
            if self.faults.takes(Fault.MUTE) or link is None:
                return
            must_unplug = self.faults.takes(Fault.UNPLUG)
            spoilt = self._spoil(reply)
            self._last_reply = reply
        self._hold_back(delay_s)
        if must_unplug:
            link.hang_up()
        else:
            link.send(spoilt)
        self._count_down_to_lift()

    def _hold_back(self, delay_s: float) -> None:
        patience = Deadline(delay_s)
        while not patience.is_over and self._delay_s and not self._stopping.is_set():
            patience.sleep(_POLL_S)

    def _count_down_to_lift(self) -> None:
        with self._lock:
            if self._answers_until_lift is not None:
                self._answers_until_lift -= 1
                if not self._answers_until_lift:
                    self.lift_card()

    def _spoil(self, reply: bytes) -> bytes:
        sent = reply
        if self.faults.takes(Fault.TRUNCATE):
            sent = build_response(reply[9], reply[10 : 10 + (len(reply) - 11) // 2])
        if self.faults.takes(Fault.BAD_CHECKSUM):
            sent = sent[:-1] + bytes([sent[-1] ^ 0x5A])
        if self.faults.takes(Fault.HALF_FRAME):
            sent = sent[: len(sent) // 2]
        if self.faults.takes(Fault.STALE_REPLY):
            sent = self._last_reply + sent
        if self.faults.takes(Fault.DUPLICATE):
            sent += sent
        if self._random.random() < self._noise_probability and self.faults.takes(Fault.NOISE):
            sent = self._random.randbytes(23) + PREAMBLE + b"\xff\xff" + PREAMBLE[:3] + sent
        return sent


def _command_of(frame: Frame) -> Command | None:
    try:
        return Command((frame.body[0], frame.body[1]))
    except ValueError:
        return None
