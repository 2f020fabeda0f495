"""What is told of a wait, and when."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from kiosk.domain.language import Language
from kiosk.domain.waiting import Patience, Wait
from kiosk.flow.waits import WaitView, Way
from ui.look import Look
from ui.theme.tokens import MM_PER_PX_27_INCH, MOTION, Metrics, Motion
from ui.widgets import waiting as waiting_module
from ui.widgets.waiting import Drops, Waiting
from ui.widgets.words import Words

LOOK = Look(Metrics.of_pitch(MM_PER_PX_27_INCH), Language.ZH, "12345")


@pytest.fixture
def subject(qtbot: QtBot) -> Waiting:
    waiting = Waiting(LOOK)
    qtbot.addWidget(waiting)
    return waiting


def _told(waiting: Waiting) -> str:
    (words,) = waiting.findChildren(Words)
    return words.text()


def _moves(waiting: Waiting) -> bool:
    (drops,) = waiting.findChildren(Drops)
    return drops.isVisible()


def _wait(kind: Wait = Wait.STORING, way: Way = Way.BACK, **patience: float) -> WaitView:
    return WaitView(Patience(kind, **patience), way)


def test_nothing_to_wait_for_is_hidden(subject: Waiting) -> None:
    subject.expect(_wait(elapsed_s=1.0))
    assert subject.isVisible()
    subject.expect(None)
    assert not subject.isVisible()


def test_what_is_over_within_300_ms_is_not_told(subject: Waiting, qtbot: QtBot) -> None:
    subject.expect(_wait(usual_s=2.0))
    assert subject.isVisible()
    assert (_told(subject), _moves(subject)) == ("", False)
    qtbot.waitUntil(lambda: _told(subject) == "通常 2 秒左右" and _moves(subject), timeout=5_000)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (_wait(elapsed_s=1.0, usual_s=0.2), "通常 1 秒左右"),
        (_wait(elapsed_s=1.0, usual_s=3.4, at_most_s=20.0), "通常 3 秒左右"),
        (_wait(elapsed_s=1.0, at_most_s=6.0), "最多等 6 秒"),
        (_wait(elapsed_s=1.0), "请稍等"),
        (_wait(Wait.CARD, elapsed_s=1.0, usual_s=3.0, at_most_s=30.0), "不着急，机器会等您 30 秒"),
        (_wait(Wait.CARD, elapsed_s=90.0, at_most_s=30.0), "不着急，机器会等您 30 秒"),
    ],
)
def test_how_long(subject: Waiting, wait: WaitView, words: str) -> None:
    subject.expect(wait)
    assert _told(subject) == words


@pytest.mark.parametrize("way", list(Way))
def test_what_takes_longer_says_so_with_a_way_on(subject: Waiting, way: Way) -> None:
    subject.expect(_wait(way=way, elapsed_s=60.0, usual_s=1.0))
    assert subject.is_late
    assert _told(subject) == LOOK.say(f"wait.late.{way}", phone="12345")
    assert "比预计的慢" in _told(subject)


def test_the_screen_hears_once_that_it_is_late(subject: Waiting, qtbot: QtBot) -> None:
    heard: list[bool] = []
    subject.late.connect(lambda: heard.append(True))
    subject.expect(_wait(elapsed_s=3.9, usual_s=1.0))
    assert (subject.is_late, heard) == (False, [])
    qtbot.waitUntil(lambda: bool(heard), timeout=5_000)
    qtbot.wait(3 * MOTION.waiting_looks)
    assert heard == [True]


def test_nothing_moves_where_nothing_shall(subject: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_module, "MOTION", Motion(is_allowed=False))
    subject.expect(_wait(elapsed_s=1.0, usual_s=2.0))
    (drops,) = subject.findChildren(Drops)
    assert not drops._timer.isActive()
    assert _told(subject) == "通常 2 秒左右"


def test_what_is_hidden_keeps_no_timer_running(subject: Waiting) -> None:
    subject.expect(_wait(elapsed_s=1.0))
    subject.hide()
    assert not subject._timer.isActive()
    subject.show()
    assert subject._timer.isActive()
