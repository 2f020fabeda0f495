"""Traditional characters: as OpenCC writes them, with our own corrections, and nothing else is touched."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assets import ROOT
from kiosk.domain import traditional
from kiosk.domain.language import Language, Words
from kiosk.domain.traditional import Converter, read

BY_OPENCC = Path(__file__).parents[3] / "fixtures" / "traditional" / "by_opencc.tsv"
"""What OpenCC 1.4.2 (``s2tw``) itself makes of all texts of the terminal, and of phrases joined at random."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LEFT_BEHIND = frozenset("们这个办时请务机码证号现发为")
"""Simplified only: no traditional text has them."""


@cache
def opencc() -> Converter:
    return Converter(read(traditional.OPENCC.read_text(encoding="utf-8")))


def ours() -> dict[str, str]:
    return read(traditional.OURS.read_text(encoding="utf-8"))


def _strings(value: object) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_strings, value.values()))
    if isinstance(value, list):
        return set().union(*map(_strings, value))
    return {value} if isinstance(value, str) else set()


@cache
def texts() -> frozenset[str]:
    found = set[str]()
    for path in ROOT.rglob("*.yaml"):
        found |= _strings(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    return frozenset(text for text in found if _CHINESE.search(text))


def test_the_table_does_what_opencc_does() -> None:
    told = read(BY_OPENCC.read_text(encoding="utf-8"))
    assert len(told) > 2000
    assert {one: opencc()(one) for one in told} == told


@pytest.mark.parametrize("phrase", ours())
def test_each_correction_of_ours_is_needed(phrase: str) -> None:
    rest = {one: written for one, written in ours().items() if one != phrase}
    without = Converter(read(traditional.OPENCC.read_text(encoding="utf-8")) | rest)
    said = texts() | {traditional.of(text) for text in texts()}
    assert [text for text in said if without(text) != traditional.of(text)], f"{phrase} changes no text"


def test_no_simplified_character_is_left_in_any_text() -> None:
    assert len(texts()) > 1000
    assert [text for text in texts() if _LEFT_BEHIND & set(traditional.of(text))] == []


def test_what_is_in_traditional_characters_already_stays() -> None:
    for text in texts():
        once = traditional.of(text)
        assert traditional.of(once) == once


@given(st.text(st.characters(max_codepoint=0x2FFF)))
def test_what_is_not_chinese_is_untouched(text: str) -> None:
    assert opencc()(text) == text


@given(st.lists(st.sampled_from(["{name}", "{count}", "办证", "请稍等", " ", "120 mm"]), max_size=8))
def test_blanks_to_be_filled_in_are_untouched(parts: list[str]) -> None:
    text = "".join(parts)
    assert re.findall(r"\{[a-z]+\}", traditional.of(text)) == re.findall(r"\{[a-z]+\}", text)


@given(st.text(st.sampled_from("金发放和面前复印件请再签一次台州温里程公着，。 a")))
def test_nothing_is_lost_or_added(text: str) -> None:
    """These phrases are as long as what stands for them."""
    assert len(traditional.of(text)) == len(text)


@pytest.mark.parametrize(
    ("simplified", "written"),
    [
        ("温州市瓯海区", "溫州市甌海區"),
        ("台州", "台州"),
        ("复印件", "複印件"),
        ("回复", "回覆"),
        ("皇后身后", "皇后身後"),
        ("公里、家里", "公里、家裡"),
        ("身份证、打印、网络", "身份證、打印、網絡"),
        ("", ""),
    ],
)
def test_words_are_taken_as_a_whole_and_stay_those_of_the_mainland(simplified: str, written: str) -> None:
    assert traditional.of(simplified) == written


def test_words_exist_in_three_languages() -> None:
    words = Words(zh="养老保险参保证明", en="Insurance certificate")
    said = [words.in_(language) for language in Language]
    assert said == ["养老保险参保证明", "養老保險參保證明", "Insurance certificate"]
    assert [language.is_chinese for language in Language] == [True, True, False]
