"""Idle warning and wipe, by timers made short."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QEventPoint, QKeyEvent, QPointingDevice, QTouchEvent
from pytestqt.qtbot import QtBot

from kiosk.flow.states import Quiet, Step
from kiosk.workers.idle_watch import IdleWatch


@pytest.fixture
def subject(qtbot: QtBot) -> IdleWatch:
    return IdleWatch(warning_s=0.15, countdown_s=0.15)


def test_quiet_leads_to_a_warning_and_then_to_the_end(subject: IdleWatch, qtbot: QtBot) -> None:
    with qtbot.waitSignals([subject.warned, subject.ended], timeout=10_000, order="strict"):
        subject.enter(Step.FORM)


def test_a_sign_of_life_before_the_warning_starts_the_time_anew(subject: IdleWatch, qtbot: QtBot) -> None:
    subject.enter(Step.FORM)
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    before = subject._warning.remainingTime()
    qtbot.wait(60)
    assert subject._warning.remainingTime() < before - 20
    assert not subject.eventFilter(QObject(), key)
    assert subject._warning.remainingTime() > before - 20


def test_during_the_countdown_only_the_answer_counts(subject: IdleWatch, qtbot: QtBot) -> None:
    with qtbot.waitSignal(subject.warned, timeout=10_000):
        subject.enter(Step.FORM)
    subject.eventFilter(QObject(), QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier))
    assert subject._countdown.isActive()
    subject.seen()
    assert not subject._countdown.isActive()


@pytest.mark.parametrize("step", [Step.IDLE, Step.OUT_OF_SERVICE, Step.COMMITTING, Step.DELIVERING])
def test_nobody_is_waited_for_at_rest_or_while_the_store_works(subject: IdleWatch, qtbot: QtBot, step: Step) -> None:
    subject.enter(Step.FORM)
    subject.enter(step)
    with qtbot.assertNotEmitted(subject.warned, wait=400):
        pass


def test_whoever_looks_for_a_telephone_gets_twice_the_time(subject: IdleWatch) -> None:
    subject.enter(Step.CARD)
    once = subject._warning.interval()
    subject.enter(Step.SMS)
    assert subject._warning.interval() == 2 * once
    subject.seen()
    assert subject._warning.interval() == 2 * once
    subject.enter(Step.FORM)
    assert subject._warning.interval() == once


def _lets_time_pass(subject: IdleWatch, qtbot: QtBot, event: QEvent) -> bool:
    subject.enter(Step.FORM)
    qtbot.wait(60)
    before = subject._warning.remainingTime()
    subject.eventFilter(QObject(), event)
    return subject._warning.remainingTime() <= before


def _touch(kind: QEvent.Type, *states: QEventPoint.State) -> QTouchEvent:
    points = [QEventPoint(number, state, QPointF(9, 9), QPointF(9, 9)) for number, state in enumerate(states)]
    return QTouchEvent(kind, QPointingDevice(), Qt.KeyboardModifier.NoModifier, points)


def test_a_drop_of_water_on_the_screen_does_not_keep_a_visit_open(subject: IdleWatch, qtbot: QtBot) -> None:
    """A touch that never ends, trembling or not, is nobody."""
    still, moving, pressed = QEventPoint.State.Stationary, QEventPoint.State.Updated, QEventPoint.State.Pressed
    assert _lets_time_pass(subject, qtbot, _touch(QEvent.Type.TouchUpdate, still))
    assert _lets_time_pass(subject, qtbot, _touch(QEvent.Type.TouchUpdate, moving))
    assert not _lets_time_pass(subject, qtbot, _touch(QEvent.Type.TouchBegin, pressed))
    assert not _lets_time_pass(subject, qtbot, _touch(QEvent.Type.TouchUpdate, still, pressed)), "a finger besides the drop"


def test_something_that_lies_on_the_keypad_does_not_keep_a_visit_open(subject: IdleWatch, qtbot: QtBot) -> None:
    def key(*, repeats: bool) -> QKeyEvent:
        return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, "", repeats)

    assert _lets_time_pass(subject, qtbot, key(repeats=True))
    assert not _lets_time_pass(subject, qtbot, key(repeats=False))


def test_who_needs_more_time_gets_twice_as_much(subject: IdleWatch) -> None:
    subject.enter(Step.FORM)
    once = subject._warning.interval()
    subject.set_patience(2)
    assert subject._warning.interval() == 2 * once
    subject.enter(Step.SMS)
    assert subject._warning.interval() == 4 * once
    subject.enter(Step.FAREWELL)
    subject.enter(Step.IDLE)
    subject.enter(Step.HOME)
    assert subject._warning.interval() == once, "the next resident has not asked for it"


def test_a_long_visit_is_warned_of_and_goes_on_when_somebody_wants_it(qtbot: QtBot) -> None:
    subject = IdleWatch(warning_s=5.0, countdown_s=5.0, limit_s=0.15)
    with qtbot.waitSignal(subject.warned, timeout=10_000) as warned:
        subject.enter(Step.FORM)
    assert warned.args == [Quiet.LONG]
    subject.seen()
    assert not subject._countdown.isActive()
    with qtbot.waitSignal(subject.warned, timeout=10_000) as warned:
        pass
    assert warned.args == [Quiet.LONG], "as often as it takes"


def test_steps_and_touches_do_not_put_the_limit_off(qtbot: QtBot) -> None:
    subject = IdleWatch(warning_s=5.0, countdown_s=5.0, limit_s=0.3)
    with qtbot.waitSignal(subject.warned, timeout=10_000) as warned:
        subject.enter(Step.FORM)
        before = subject._session.remainingTime()
        qtbot.wait(60)
        subject.enter(Step.PAPERS)
        subject.seen()
        assert subject._session.remainingTime() <= before - 40
    assert warned.args == [Quiet.LONG]


def test_nobody_answers_and_a_long_visit_ends(qtbot: QtBot) -> None:
    subject = IdleWatch(warning_s=5.0, countdown_s=0.1, limit_s=0.1)
    with qtbot.waitSignals([subject.warned, subject.ended], timeout=10_000, order="strict"):
        subject.enter(Step.FORM)


def test_no_case_is_warned_of_while_it_is_stored(qtbot: QtBot) -> None:
    subject = IdleWatch(warning_s=5.0, countdown_s=5.0, limit_s=0.1)
    subject.enter(Step.SIGN)
    subject.enter(Step.COMMITTING)
    with qtbot.assertNotEmitted(subject.warned, wait=300):
        pass
    assert subject._session.isActive()
    with qtbot.waitSignal(subject.warned, timeout=10_000):
        subject.enter(Step.SLIP)


def test_an_empty_place_is_asked_about_at_once_and_never_ended_without(subject: IdleWatch, qtbot: QtBot) -> None:
    subject.enter(Step.FORM)
    with qtbot.waitSignal(subject.warned, timeout=10_000) as warned, qtbot.assertNotEmitted(subject.ended, wait=0):
        subject.nobody_seen()
    assert warned.args == [Quiet.AWAY]
    with qtbot.assertNotEmitted(subject.warned, wait=0):
        subject.nobody_seen()
    with qtbot.waitSignal(subject.ended, timeout=10_000):
        pass


@pytest.mark.parametrize("step", [Step.IDLE, Step.COMMITTING, Step.FAREWELL])
def test_where_nobody_is_waited_for_an_empty_place_is_no_matter(subject: IdleWatch, qtbot: QtBot, step: Step) -> None:
    subject.enter(step)
    with qtbot.assertNotEmitted(subject.warned, wait=50):
        subject.nobody_seen()


def test_the_time_left_is_told_every_second_of_a_visit(qtbot: QtBot) -> None:
    subject = IdleWatch(warning_s=45.0, countdown_s=20.0)
    assert subject.seconds_left == math.inf
    told: list[int] = []
    subject.left.connect(told.append)
    subject.enter(Step.FORM)
    qtbot.waitUntil(lambda: len(told) >= 2, timeout=10_000)
    assert 42 <= told[0] <= 45
    assert told[0] - 3 <= told[1] < told[0]
    subject.nobody_seen()
    assert 19 <= told[-1] <= 20
    subject.enter(Step.FAREWELL)
    assert subject.seconds_left == math.inf
    assert not subject._teller.isActive()
