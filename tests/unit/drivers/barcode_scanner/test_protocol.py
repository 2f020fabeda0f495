"""Framing and decoding of scanned codes, pure."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.barcode_scanner.protocol import (
    SUFFIX,
    FrameEnd,
    Framing,
    ScanFrame,
    ScanFramer,
    to_code,
    to_outcome,
)
from drivers.barcode_scanner.types import Code, NotScanned, ScanTrouble

WITH_SUFFIX = [framing for framing in Framing if framing.has_suffix]
VCARD = b"BEGIN:VCARD\r\nFN:SAMPLE\r\nEND:VCARD"


def complete(payload: bytes) -> ScanFrame:
    return ScanFrame(FrameEnd.COMPLETE, payload)


@pytest.fixture(params=WITH_SUFFIX)
def framing(request: pytest.FixtureRequest) -> Framing:
    return Framing(request.param)


@pytest.fixture
def subject(framing: Framing) -> ScanFramer:
    return ScanFramer(framing, longest=100)


def test_a_suffix_ends_a_code(subject: ScanFramer, framing: Framing) -> None:
    suffix = SUFFIX[framing]
    assert subject.feed(b"first" + suffix + b"second" + suffix + b"thi") == [complete(b"first"), complete(b"second")]
    assert subject.is_inside_code
    assert subject.feed(b"rd" + suffix) == [complete(b"third")]
    assert not subject.is_inside_code
    assert subject.line_is_quiet() is None


def test_a_lone_suffix_is_no_code(subject: ScanFramer, framing: Framing) -> None:
    assert subject.feed(SUFFIX[framing] * 3) == []


def test_a_code_without_its_suffix_is_told_when_the_line_falls_quiet(subject: ScanFramer) -> None:
    assert subject.feed(b"half a co") == []
    assert subject.line_is_quiet() == ScanFrame(FrameEnd.NO_SUFFIX)
    assert not subject.is_inside_code


def test_what_is_too_long_is_dropped_up_to_its_end(subject: ScanFramer, framing: Framing) -> None:
    suffix = SUFFIX[framing]
    assert subject.feed(b"x" * 5000) == []
    assert subject.feed(b"x" * 5000 + suffix + b"next" + suffix) == [ScanFrame(FrameEnd.TOO_LONG), complete(b"next")]


def test_what_is_too_long_and_never_ends_is_told(subject: ScanFramer) -> None:
    subject.feed(b"x" * 5000)
    assert subject.line_is_quiet() == ScanFrame(FrameEnd.TOO_LONG)
    assert subject.line_is_quiet() is None


def test_the_cap_itself_is_allowed(subject: ScanFramer, framing: Framing) -> None:
    suffix = SUFFIX[framing]
    assert subject.feed(b"x" * 100 + suffix) == [complete(b"x" * 100)]
    assert subject.feed(b"x" * 101 + suffix) == [ScanFrame(FrameEnd.TOO_LONG)]


@pytest.mark.parametrize("line_end", [b"", b"\r", b"\n", b"\r\n", b"\t"])
def test_by_gap_the_payload_keeps_its_own_line_ends(line_end: bytes) -> None:
    subject = ScanFramer(Framing.GAP)
    assert subject.feed(VCARD + line_end) == []
    assert subject.line_is_quiet() == complete(VCARD)


def test_without_any_suffix_all_that_comes_belongs_to_the_code() -> None:
    subject = ScanFramer(Framing.NONE)
    subject.feed(b"code\r\n")
    assert subject.line_is_quiet() == complete(b"code\r\n")


def test_by_gap_only_one_line_end_is_dropped() -> None:
    subject = ScanFramer(Framing.GAP)
    subject.feed(b"code\n\r\n")
    assert subject.line_is_quiet() == complete(b"code\n")


def test_by_gap_a_lone_line_end_is_no_code() -> None:
    subject = ScanFramer(Framing.GAP)
    subject.feed(b"\r\n")
    assert subject.line_is_quiet() is None


def test_by_gap_the_longest_qr_code_fits_and_more_does_not() -> None:
    subject = ScanFramer(Framing.GAP)
    subject.feed(b"q" * 4096 + b"\r\n")
    assert subject.line_is_quiet() == complete(b"q" * 4096)
    subject.feed(b"q" * 4097)
    assert subject.line_is_quiet() == ScanFrame(FrameEnd.TOO_LONG)


@given(
    st.sampled_from(WITH_SUFFIX),
    st.lists(st.binary(max_size=130).map(lambda data: bytes(byte for byte in data if byte not in b"\r\n\t")), max_size=6),
    st.lists(st.integers(1, 90), max_size=20),
)
def test_pieces_of_the_line_do_not_matter(framing: Framing, payloads: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(payload + SUFFIX[framing] for payload in payloads)
    subject = ScanFramer(framing, longest=100)
    frames, rest = [], stream
    for cut in cuts:
        frames += subject.feed(rest[:cut])
        rest = rest[cut:]
    frames += subject.feed(rest)
    expected = [complete(p) if len(p) <= 100 else ScanFrame(FrameEnd.TOO_LONG) for p in payloads if p]
    assert frames == expected
    assert subject.line_is_quiet() is None


@given(st.sampled_from(list(Framing)), st.lists(st.binary(max_size=300), max_size=8))
def test_any_bytes_are_bounded_and_end_in_quiet(framing: Framing, chunks: list[bytes]) -> None:
    subject = ScanFramer(framing, longest=100)
    frames = [frame for chunk in chunks for frame in subject.feed(chunk)]
    assert all(len(frame.payload) <= 100 for frame in frames)
    last = subject.line_is_quiet()
    assert last is None or len(last.payload) <= 100
    assert not subject.is_inside_code


@given(
    st.sampled_from(WITH_SUFFIX),
    st.lists(st.binary(min_size=1, max_size=60), max_size=6),
    st.lists(st.tuples(st.integers(0, 500), st.sampled_from(["drop", "flip", "double"])), max_size=8),
    st.lists(st.integers(1, 90), max_size=12),
)
def test_of_a_damaged_stream_no_code_comes_that_was_not_on_the_line(
    framing: Framing, payloads: list[bytes], damage: list[tuple[int, str]], cuts: list[int]
) -> None:
    stream = b"".join(payload + SUFFIX[framing] for payload in payloads)
    for place, kind in damage:
        at = place % (len(stream) + 1)
        middle = {"drop": b"", "flip": bytes(255 - byte for byte in stream[at : at + 1]), "double": stream[at : at + 1] * 2}[kind]
        stream = stream[:at] + middle + stream[at + 1 :]
    subject, frames, rest = ScanFramer(framing, longest=100), list[ScanFrame](), stream
    for piece in cuts:
        frames += subject.feed(rest[:piece])
        rest = rest[piece:]
    frames += subject.feed(rest)
    parts = [part for part in stream.split(SUFFIX[framing])[:-1] if part]
    assert frames == [complete(part) if len(part) <= 100 else ScanFrame(FrameEnd.TOO_LONG) for part in parts]


@pytest.mark.parametrize("text", ["受理号330302", "https://example.cn/?q=测试", "𠮷", "plain"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_text_is_utf_8_or_else_gb18030(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    assert to_code(raw) == Code(raw, text)


def test_a_byte_order_mark_is_no_text_but_stays_in_the_bytes() -> None:
    code = to_code(codecs.BOM_UTF8 + "测试".encode())
    assert code == Code(codecs.BOM_UTF8 + "测试".encode(), "测试")


@pytest.mark.parametrize("raw", [b"\xff\xff\xff", b"\x81", b"abc\xff"])
def test_what_is_no_text_is_told(raw: bytes) -> None:
    assert to_code(raw) == NotScanned(ScanTrouble.UNDECODABLE, detail="encoding")


@pytest.mark.parametrize("raw", [b"a\x00b", b"\x1b[2J", b"a\r\nb", b"\x7f", "\x85".encode(), b"\x1dGS1"])
def test_control_characters_are_flagged(raw: bytes) -> None:
    code = to_code(raw)
    assert isinstance(code, Code)
    assert code.has_control_characters


@pytest.mark.parametrize(
    ("frame", "outcome"),
    [
        (ScanFrame(FrameEnd.TOO_LONG), NotScanned(ScanTrouble.TOO_LONG)),
        (ScanFrame(FrameEnd.NO_SUFFIX), NotScanned(ScanTrouble.UNDECODABLE, detail="no_suffix")),
        (ScanFrame(FrameEnd.COMPLETE, b"A"), Code(b"A", "A")),
    ],
)
def test_each_end_of_a_frame_has_its_outcome(frame: ScanFrame, outcome: object) -> None:
    assert to_outcome(frame) == outcome


def test_what_was_scanned_does_not_show_in_a_repr() -> None:
    assert "geheim" not in repr(to_code(b"geheim")) + repr(complete(b"geheim"))


@pytest.mark.parametrize(
    ("payload", "raw", "text", "symbology", "is_declared"),
    [
        (b"]C0ABC", b"ABC", "ABC", "Code128", False),
        (b"]C10112345678901231", b"0112345678901231", "0112345678901231", "GS1-128", False),
        (b"]E06901234567892", b"6901234567892", "6901234567892", "EAN", False),
        (b"]A0A-1", b"A-1", "A-1", "Code39", False),
        (b"]L0x", b"x", "x", "PDF417", False),
        (b"]d1x", b"x", "x", "DataMatrix", False),
        ("]Q1测试".encode(), "测试".encode(), "测试", "QRCode", False),
        ("]Q1测试".encode("gb18030"), "测试".encode("gb18030"), "测试", "QRCode", False),
        ("]Q2\\000026测试".encode(), "测试".encode(), "测试", "QRCode", True),
        (b"]Q2\\000029" + "测试".encode("gbk"), "测试".encode("gbk"), "测试", "QRCode", True),
        (b"]Q2\\000032" + "𠮷".encode("gb18030"), "𠮷".encode("gb18030"), "𠮷", "QRCode", True),
        (b"]Q2\\000003\xe9", b"\xe9", "é", "QRCode", True),
        (b"]Q2C:\\\\x\\000026\\\\y", b"C:\\x\\y", "C:\\x\\y", "QRCode", True),
        (b"]Q2\\000999abc", b"abc", "abc", "QRCode", False),
        (b"]Q1\\000026abc", b"\\000026abc", "\\000026abc", "QRCode", False),
        (b"]X9abc", b"]X9abc", "]X9abc", "", False),
        (b"]", b"]", "]", "", False),
        (b"no prefix", b"no prefix", "no prefix", "", False),
    ],
)
def test_an_aim_prefix_tells_the_symbology(payload: bytes, raw: bytes, text: str, symbology: str, is_declared: bool) -> None:
    outcome = to_outcome(complete(payload), strips_aim=True)
    assert outcome == Code(raw, text, symbology, declares_encoding=is_declared)


def test_an_aim_prefix_belongs_to_the_code_where_none_is_agreed() -> None:
    assert to_outcome(complete(b"]C0ABC")) == Code(b"]C0ABC", "]C0ABC")


def test_a_prefix_alone_is_no_code() -> None:
    assert to_outcome(complete(b"]Q1"), strips_aim=True) == NotScanned(ScanTrouble.UNDECODABLE, "empty")


@given(st.binary(max_size=200), st.booleans())
def test_any_payload_gives_an_outcome(payload: bytes, strips_aim: bool) -> None:
    for prefix in (b"", b"]Q2", b"]Q2\\000026", b"]C0"):
        outcome = to_outcome(complete(prefix + payload), strips_aim)
        assert isinstance(outcome, NotScanned) or outcome.raw
