"""Idle warning and wipe, by timers made short."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
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
