"""What the printer's own fonts can print, and where lines end."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.receipt_printer import text

ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from("测试，。（）《》·—… AbZ09\t\n\x1b\x1d\x10\u200b")), max_size=120)
CLOSING = "，。、；：？！）》"


@pytest.mark.parametrize("char", "A~ 测瓯鹿，。（「￥·…“①ⅣΩёあ─")
def test_what_gbk_holds_is_printed_by_the_printer(char: str) -> None:
    assert text.has_printer_glyph(char)
    assert not text.needs_raster(char)


@pytest.mark.parametrize("char", ["𠮷", "㐂", "䶮", "😀", "¥", "ñ", "한", "\ue000", "€"])
def test_what_two_byte_gb18030_cannot_print_is_drawn(char: str) -> None:
    assert text.needs_raster(f"姓名 {char}")


def test_columns_follow_the_printers_cells() -> None:
    assert [text.char_columns(char) for char in "A测…“·─ñ😀𠮷"] == [1, 2, 2, 2, 2, 2, 1, 2, 2]
    assert text.char_columns("\u0301") == 0
    assert text.columns("No. 测试") == 8


@given(ANY_TEXT)
def test_nothing_in_a_text_can_become_a_command(value: str) -> None:
    clean = text.sanitise(value)
    assert all(char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs") for char in clean)
    for line in clean.split("\n"):
        if not text.needs_raster(line):
            assert not any(byte < 0x20 or byte == 0x7F for byte in text.encode(line))


@pytest.mark.parametrize(
    ("hostile", "clean"),
    [
        ("王\x1b@\x1dV\x00小明", "王@\nV小明"),
        ("a\x10\x04\x01b", "ab"),
        ("张\u202e三\u2066", "张三"),
        ("一\u200b二\ufeff", "一二"),
        ("a\tb\u00a0c", "a b c"),
        ("行\r\n行\u2028行\x85行", "行\n行\n行\n行"),
        ("半\ud840个", "半个"),
        ("\u9f8d\ufe00\U000e0100", "\u9f8d"),
        ("cafe\u0301", "caf\u00e9"),
        ("\uf92c", "\uf92c"),  # 郎 in its compatibility form: a person's own character stays
    ],
)
def test_hostile_and_odd_characters(hostile: str, clean: str) -> None:
    assert text.sanitise(hostile) == clean


def test_endless_text_is_cut_with_an_ellipsis() -> None:
    clean = text.sanitise("长" * 100_000)
    assert len(clean) == text.MAX_CHARACTERS
    assert clean.endswith("长…")


@given(ANY_TEXT, st.integers(2, 48))
@example("00·", 2)
@example("a0" + "，" * 16, 32)
def test_no_line_is_wider_than_the_paper_and_no_character_is_lost(value: str, width: int) -> None:
    lines = text.wrap(value, width)
    assert lines
    assert all(text.columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.sanitise(value).split())


@given(st.text(st.sampled_from("测试温州一二三ABC 12"), min_size=1), st.integers(6, 20))
def test_no_line_begins_with_closing_punctuation(value: str, width: int) -> None:
    punctuated = "".join(char + ("，" if index % 3 == 2 and char != " " else "") for index, char in enumerate(value))
    assert not any(line[0] in CLOSING for line in text.wrap(punctuated, width) if line)


@pytest.mark.parametrize(
    ("value", "width", "lines"),
    [
        ("温州市鹿城区", 8, ["温州市鹿", "城区"]),
        ("温州市鹿，城区", 8, ["温州市", "鹿，城区"]),
        ("一二三（四五）", 8, ["一二三", "（四五）"]),
        ("hello kiosk world", 11, ["hello kiosk", "world"]),
        ("受理号AB12CD34", 10, ["受理号", "AB12CD34"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("abcd.", 4, ["abc", "d."]),
        ("一\n\n二", 8, ["一", "", "二"]),
        ("", 8, [""]),
        ("  缩进", 8, ["  缩进"]),
        ("奇数宽度", 5, ["奇数", "宽度"]),
        ("瓯海区社会保险中心（测试）", 22, ["瓯海区社会保险中心", "（测试）"]),
        ("瓯海区社会保险（五个字以上）", 22, ["瓯海区社会保险（五个字", "以上）"]),
        ("您的材料已加密保存，不会丢失。", 28, ["您的材料已加密保存，不会", "丢失。"]),
        ("一二三四五六七八九", 16, ["一二三四五六", "七八九"]),
        ("keep it to ask about progress", 25, ["keep it to ask about", "progress"]),
        ("keep this number and ask on", 24, ["keep this number and", "ask on"]),
    ],
)
def test_wrapping(value: str, width: int, lines: list[str]) -> None:
    assert text.wrap(value, width) == lines


def test_too_narrow_a_column_is_a_bug() -> None:
    with pytest.raises(ValueError, match="1 columns"):
        text.wrap("测", 1)


def test_whole_words_are_recognised() -> None:
    assert text.wraps_whole("温州 kiosk", 5)
    assert not text.wraps_whole("socket://127.0.0.1:9100", 15)


def test_encoding_is_two_byte_gb18030() -> None:
    assert text.encode("测试A，￥") == bytes.fromhex("B2E2 CAD4 41 A3AC A3A4")


def test_encoding_what_must_be_drawn_is_a_bug() -> None:
    with pytest.raises(ValueError, match="two-byte"):
        text.encode("林小𠮷")
