"""Time that a developer lets pass brings warnings and ends as true time does, and skips none."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from kiosk.flow.states import Quiet, Step
from kiosk.workers.idle_watch import IdleWatch


def test_time_that_is_let_pass_brings_the_warning_and_then_the_end(qtbot: QtBot) -> None:
    subject = IdleWatch(warning_s=3600, countdown_s=3600, limit_s=1e6)
    subject.enter(Step.FORM)
    subject.advance(1800)
    assert 0 < subject._warning.remainingTime() <= 1_800_000
    with qtbot.waitSignal(subject.warned, timeout=10_000) as warned, qtbot.assertNotEmitted(subject.ended):
        subject.advance(86_400)
    assert warned.args == [Quiet.IDLE]
    assert subject._countdown.remainingTime() > 3_500_000
    with qtbot.waitSignal(subject.ended, timeout=10_000):
        subject.advance(3600)
    subject.enter(Step.IDLE)


def test_a_long_visit_is_warned_of_as_well(qtbot: QtBot) -> None:
    subject = IdleWatch(warning_s=3600, countdown_s=3600, limit_s=1800)
    subject.enter(Step.FORM)
    with qtbot.waitSignal(subject.warned, timeout=10_000) as warned:
        subject.advance(2000)
    assert warned.args == [Quiet.LONG]
    subject.enter(Step.IDLE)


def test_at_rest_no_time_passes_that_anybody_is_waited_for(qtbot: QtBot) -> None:
    subject = IdleWatch(warning_s=0.15, countdown_s=0.15)
    subject.enter(Step.IDLE)
    with qtbot.assertNotEmitted(subject.warned, wait=100):
        subject.advance(3600)
