"""A SAM-V module in software: the ``Peer`` behind a TCP port or a pseudo terminal, with cards to put down and faults to inject.

It keeps the order find, select, read of real modules, and both of their habits after a good read (protocol notes 1.8): *strict*
modules stop finding the card until it has been lifted, *lenient* ones go on finding it.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from enum import StrEnum

from drivers.emulation.host import Link
from drivers.id_card_reader.cards import EmulatedCard
from drivers.id_card_reader.protocol import (
    PHOTO_BYTES,
    PREAMBLE,
    SHORTEST_REQUEST_LEN,
    TEXT_BYTES,
    Command,
    Frame,
    FrameParser,
    Sw3,
    build_response,
)

_SAM_ID = bytes.fromhex("05 00 01 00 A7 2B 33 01 40 E2 01 00 F4 09 0C 00")
"""05.01-20130727-0000123456-0000788980; a made-up number."""
_BLOCK_LENGTHS = TEXT_BYTES.to_bytes(2, "big") + PHOTO_BYTES.to_bytes(2, "big")
_NO_FINGERPRINT = bytes(2)


class RestMode(StrEnum):
    """What find says about a card that has been read and still lies there."""

    STRICT = "strict"
    """80 until the card is lifted."""
    LENIENT = "lenient"
    """9F as long as it lies there."""


class Fault(StrEnum):
    """What can be made to go wrong with the answers."""

    MUTE = "mute"
    """No answer at all."""
    BAD_CHECKSUM = "bad_checksum"
    NOISE = "noise"
    """Random bytes and a false preamble ahead of the answer."""
    HALF_FRAME = "half_frame"
    """The second half stays out."""
    STALE_REPLY = "stale_reply"
    """The previous answer comes once more, ahead of the true one."""
    TRUNCATE = "truncate"
    """A whole frame whose data is cut short."""
    UNPLUG = "unplug"
    """The line is cut instead of an answer."""
    SELF_TEST_FAILED = "self_test_failed"
    """60: the security module is broken."""
    SELECT_FAILED = "select_failed"
    READ_FAILED = "read_failed"


_CARD_FAULT_ANSWERS = {
    Command.SELECT: (Fault.SELECT_FAILED, Sw3.SELECT_FAILED),
    Command.READ: (Fault.READ_FAILED, Sw3.READ_FAILED),
}


class IdReaderEmulator:
    """The module. Cards and faults may be changed from any thread, in the middle of a command."""

    def __init__(self, rest_mode: RestMode = RestMode.STRICT, seed: int = 0) -> None:
        self._rest_mode = rest_mode
        self._random = random.Random(seed)  # noqa: S311 - noise, not secrets
        self._lock = threading.RLock()
        self._released = threading.Event()
        self._link: Link | None = None
        self._parser = FrameParser(SHORTEST_REQUEST_LEN)
        self._card: EmulatedCard | None = None
        self._forget_card_state()
        self._faults: dict[Fault, int] = {}
        self._delay_s = 0.0
        self._last_reply = b""

    def put_card(self, card: EmulatedCard) -> None:
        """Put a card down, in place of one that may lie there."""
        with self._lock:
            self._card = card
            self._forget_card_state()

    def lift_card(self) -> None:
        """Take the card away."""
        with self._lock:
            self._card = None
            self._forget_card_state()

    def inject(self, fault: Fault, times: int | None = None) -> None:
        """Make the next ``times`` answers that it concerns go wrong; ``None`` means until ``clear_faults``."""
        with self._lock:
            self._faults[fault] = -1 if times is None else times

    def slow_down(self, seconds: float) -> None:
        """Delay every answer."""
        with self._lock:
            self._delay_s = seconds
            self._released.clear()

    def clear_faults(self) -> None:
        """Be a good module again; an answer that is being held back goes out at once."""
        with self._lock:
            self._faults.clear()
            self._delay_s = 0.0
            self._released.set()

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
                reply = self._answer(frame, command)
            self._send(reply)

    def _forget_card_state(self) -> None:
        self._is_found = self._is_selected = self._was_read = False

    def _answer(self, frame: Frame, command: Command | None) -> bytes:
        if not frame.is_intact:
            return build_response(Sw3.BAD_CHECKSUM)
        if self._takes(Fault.SELF_TEST_FAILED):
            return build_response(Sw3.SELF_TEST_FAILED)
        if command is None:
            return build_response(Sw3.ILLEGAL_COMMAND)
        if len(frame.body) != 2 + (command is Command.SET_RF_BYTES):
            return build_response(Sw3.BAD_LENGTH)
        if command in _CARD_FAULT_ANSWERS:
            fault, sw3 = _CARD_FAULT_ANSWERS[command]
            if self._takes(fault):
                self._is_found = self._is_selected = False
                return build_response(sw3)
        return self._obey(command)

    def _obey(self, command: Command) -> bytes:
        actions: dict[Command, Callable[[], bytes]] = {
            Command.RESET: self._reset,
            Command.FIND: self._find,
            Command.SELECT: self._select,
            Command.READ: lambda: self._read(_BLOCK_LENGTHS),
            Command.READ_WITH_FINGERPRINT: lambda: self._read(_BLOCK_LENGTHS + _NO_FINGERPRINT),
            Command.READ_NEWEST_ADDRESS: self._newest_address,
            Command.SAM_ID: lambda: build_response(Sw3.OK, _SAM_ID),
            Command.STATUS: lambda: build_response(Sw3.OK),
            Command.SET_RF_BYTES: lambda: build_response(Sw3.OK),
        }
        return actions[command]()

    def _reset(self) -> bytes:
        self._forget_card_state()
        return build_response(Sw3.OK)

    def _find(self) -> bytes:
        self._is_selected = False
        is_hidden = self._was_read and self._rest_mode is RestMode.STRICT
        self._is_found = self._card is not None and not is_hidden
        return build_response(Sw3.CARD_FOUND, bytes(4)) if self._is_found else build_response(Sw3.FIND_FAILED)

    def _select(self) -> bytes:
        self._is_selected, self._is_found = self._is_found, False
        return build_response(Sw3.OK, bytes(8)) if self._is_selected else build_response(Sw3.SELECT_FAILED)

    def _read(self, lengths: bytes) -> bytes:
        if self._card is None or not self._is_selected:
            return build_response(Sw3.READ_FAILED)
        self._is_selected, self._was_read = False, True
        return build_response(Sw3.OK, lengths + self._card.text + self._card.photo)

    def _newest_address(self) -> bytes:
        if self._card is None or not (self._is_selected or self._was_read):
            return build_response(Sw3.READ_FAILED)
        if self._card.newest_address is None:
            return build_response(Sw3.ITEM_ABSENT)
        return build_response(Sw3.OK, self._card.newest_address)

    def _takes(self, fault: Fault) -> bool:
        """True when the fault is due now; counts it down."""
        left = self._faults.get(fault, 0)
        if left == 1:
            del self._faults[fault]
        elif left > 1:
            self._faults[fault] = left - 1
        return left != 0

    def _send(self, reply: bytes) -> None:
        with self._lock:
            link, delay_s = self._link, self._delay_s
            if self._takes(Fault.MUTE) or link is None:
                return
            must_unplug = self._takes(Fault.UNPLUG)
            spoilt = self._spoil(reply)
            self._last_reply = reply
        if delay_s:
            self._released.wait(delay_s)
        if must_unplug:
            link.hang_up()
        else:
            link.send(spoilt)

    def _spoil(self, reply: bytes) -> bytes:
        sent = reply
        if self._takes(Fault.TRUNCATE):
            sent = build_response(reply[9], reply[10 : 10 + (len(reply) - 11) // 2])
        if self._takes(Fault.BAD_CHECKSUM):
            sent = sent[:-1] + bytes([sent[-1] ^ 0x5A])
        if self._takes(Fault.HALF_FRAME):
            sent = sent[: len(sent) // 2]
        if self._takes(Fault.STALE_REPLY):
            sent = self._last_reply + sent
        if self._takes(Fault.NOISE):
            sent = self._random.randbytes(23) + PREAMBLE + b"\xff\xff" + PREAMBLE[:3] + sent
        return sent


def _command_of(frame: Frame) -> Command | None:
    try:
        return Command((frame.body[0], frame.body[1]))
    except ValueError:
        return None
