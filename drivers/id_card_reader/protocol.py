"""Wire format of SAM-V ID-card modules: frames, commands and result codes. Pure: bytes in, values out.

Request:  AA AA AA 96 69 | Len | CMD PARA | data | CHK. Response: AA AA AA 96 69 | Len | SW1 SW2 SW3 | data | CHK.
Len is big-endian and counts everything behind itself, CHK included; CHK is the XOR of everything from Len to the last data byte.
Section numbers are those of the protocol notes of this project (SAM-V / SDT serial, 1.1 to 1.8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import reduce
from operator import xor

PREAMBLE = bytes.fromhex("AA AA AA 96 69")
LONGEST_LEN = 0x090A
"""Len of the longest good answer: text, photo and two fingerprints (1.1, 1.2)."""
LONGEST_FRAME_BYTES = LONGEST_LEN + 7
SHORTEST_REQUEST_LEN = 3
SHORTEST_RESPONSE_LEN = 4

TEXT_BYTES = 256
PHOTO_BYTES = 1024
SAM_ID_BYTES = 16
NEWEST_ADDRESS_BYTES = 70
FINGERPRINT_BYTES = frozenset({0, 512, 1024})
"""None, one finger, two fingers (1.7)."""
LONGEST_BODY_NUMBER_BYTES = 64
"""A cap of ours: no source tells the length of the card body number (1.2)."""


class Command(Enum):
    """CMD and PARA (1.2). 60 xx, which changes the line's speed, is left out on purpose: it can make a module unreachable."""

    RESET = (0x10, 0xFF)
    STATUS = (0x11, 0xFF)
    SAM_ID = (0x12, 0xFF)
    FIND = (0x20, 0x01)
    SELECT = (0x20, 0x02)
    READ = (0x30, 0x01)
    READ_NEWEST_ADDRESS = (0x30, 0x03)
    READ_BODY_NUMBER = (0x30, 0x05)
    READ_WITH_FINGERPRINT = (0x30, 0x10)
    SET_RF_BYTES = (0x61, 0xFF)


class Sw3(IntEnum):
    """Result byte of a response (1.3)."""

    OK = 0x90
    CARD_FOUND = 0x9F
    ITEM_ABSENT = 0x91
    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    ILLEGAL_COMMAND = 0x21
    NOT_PERMITTED = 0x23
    UNRECOGNISED_ERROR = 0x24
    CARD_REFUSED_SAM = 0x31
    SAM_REFUSED_CARD = 0x32
    VERIFICATION_FAILED = 0x33
    FINGERPRINT_FAILED = 0x37
    INFORMATION_LENGTH = 0x3F
    CARD_TYPE = 0x40
    READ_FAILED = 0x41
    RANDOM_NUMBER = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    FIND_FAILED = 0x80
    SELECT_FAILED = 0x81


_COMMON_FAILURES = frozenset(
    {
        Sw3.BAD_CHECKSUM,
        Sw3.BAD_LENGTH,
        Sw3.ILLEGAL_COMMAND,
        Sw3.NOT_PERMITTED,
        Sw3.UNRECOGNISED_ERROR,
        Sw3.SELF_TEST_FAILED,
        Sw3.NOT_AUTHORISED,
    }
)
_CARD_FAILURES = frozenset(
    {
        Sw3.ITEM_ABSENT,
        Sw3.CARD_REFUSED_SAM,
        Sw3.SAM_REFUSED_CARD,
        Sw3.VERIFICATION_FAILED,
        Sw3.FINGERPRINT_FAILED,
        Sw3.INFORMATION_LENGTH,
        Sw3.CARD_TYPE,
        Sw3.READ_FAILED,
        Sw3.RANDOM_NUMBER,
    }
)
_READING = frozenset({Command.READ, Command.READ_WITH_FINGERPRINT, Command.READ_NEWEST_ADDRESS, Command.READ_BODY_NUMBER})
_FAILURES: dict[Command, frozenset[Sw3]] = {
    Command.FIND: _COMMON_FAILURES | {Sw3.FIND_FAILED},
    Command.SELECT: _COMMON_FAILURES | _CARD_FAILURES | {Sw3.SELECT_FAILED},
    **dict.fromkeys(_READING, _COMMON_FAILURES | _CARD_FAILURES),
}
_BLOCKS = {Command.READ: 2, Command.READ_WITH_FINGERPRINT: 3}
"""Text, photo, fingerprint; a length of two bytes stands ahead for each."""
_LENGTHS: dict[Command, range] = {
    Command.RESET: range(1),
    Command.STATUS: range(1),
    Command.SAM_ID: range(SAM_ID_BYTES, SAM_ID_BYTES + 1),
    Command.FIND: range(4, 5),
    Command.SELECT: range(8, 9),
    # A photo that is short or missing does not spoil the text: what is inside is checked block by block.
    Command.READ: range(4 + TEXT_BYTES, 4 + TEXT_BYTES + PHOTO_BYTES + 1),
    Command.READ_WITH_FINGERPRINT: range(6 + TEXT_BYTES, 6 + TEXT_BYTES + PHOTO_BYTES + max(FINGERPRINT_BYTES) + 1),
    Command.READ_NEWEST_ADDRESS: range(NEWEST_ADDRESS_BYTES, NEWEST_ADDRESS_BYTES + 1),
    Command.READ_BODY_NUMBER: range(1, LONGEST_BODY_NUMBER_BYTES + 1),
    Command.SET_RF_BYTES: range(1),
}
"""How much data a good answer may carry."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stood between Len and CHK. ``is_intact`` is False when the checksum did not fit."""

    body: bytes = field(repr=False)
    is_intact: bool = True


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of the module. ``data`` may be a resident's record."""

    sw1: int
    sw2: int
    sw3: int
    data: bytes = field(repr=False)


