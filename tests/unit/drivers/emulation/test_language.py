from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.emulation.faults import FaultBook
from drivers.emulation.language import FaultLanguage, number, plain_word, times_word, whole_number


def _language() -> tuple[FaultLanguage, FaultBook, list[str]]:
    book, done = FaultBook(), []
    words = (times_word(book, "mute", "no answer"), plain_word("lift_card", "the card goes", lambda: done.append("lift")))
    return FaultLanguage(words), book, done


def test_a_word_with_a_number_is_counted() -> None:
    subject, book, _ = _language()
    assert subject.obey("mute 2") == "ok"
    assert [book.takes("mute") for _ in range(3)] == [True, True, False]


def test_a_plain_word_is_done() -> None:
    subject, _, done = _language()
    assert subject.obey("  lift_card  ") == "ok"
    assert done == ["lift"]


@pytest.mark.parametrize("line", ["", "mut", "mute x", "mute -1", "mute 1 2", "lift_card now", "mute 99999999999", "x" * 5000])
def test_what_makes_no_sense_is_an_error_and_changes_nothing(line: str) -> None:
    subject, book, done = _language()
    assert subject.obey(line).startswith("error ")
    assert not book.is_on("mute")
    assert not done


def test_help_names_every_word_on_one_line() -> None:
    subject, _, _ = _language()
    answer = subject.obey("help")
    assert answer.startswith("ok ")
    assert "mute [N]" in answer
    assert "lift_card" in answer
    assert "\n" not in answer


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_one_line_back(line: str) -> None:
    answer = _language()[0].obey(line)
    assert answer.startswith(("ok", "error "))
    assert len(answer.splitlines()) == 1


def test_two_words_of_one_name_are_a_bug() -> None:
    word = plain_word("a", "b", lambda: None)
    with pytest.raises(ValueError, match="two words"):
        FaultLanguage((word, word))


@pytest.mark.parametrize("text", ["", "1.5", "nan", "²", "11", "-1"])
def test_whole_numbers_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole number from 0 to 10"):
        whole_number(text, 0, 10)


@pytest.mark.parametrize("text", ["", "nan", "inf", "-0.1", "1.1", "one"])
def test_numbers_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number from 0 to 1"):
        number(text, 0.0, 1.0)
