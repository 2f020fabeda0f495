"""The SAM-V codec against bytes written by hand, and against hostile streams."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.id_card_reader.protocol import (
    LONGEST_LEN,
    PREAMBLE,
    Command,
    Frame,
    FrameParser,
    Response,
    Sw3,
    build_frame,
    build_request,
    build_response,
    format_sam_id,
    is_answer_to,
    longest_answer_bytes,
    parse_response,
    split_blocks,
)

HAND_WRITTEN_REQUESTS = {
    Command.RESET: "AA AA AA 96 69 00 03 10 FF EC",
    Command.STATUS: "AA AA AA 96 69 00 03 11 FF ED",
    Command.SAM_ID: "AA AA AA 96 69 00 03 12 FF EE",
    Command.FIND: "AA AA AA 96 69 00 03 20 01 22",
    Command.SELECT: "AA AA AA 96 69 00 03 20 02 21",
    Command.READ: "AA AA AA 96 69 00 03 30 01 32",
    Command.READ_WITH_FINGERPRINT: "AA AA AA 96 69 00 03 30 10 23",
    Command.READ_NEWEST_ADDRESS: "AA AA AA 96 69 00 03 30 03 30",
    Command.READ_BODY_NUMBER: "AA AA AA 96 69 00 03 30 05 36",
}
HAND_WRITTEN_ANSWERS = [
    (Command.STATUS, "AA AA AA 96 69 00 04 00 00 90 94", Sw3.OK, 0),
    (Command.FIND, "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97", Sw3.CARD_FOUND, 4),
    (Command.FIND, "AA AA AA 96 69 00 04 00 00 80 84", Sw3.FIND_FAILED, 0),
    (Command.SELECT, "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C", Sw3.OK, 8),
    (Command.SELECT, "AA AA AA 96 69 00 04 00 00 81 85", Sw3.SELECT_FAILED, 0),
    (Command.READ, "AA AA AA 96 69 00 04 00 00 41 45", Sw3.READ_FAILED, 0),
]
GOOD_READ = build_response(Sw3.OK, bytes.fromhex("0100 0400") + b"T" * 256 + b"P" * 1024)


@pytest.fixture
def subject() -> FrameParser:
    return FrameParser(shortest_len=4)


@pytest.mark.parametrize(("command", "written"), HAND_WRITTEN_REQUESTS.items(), ids=lambda value: getattr(value, "name", ""))
def test_requests_are_those_of_the_protocol(command: Command, written: str) -> None:
    assert build_request(command) == bytes.fromhex(written)


def test_a_request_may_carry_data() -> None:
    assert build_request(Command.SET_RF_BYTES, b"\x50") == bytes.fromhex("AA AA AA 96 69 00 04 61 FF 50 CA")


@pytest.mark.parametrize(("command", "written", "sw3", "length"), HAND_WRITTEN_ANSWERS)
def test_answers_of_the_protocol_are_understood(
    subject: FrameParser, command: Command, written: str, sw3: Sw3, length: int
) -> None:
    (frame,) = subject.feed(bytes.fromhex(written))
    response = parse_response(frame)
    assert response is not None
    assert (response.sw3, len(response.data)) == (sw3, length)
    assert is_answer_to(command, response)


def test_a_read_answer_is_1295_bytes_long() -> None:
    assert len(GOOD_READ) == 1295
    assert GOOD_READ[5:7] == bytes.fromhex("0508")


def test_an_answer_to_another_command_is_no_answer(subject: FrameParser) -> None:
    answers = {Command.READ: parse_response(subject.feed(GOOD_READ)[0])}
    for command, written, sw3, _ in HAND_WRITTEN_ANSWERS:
        if sw3 in (Sw3.OK, Sw3.CARD_FOUND):
            answers[command] = parse_response(subject.feed(bytes.fromhex(written))[0])
    for asked in (Command.FIND, Command.SELECT, Command.READ, Command.SAM_ID, Command.STATUS):
        for given_for, answer in answers.items():
            assert answer is not None
            assert is_answer_to(asked, answer) == (asked is given_for)


def test_success_without_data_is_no_card() -> None:
    assert not is_answer_to(Command.READ, Response(0, 0, Sw3.OK, b""))


@pytest.mark.parametrize("lengths", ["0000 0400", "0100 0000", "0100 0401", "FFFF FFFF", "0400 0100"])
def test_a_read_whose_lengths_contradict_its_data_is_no_answer(lengths: str) -> None:
    data = bytes.fromhex(lengths) + bytes(1280)
    assert split_blocks(data, 2) is None
    assert not is_answer_to(Command.READ, Response(0, 0, Sw3.OK, data))


def test_text_without_photo_is_an_answer() -> None:
    data = bytes.fromhex("0100 0000") + b"T" * 256
    assert is_answer_to(Command.READ, Response(0, 0, Sw3.OK, data))
    assert split_blocks(data, 2) == (b"T" * 256, b"")


def test_a_short_photo_is_an_answer_when_the_lengths_say_so() -> None:
    data = bytes.fromhex("0100 0010") + b"T" * 256 + b"P" * 16
    assert is_answer_to(Command.READ, Response(0, 0, Sw3.OK, data))
    assert not is_answer_to(Command.READ, Response(0, 0, Sw3.OK, data[:-1]))


@pytest.mark.parametrize(("finger_bytes", "is_good"), [(0, True), (512, True), (1024, True), (256, False), (1025, False)])
def test_a_read_with_fingerprint_has_three_blocks(finger_bytes: int, is_good: bool) -> None:
    data = bytes.fromhex("0100 0400") + finger_bytes.to_bytes(2, "big") + b"T" * 256 + b"P" * 1024 + b"F" * finger_bytes
    assert is_answer_to(Command.READ_WITH_FINGERPRINT, Response(0, 0, Sw3.OK, data)) is is_good
    assert not is_answer_to(Command.READ, Response(0, 0, Sw3.OK, data))
    if is_good:
        assert split_blocks(data, 3) == (b"T" * 256, b"P" * 1024, b"F" * finger_bytes)


@pytest.mark.parametrize(("length", "is_good"), [(0, False), (1, True), (64, True), (65, False)])
def test_a_body_number_may_have_any_length_up_to_a_cap(length: int, is_good: bool) -> None:
    assert is_answer_to(Command.READ_BODY_NUMBER, Response(0, 0, Sw3.OK, bytes(length))) is is_good


@pytest.mark.parametrize(("length", "is_good"), [(0, False), (69, False), (70, True), (71, False)])
def test_a_newest_address_has_70_bytes(length: int, is_good: bool) -> None:
    assert is_answer_to(Command.READ_NEWEST_ADDRESS, Response(0, 0, Sw3.OK, bytes(length))) is is_good


@pytest.mark.parametrize(
    ("command", "frame_bytes"),
    [(Command.READ, 1295), (Command.READ_WITH_FINGERPRINT, 2321), (Command.FIND, 15), (Command.SAM_ID, 27), (Command.STATUS, 11)],
)
def test_the_longest_answer_is_known_for_each_command(command: Command, frame_bytes: int) -> None:
    assert longest_answer_bytes(command) == frame_bytes


def test_status_words_other_than_zero_are_no_answer() -> None:
    assert not is_answer_to(Command.STATUS, Response(0, 1, Sw3.OK, b""))


def test_a_run_of_aa_hides_no_frame(subject: FrameParser) -> None:
    assert [frame.body for frame in subject.feed(b"\xaa" + build_response(Sw3.OK))] == [bytes.fromhex("0000 90")]


@pytest.mark.parametrize("length", [0, 3, LONGEST_LEN + 1, 0xFFFF])
def test_an_impossible_len_is_noise(subject: FrameParser, length: int) -> None:
    noise = PREAMBLE + length.to_bytes(2, "big")
    assert subject.feed(noise + build_response(Sw3.OK)) == [Frame(bytes.fromhex("0000 90"))]


def test_a_good_frame_inside_a_broken_one_is_found(subject: FrameParser) -> None:
    inner = build_response(Sw3.CARD_FOUND, bytes(4))
    outer_with_wrong_checksum = PREAMBLE + len(inner).to_bytes(2, "big") + inner
    frames = subject.feed(outer_with_wrong_checksum)
    assert [frame.is_intact for frame in frames] == [False, True]
    assert frames[1].body == inner[7:-1]


def test_a_wrong_checksum_is_reported_and_passed_over(subject: FrameParser) -> None:
    spoilt = bytearray(build_response(Sw3.OK))
    spoilt[-1] ^= 0xFF
    frames = subject.feed(bytes(spoilt) + build_response(Sw3.FIND_FAILED))
    assert [frame.is_intact for frame in frames] == [False, True]
    assert parse_response(frames[0]) is None


def test_a_frame_behind_half_a_frame_is_found_when_nothing_more_comes(subject: FrameParser) -> None:
    assert subject.feed(GOOD_READ[:600] + build_response(Sw3.FIND_FAILED)) == []
    assert subject.give_up_partial() == [Frame(bytes.fromhex("0000 80"))]
    assert subject.pending_bytes == 0


def test_the_longest_frame_fits(subject: FrameParser) -> None:
    body = bytes(LONGEST_LEN - 1)
    assert subject.feed(build_frame(body)) == [Frame(body)]


def test_the_module_number_reads_as_on_its_label() -> None:
    raw = bytes.fromhex("05000100") + b"".join(n.to_bytes(4, "little") for n in (20131231, 123456, 789012))
    assert format_sam_id(raw) == "05.01-20131231-0000123456-0000789012"


def test_personal_bytes_do_not_show_in_a_repr() -> None:
    assert "T" * 8 not in repr(Frame(b"T" * 256)) + repr(Response(0, 0, 0x90, b"T" * 256))


@given(st.lists(st.binary(max_size=40), max_size=6), st.lists(st.integers(1, 60), max_size=20))
def test_pieces_of_the_line_do_not_matter(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(build_response(Sw3.OK, body) for body in bodies)
    whole = FrameParser(4).feed(stream)
    pieces = FrameParser(4)
    frames, rest = [], stream
    for cut in cuts:
        frames += pieces.feed(rest[:cut])
        rest = rest[cut:]
    frames += pieces.feed(rest)
    assert frames == whole
    assert [frame.body[3:] for frame in whole] == bodies


noise_with_false_starts = st.lists(
    st.sampled_from([PREAMBLE, PREAMBLE[:3], b"\xaa", b"\x00\x04", b"\x05\x08", b"\xff\xff"]) | st.binary(max_size=9), max_size=12
).map(b"".join)


@given(noise_with_false_starts, st.binary(max_size=60))
def test_noise_ahead_never_costs_a_good_frame(noise: bytes, data: bytes) -> None:
    good = build_response(Sw3.OK, data)
    subject = FrameParser(4)
    intact = [frame for frame in subject.feed(noise + good) + subject.give_up_partial() if frame.is_intact]
    assume(len(intact) <= 1)  # noise may, once in 256, make a frame of its own
    assume(not intact or intact[0].body == good[7:-1] or len(intact[0].body) == len(good) - 8)
    assert intact == [Frame(good[7:-1])]


@given(st.binary(max_size=400))
def test_every_byte_is_in_a_frame_or_counted_as_noise(stream: bytes) -> None:
    subject = FrameParser(4)
    intact = [frame for frame in subject.feed(stream) + subject.give_up_partial() if frame.is_intact]
    assert subject.discarded_bytes + sum(len(frame.body) + 8 for frame in intact) == len(stream)


GOOD_ANSWERS = [build_response(Sw3.OK), build_response(Sw3.CARD_FOUND, bytes(4)), build_response(Sw3.OK, bytes(8)), GOOD_READ]
mutations = st.lists(
    st.tuples(st.sampled_from(["set", "cut", "insert", "swap"]), st.integers(0, 2000), st.binary(min_size=1, max_size=12)),
    max_size=8,
)


def mutated(stream: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
    for kind, anywhere, data in changes:
        place = anywhere % (len(stream) + 1)
        head, tail = stream[:place], stream[place:]
        stream = {
            "set": head + data + tail[len(data) :],
            "cut": head + tail[len(data) :],
            "insert": head + data + tail,
            "swap": tail + head,
        }[kind]
    return stream


@given(st.lists(st.sampled_from(GOOD_ANSWERS), max_size=4), mutations, st.lists(st.integers(1, 700), max_size=8))
def test_a_mutated_stream_gives_no_exception_no_false_success_and_no_growth(
    answers: list[bytes], changes: list[tuple[str, int, bytes]], cuts: list[int]
) -> None:
    stream = mutated(b"".join(answers), changes)
    subject, frames, rest = FrameParser(4), [], stream
    for cut in [*cuts, len(stream)]:
        frames += subject.feed(rest[:cut])
        rest = rest[cut:]
        assert subject.pending_bytes < LONGEST_LEN + 7
    frames += subject.give_up_partial()
    for frame in frames:
        response = parse_response(frame)
        if response is None:
            continue
        assert build_frame(frame.body) in stream, "an answer that was never on the line"
        for command in Command:
            if (
                is_answer_to(command, response)
                and response.sw3 == Sw3.OK
                and command in (Command.READ, Command.READ_WITH_FINGERPRINT)
            ):
                text, *_ = split_blocks(response.data, 2 if command is Command.READ else 3) or ()
                assert len(text) == 256, "success without a record"


@given(st.integers(0, 0xFFFF), st.binary(max_size=3000))
def test_no_length_makes_the_parser_keep_more_than_one_frame(length: int, data: bytes) -> None:
    subject = FrameParser(4)
    subject.feed((PREAMBLE + length.to_bytes(2, "big") + data) * 3)
    assert subject.pending_bytes < LONGEST_LEN + 7
