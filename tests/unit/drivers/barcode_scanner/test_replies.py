"""Replies of scanners are told from their codes, however the line splits and glues them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.barcode_scanner.profiles import PROFILES, ProfileName
from drivers.barcode_scanner.protocol import FrameEnd, Framing, ScanFrame, ScanFramer
from drivers.barcode_scanner.replies import Answer, Reply, ReplySorter

NEWLAND_ACK = bytes.fromhex("02 01 30 30 30 30 23 53 43 4E 54 52 47 31 06 3B 03")
GM65_ACK = bytes.fromhex("02 00 00 01 00 33 31")
HONEYWELL_ANSWER = b"TRGMOD0\x06."
REPLIES = {
    NEWLAND_ACK: (ProfileName.NEWLAND, Answer.DONE, b"#SCNTRG1"),
    NEWLAND_ACK.replace(b"\x06", b"\x15"): (ProfileName.NEWLAND, Answer.REFUSED, b"#SCNTRG1"),
    NEWLAND_ACK.replace(b"\x06", b"\x05"): (ProfileName.NEWLAND, Answer.UNKNOWN_COMMAND, b"#SCNTRG1"),
    b"\x02\x010000@SCNMOD0\x06;\x03": (ProfileName.NEWLAND, Answer.DONE, b"@SCNMOD0"),
    GM65_ACK: (ProfileName.GM65, Answer.DONE, b"\x00"),
    GM65_ACK[:-1] + b"\x32": (ProfileName.GM65, Answer.BROKEN, b"\x00"),
    HONEYWELL_ANSWER: (ProfileName.HONEYWELL, Answer.DONE, b"TRGMOD0"),
    b"TRGMOD3\x06.": (ProfileName.HONEYWELL, Answer.DONE, b"TRGMOD3"),
}
CODE_SIGNS = st.characters(min_codepoint=0x20, max_codepoint=0x9FFF, exclude_categories=("Cs",))
CODES = st.text(CODE_SIGNS, min_size=1, max_size=40).map(lambda text: text.replace("TRGMOD", "trgmod").encode())


def sort(pieces: list[bytes]) -> tuple[bytes, list[Reply]]:
    subject = ReplySorter()
    codes, replies = b"", list[Reply]()
    for piece in pieces:
        more, answered = subject.feed(piece)
        codes, replies = codes + more, replies + answered
    more, answered = subject.line_is_quiet()
    assert not subject.is_undecided
    return codes + more, replies + answered


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    bounds = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in itertools.pairwise(bounds)]


@pytest.mark.parametrize(("data", "expected"), REPLIES.items())
def test_each_reply_is_known(data: bytes, expected: tuple[ProfileName, Answer, bytes]) -> None:
    codes, (reply,) = sort([data])
    assert codes == b""
    assert ((reply.profile, reply.answer, reply.body), reply.size) == (expected, len(data))


@pytest.mark.parametrize("data", REPLIES)
def test_a_reply_in_single_bytes_between_two_codes_is_known(data: bytes) -> None:
    codes, replies = sort([bytes([byte]) for byte in b"first\r" + data + b"second\r"])
    assert (codes, len(replies)) == (b"first\rsecond\r", 1)


def test_a_reply_that_comes_before_its_code_is_never_glued_to_it() -> None:
    assert sort([GM65_ACK + "测试\r".encode()])[0] == "测试\r".encode()


def test_the_tail_that_some_leave_out_may_be_missing() -> None:
    codes, (reply,) = sort([b"TRGMOD0\x06"])
    assert (codes, reply.body) == (b"", b"TRGMOD0")
    codes, (reply,) = sort([b"TRGMOD0\x06next"])
    assert (codes, reply.body) == (b"next", b"TRGMOD0")


@pytest.mark.parametrize("data", [b"\x02", b"TRGM", b"TRGMOD0", NEWLAND_ACK[:-1], b"\x02\x02\x02\x00", GM65_ACK[:5], b"TRTRGMO"])
def test_what_only_begins_like_a_reply_is_part_of_a_code(data: bytes) -> None:
    assert sort([data]) == (data, [])
    if data not in GM65_ACK:
        assert sort([b"a" + data + b"\rb"]) == (b"a" + data + b"\rb", [])


def test_a_damaged_reply_is_told_with_the_bytes_it_took() -> None:
    codes, (reply,) = sort([GM65_ACK[:5] + b"1234567\r"])
    assert (codes, reply.answer) == (b"34567\r", Answer.BROKEN)


def test_a_passive_scanner_has_no_replies() -> None:
    subject = ReplySorter([ProfileName.PASSIVE])
    assert subject.feed(GM65_ACK) == (GM65_ACK, [])


def test_every_triggered_profile_can_ask_and_be_answered() -> None:
    for profile in PROFILES.values():
        assert profile.is_triggered == bool(profile.off) == bool(profile.question) == (profile.reply is not None)


@given(
    st.lists(CODES, max_size=4),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(list(REPLIES)))),
    st.lists(st.integers(0, 2000)),
)
def test_replies_anywhere_and_cuts_anywhere_leave_the_codes_as_they_are(
    codes: list[bytes], inserted: list[tuple[int, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(code + b"\r" for code in codes)
    # Not within one another: replies are sent one after the other.
    for place, reply in sorted(((place % (len(stream) + 1), reply) for place, reply in inserted), reverse=True):
        stream = stream[:place] + reply + stream[place:]
    bare, replies = sort(cut(stream, cuts))
    assert len(replies) == len(inserted)
    assert bare == b"".join(code + b"\r" for code in codes)
    framer = ScanFramer(Framing.CR)
    assert framer.feed(bare) == [ScanFrame(FrameEnd.COMPLETE, code) for code in codes]


@given(st.lists(st.binary(max_size=300) | st.sampled_from([reply[:-1] for reply in REPLIES]), max_size=10))
def test_any_bytes_are_bounded_and_none_are_made_up(pieces: list[bytes]) -> None:
    subject = ReplySorter()
    codes, stream = b"", b"".join(pieces)
    for piece in pieces:
        codes += subject.feed(piece)[0]
        assert len(subject._held) <= 128
    codes += subject.line_is_quiet()[0]
    remaining = iter(stream)
    assert all(byte in remaining for byte in codes), "the codes are what came, with parts left out"
