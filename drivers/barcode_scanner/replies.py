"""Tells a scanner's replies to commands from the codes it sends: both come over one line, split and glued as it likes. Pure.

A reply is taken out wherever it stands. What might be the beginning of one is held back until the next byte decides it, or until
the line falls quiet: then it was part of a code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from drivers.barcode_scanner.profiles import PROFILES, CountedReply, MarkedReply, ProfileName, ReplyForm

_ACK, _ENQ, _NAK = 0x06, 0x05, 0x15


class Answer(StrEnum):
    """What a reply says."""

    DONE = "done"
    REFUSED = "refused"
    """NAK: the command is known, its value is not allowed."""
    UNKNOWN_COMMAND = "unknown_command"
    """ENQ."""
    BROKEN = "broken"
    """Its checksum is wrong."""


_BY_MARK = {_ACK: Answer.DONE, _NAK: Answer.REFUSED, _ENQ: Answer.UNKNOWN_COMMAND}


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; ``body`` is the command or value it repeats. Codes never get in here."""

    profile: ProfileName
    answer: Answer
    body: bytes
    size: int


class _Undecided:
    """The bytes so far could begin a reply."""


_UNDECIDED = _Undecided()
_Look = Reply | _Undecided | None


class ReplySorter:
    """Parts a byte stream into codes and replies; holds back a hundred bytes at most."""

    def __init__(self, profiles: Iterable[ProfileName] = tuple(ProfileName)) -> None:
        """Replies of all profiles are taken out, also those of one that is not configured: they show that it is the wrong one."""
        self._forms = [(name, form) for name in profiles if (form := PROFILES[name].reply) is not None]
        self._first = frozenset(form.head[0] for _, form in self._forms)
        self._held = bytearray()

    @property
    def is_undecided(self) -> bool:
        """True while bytes are held back."""
        return bool(self._held)

    def feed(self, data: bytes) -> tuple[bytes, list[Reply]]:
        """Take bytes as they come; give back those of codes, and the replies."""
        codes, replies = bytearray(), list[Reply]()
        self._held += data
        position, end = 0, len(self._held)
        while position < end:
            look = self._look(position) if self._held[position] in self._first else None
            if isinstance(look, _Undecided):
                break
            if look is None:
                codes.append(self._held[position])
                position += 1
            else:
                replies.append(look)
                position += look.size
        del self._held[:position]
        return bytes(codes), replies

    def line_is_quiet(self) -> tuple[bytes, list[Reply]]:
        """The pause has been long enough: what was held back is a reply without its optional tail, or part of a code."""
        held = bytes(self._held)
        self._held.clear()
        for name, form in self._forms:
            look = _look_at(name, form, held + form.tail) if isinstance(form, MarkedReply) and not form.is_tail_sure else None
            if isinstance(look, Reply) and look.size == len(held) + 1:
                return b"", [replace(look, size=len(held))]
        if not held:
            return b"", []
        # Its first byte begins no reply; one may still stand behind it.
        codes, replies = self.feed(held[1:])
        more, last = self.line_is_quiet()
        return held[:1] + codes + more, [*replies, *last]

    def _look(self, position: int) -> _Look:
        is_open = False
        data = bytes(self._held[position : position + 128])
        for name, form in self._forms:
            look = _look_at(name, form, data)
            if isinstance(look, Reply):
                return look
            is_open = is_open or isinstance(look, _Undecided)
        return _UNDECIDED if is_open else None


def _look_at(name: ProfileName, form: ReplyForm, data: bytes) -> _Look:
    if not data.startswith(form.head):
        return _UNDECIDED if form.head.startswith(data) else None
    return _marked(name, form, data) if isinstance(form, MarkedReply) else _counted(name, form, data)


def _marked(name: ProfileName, form: MarkedReply, data: bytes) -> _Look:
    start = len(form.head)
    for place in range(start, min(len(data), start + form.longest_body + 1)):
        answer = _BY_MARK.get(data[place])
        if answer is None:
            if not 0x20 <= data[place] < 0x7F:
                return None
            continue
        rest = data[place + 1 : place + 1 + len(form.tail)]
        if form.tail != rest and form.tail.startswith(rest):
            return _UNDECIDED
        has_tail = rest == form.tail
        if not has_tail and form.is_tail_sure:
            return None
        # The whole command for those whose head is part of it.
        body = data[start:place] if name is ProfileName.NEWLAND else data[:place]
        return Reply(name, answer, body, place + 1 + (len(form.tail) if has_tail else 0))
    return _UNDECIDED if len(data) <= start + form.longest_body else None


def _counted(name: ProfileName, form: CountedReply, data: bytes) -> _Look:
    start = len(form.head)
    if len(data) <= start:
        return _UNDECIDED
    length = data[start]
    if not 1 <= length <= form.longest_body:
        return None
    size = start + 1 + length + 2
    if len(data) < size:
        return _UNDECIDED
    is_whole = _crc16_xmodem(data[2 : size - 2]) == int.from_bytes(data[size - 2 : size], "big")
    return Reply(name, Answer.DONE if is_whole else Answer.BROKEN, data[start + 1 : size - 2], size)


def _crc16_xmodem(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value
