"""Frames, answers and records of the ID-card reader."""

from __future__ import annotations

import random
from datetime import date

from drivers.id_card_reader.protocol import (
    LONGEST_FRAME_BYTES,
    SHORTEST_RESPONSE_LEN,
    Command,
    FrameParser,
    Sw3,
    build_response,
    is_answer_to,
    parse_response,
    split_blocks,
)
from drivers.id_card_reader.record import encode_record, parse_record
from drivers.id_card_reader.types import CardKind, IdCardRecord
from tests.helpers.hostile.targets import Target, demand, fed

_LENGTHS = bytes.fromhex("01000400")


def _resident() -> IdCardRecord:
    return IdCardRecord(
        kind=CardKind.RESIDENT,
        name="测试·𠮷小江",
        english_name="",
        sex_code="1",
        ethnicity_code="01",
        nationality="CHN",
        birth=date(1949, 12, 31),
        address="测试省测试市 1 号",
        id_number="11010519491231002X",
        issuer="测试市公安局",
        valid_from=date(2020, 1, 1),
        valid_to=None,
        is_long_term=True,
    )


_TEXT = encode_record(_resident())
_READ = build_response(Sw3.OK, _LENGTHS + _TEXT + bytes(1024))
_READ_WITH_FINGERPRINT = build_response(Sw3.OK, _LENGTHS + bytes.fromhex("0200") + _TEXT + bytes(1024 + 512))
_BLOCKS = {Command.READ: 2, Command.READ_WITH_FINGERPRINT: 3}
_ANSWERS = (
    _READ,
    _READ_WITH_FINGERPRINT,
    build_response(Sw3.OK, bytes(70)),
    build_response(Sw3.CARD_FOUND, bytes(4)),
    build_response(Sw3.OK, bytes(8)),
    build_response(Sw3.OK),
    build_response(Sw3.OK, bytes(16)),
    build_response(Sw3.FIND_FAILED),
    build_response(Sw3.READ_FAILED),
)


def _check_frames(stream: bytes, chance: random.Random) -> None:
    parser = FrameParser(SHORTEST_RESPONSE_LEN)
    frames = []

    def feed(piece: bytes) -> None:
        frames.extend(parser.feed(piece))
        demand(parser.pending_bytes <= LONGEST_FRAME_BYTES, "the parser holds more than a frame")

    fed(stream, chance, feed)
    frames += parser.give_up_partial()
    demand(parser.pending_bytes == 0, "bytes are left after giving up")
    for frame in frames:
        response = parse_response(frame)
        if response is None:
            continue
        for command in Command:
            if is_answer_to(command, response):
                sent = build_response(response.sw3, response.data)
                demand(sent in stream, f"an answer to {command.name} that was never sent")
                if command in _BLOCKS and response.sw3 == Sw3.OK:
                    blocks = split_blocks(response.data, _BLOCKS[command])
                    demand(blocks is not None and len(blocks[0]) == len(_TEXT), "a read without its blocks")


def _check_record(stream: bytes, chance: random.Random) -> None:
    del chance
    record = parse_record(stream)
    if isinstance(record, IdCardRecord):
        demand(bool(record.name and record.id_number), "a record without name or number")
        demand(parse_record(encode_record(record)) == record, "a record that does not mean itself")


READER_TARGETS = (
    Target("id_card_reader.frames", _ANSWERS, _check_frames),
    Target("id_card_reader.record", (_TEXT,), _check_record),
)
