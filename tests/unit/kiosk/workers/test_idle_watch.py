"""Idle warning and wipe, by timers made short."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QEventPoint, QKeyEvent, QPointingDevice, QTouchEvent
from pytestqt.qtbot import QtBot

from kiosk.flow.states import Step
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
