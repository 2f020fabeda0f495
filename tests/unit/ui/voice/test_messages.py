"""The line between the terminal and its process for sound."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.domain.language import Language
from ui.voice import messages
from ui.voice.messages import Began, Finished, Play, Ready, Say, Stop, Trouble


@pytest.mark.parametrize("order", [Say(3, "一\n二", Language.ZH, -2, 0.4), Stop(), Play("next", 0.7)])
def test_an_order_comes_as_it_went_in_one_line(order: messages.ToEngine) -> None:
    line = messages.write(order)
    assert line.count(b"\n") == 1
    assert messages.read_order(line) == order


@pytest.mark.parametrize("answer", [Ready("mock", {Language.EN: "Ann"}), Trouble("speech.no_engine"), Began(1), Finished(1)])
def test_an_answer_comes_as_it_went(answer: messages.FromEngine) -> None:
    assert messages.read_answer(messages.write(answer)) == answer


@pytest.mark.parametrize("line", [b"", b"{}", b'{"do":"shout"}', b'{"do":"say","number":"x"}', b"\xff\n"])
def test_nonsense_is_told_from_orders(line: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        messages.read_order(line)


def test_words_do_not_get_into_logs() -> None:
    assert "secret" not in repr(Say(1, "secret", Language.EN))