def checksum(data: bytes) -> int:
    """XOR of all bytes (1.1)."""
    return reduce(xor, data, 0)


def build_frame(body: bytes) -> bytes:
    """Wrap CMD PARA data, or SW1 SW2 SW3 data, into a frame."""
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes([checksum(counted)])


def build_request(command: Command, data: bytes = b"") -> bytes:
    """Frame of a command."""
    return build_frame(bytes(command.value) + data)


def build_response(sw3: int, data: bytes = b"") -> bytes:
    """Frame of an answer; SW1 and SW2 are 00 (1.1)."""
    return build_frame(bytes([0, 0, sw3]) + data)


def parse_response(frame: Frame) -> Response | None:
    """Split an intact frame into status words and data; ``None`` when it is no answer."""
    if not frame.is_intact or len(frame.body) < SHORTEST_RESPONSE_LEN - 1:
        return None
    sw1, sw2, sw3 = frame.body[:3]
    return Response(sw1, sw2, sw3, frame.body[3:])


def longest_answer_bytes(command: Command) -> int:
    """Length of the longest good answer as a whole frame: what the line's speed is reckoned with."""
    return len(PREAMBLE) + 2 + SHORTEST_RESPONSE_LEN + max(_LENGTHS[command])


def is_answer_to(command: Command, response: Response) -> bool:
    """True when code and length fit the command: a stale answer to another one must never pass (1.8)."""
    if (response.sw1, response.sw2) != (0, 0):
        return False
    if response.sw3 == (Sw3.CARD_FOUND if command is Command.FIND else Sw3.OK):
        return len(response.data) in _LENGTHS[command] and (
            command not in _BLOCKS or split_blocks(response.data, _BLOCKS[command]) is not None
        )
    return not response.data and response.sw3 in _FAILURES.get(command, _COMMON_FAILURES)


def split_blocks(data: bytes, count: int) -> tuple[bytes, ...] | None:
    """Text, photo and (with ``count`` 3) fingerprint of a read answer (1.2); the photo may be short, or absent as ``b""``.

    ``None`` when the lengths inside contradict the data, or the text is not whole.
    """
    head = 2 * count
    lengths = [int.from_bytes(data[place : place + 2], "big") for place in range(0, head, 2)]
    if len(data) != head + sum(lengths) or lengths[0] != TEXT_BYTES or lengths[1] > PHOTO_BYTES:
        return None
    if count > 2 and lengths[2] not in FINGERPRINT_BYTES:
        return None
    ends = [head + sum(lengths[: number + 1]) for number in range(count)]
    return tuple(data[end - length : end] for end, length in zip(ends, lengths, strict=True))


def format_sam_id(raw: bytes) -> str:
    """Module number as printed on its label, e.g. ``05.01-20131231-0000123456-0000789012`` (1.4); compare raw bytes."""
    numbers = (int.from_bytes(raw[start : start + 4], "little") for start in (4, 8, 12))
    date_like, third, fourth = numbers
    return f"{raw[0]:02d}.{raw[2]:02d}-{date_like:08d}-{third:010d}-{fourth:010d}"


class FrameParser:
    """Finds frames in a byte stream that may hold noise, stale halves and broken frames.

    On an impossible Len or a wrong CHK it goes on one byte behind the preamble's start, so a good frame inside a broken one is
    found. A frame with a wrong CHK is also reported, as not intact: a module answers those, a host counts them.
    """

    def __init__(self, shortest_len: int) -> None:
        """``shortest_len`` is the least Len that makes sense: 3 for requests, 4 for responses."""
        self._shortest_len = shortest_len
        self._buffer = bytearray()
        self.discarded_bytes = 0

    @property
    def pending_bytes(self) -> int:
        """Bytes kept because they may be the beginning of a frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes as they come; give back the frames that are now complete."""
        self._buffer += data
        frames: list[Frame] = []
        while self._hunt():
            frame = self._take_frame()
            if frame is None:
                break
            frames.append(frame)
        return [frame for frame in frames if frame.body]

    def give_up_partial(self) -> list[Frame]:
        """Treat what is waiting for its rest as noise: at a deadline, a good frame may stand behind a false start."""
        frames: list[Frame] = []
        while self._buffer:
            self._discard(1)
            frames += self.feed(b"")
        return frames

    def _hunt(self) -> bool:
        """Drop noise up to the next preamble; False when there is no whole preamble yet."""
        start = self._buffer.find(PREAMBLE)
        if start >= 0:
            self._discard(start)
            return True
        keep = next(n for n in range(len(PREAMBLE) - 1, -1, -1) if self._buffer.endswith(PREAMBLE[:n]))
        self._discard(len(self._buffer) - keep)
        return False

    def _take_frame(self) -> Frame | None:
        """The frame at the front, an empty one for an impossible Len, ``None`` when bytes are still missing."""
        if len(self._buffer) < 7:
            return None
        length = int.from_bytes(self._buffer[5:7], "big")
        if not self._shortest_len <= length <= LONGEST_LEN:
            self._discard(1)
            return Frame(b"", is_intact=False)
        end = 7 + length
        if len(self._buffer) < end:
            return None
        frame = Frame(bytes(self._buffer[7 : end - 1]), is_intact=checksum(bytes(self._buffer[5:end])) == 0)
        if frame.is_intact:
            del self._buffer[:end]
        else:
            self._discard(1)
        return frame

    def _discard(self, count: int) -> None:
        self.discarded_bytes += count
        del self._buffer[:count]
