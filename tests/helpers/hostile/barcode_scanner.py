"""What scanners send and type, and what the emulated ones receive."""

from __future__ import annotations

import random

from evdev import InputEvent

from drivers.barcode_scanner.emulator_commands import CommandReader, reply_to
from drivers.barcode_scanner.keys import KeyDecoder
from drivers.barcode_scanner.profiles import ProfileName
from drivers.barcode_scanner.protocol import LONGEST_CODE_BYTES, FrameEnd, Framing, ScanFrame, ScanFramer, to_outcome
from drivers.barcode_scanner.replies import Reply, ReplySorter
from drivers.barcode_scanner.types import Code
from tests.helpers.hostile.targets import Target, demand, fed
from tests.helpers.wedge import by_alt, by_hex, typed

_ACKS = (
    b"\x02\x010000#SCNTRG1\x06;\x03",
    b"\x02\x010000@SCNMOD0\x15;\x03",
    bytes.fromhex("02 00 00 01 00 33 31"),
    b"TRGMOD0\x06.",
)
_CODES = (
    "受理号330302202611230001\r\n".encode(),
    "]Q2\\000032测试\r".encode("gb18030"),
    b"]C0ABC\r]E06901234567892\r",
    b"BEGIN:VCARD\r\nFN:X\r\nEND:VCARD\t",
)


def _check_sorter(stream: bytes, chance: random.Random) -> None:
    subject = ReplySorter()
    codes, replies, longest_held = bytearray(), list[Reply](), 0

    def feed(piece: bytes) -> None:
        nonlocal longest_held
        more, answered = subject.feed(piece)
        codes.extend(more)
        replies.extend(answered)
        longest_held = max(longest_held, len(subject._held))

    fed(stream, chance, feed)
    whole = ReplySorter()
    demand((bytes(codes), replies) == whole.feed(stream), "what is a reply depends on where the pieces end")
    demand(longest_held <= 128, "more is held back than any reply is long")
    more, answered = subject.line_is_quiet()
    replies += answered
    demand(not subject.is_undecided, "something is held back when the line is quiet")
    taken = sum(reply.size for reply in replies)
    demand(len(codes) + len(more) + taken == len(stream), "bytes were lost or made up")


def _check_framer(stream: bytes, chance: random.Random) -> None:
    framing = chance.choice(list(Framing))
    subject = ScanFramer(framing)
    frames: list[ScanFrame] = []
    fed(stream, chance, lambda piece: frames.extend(subject.feed(piece)))
    demand(frames == ScanFramer(framing).feed(stream), "the codes depend on where the pieces end")
    last = subject.line_is_quiet()
    for frame in (*frames, *([last] if last else [])):
        demand(len(frame.payload) <= LONGEST_CODE_BYTES, "a code over the cap")
        demand(frame.payload in stream, "a code that was not on the line")
        demand(bool(frame.payload) == (frame.end is FrameEnd.COMPLETE), "an empty code, or one of a frame that is none")


def _check_text(stream: bytes, chance: random.Random) -> None:
    outcome = to_outcome(ScanFrame(FrameEnd.COMPLETE, stream), strips_aim=chance.random() < 0.5)
    if isinstance(outcome, Code):
        demand(bool(outcome.raw) and bool(outcome.text or outcome.raw), "a code of nothing")
        demand(len(outcome.raw) <= len(stream), "more bytes than came")


def _check_keys(stream: bytes, chance: random.Random) -> None:
    """Three bytes an event: kind, key, value."""
    events = [InputEvent(0, 0, a % 4, b | (a & 0x30) << 4, c % 3) for a, b, c in zip(*[iter(stream)] * 3, strict=False)]
    subject, cut = KeyDecoder(), chance.randrange(len(events) + 1)
    first, second = subject.feed(events[:cut]), subject.feed(events[cut:])
    whole = KeyDecoder().feed(events)
    demand(first.data + second.data == whole.data, "what was typed depends on where the portions end")
    demand((second.trouble or first.trouble) == whole.trouble, "a trouble depends on where the portions end")
    demand(len(whole.data) <= 4 * len(events), "more was typed than keys were pressed")


def _check_commands(stream: bytes, chance: random.Random) -> None:
    profile = chance.choice(list(ProfileName))
    subject = CommandReader(profile)

    def feed(piece: bytes) -> None:
        for command in subject.feed(piece):
            reply_to(profile, command, chance.random() < 0.5, chance.random() < 0.5)

    fed(stream, chance, feed)
    demand(len(subject._held) <= 256, "commands are kept without end")


def _as_bytes(events: list[InputEvent]) -> bytes:
    return bytes(byte for event in events for byte in (event.type, event.code & 0xFF, event.value & 0xFF))


_COMMANDS = (b"~\x010000#SCNTRG1;\x03", b"\x16T\r\x16M\rTRGMOD?.", bytes.fromhex("7E 00 08 01 00 02 01 AB CD"))

SCANNER_TARGETS = (
    Target("barcode_scanner.replies", (*_ACKS, b"".join(_ACKS), _ACKS[2] + _CODES[0], _CODES[0] + _ACKS[0]), _check_sorter),
    Target("barcode_scanner.framer", (*_CODES, b"x" * 5000 + b"\r"), _check_framer),
    Target("barcode_scanner.text", _CODES, _check_text),
    Target("barcode_scanner.keys", tuple(_as_bytes(each) for each in (typed("aB1!\r"), by_alt(178), by_hex("测"))), _check_keys),
    Target("barcode_scanner.commands", _COMMANDS, _check_commands),
)
