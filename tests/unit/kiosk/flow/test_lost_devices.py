"""A reader or camera that goes away in the middle of its step, as the machine sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import machine
from kiosk.flow.context import Context
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState, Step
from kiosk.readiness import Facts, assess
from tests.helpers.people import FACE, SENIOR, STAFF, TODAY, all_ready, sample_catalogue, sample_person, sample_portrait

CATALOGUE = sample_catalogue()
FINE = dict.fromkeys(("id_card_reader", "camera", "receipt_printer", "barcode_scanner"), "")
LOST_CARD, LOST_FACE = ev.CardFailed("card.reader_lost"), ev.ProofFailed("face.camera_lost")


class Visitor:
    """Drives the machine; devices come and go by name."""

    def __init__(self, *events: ev.Event) -> None:
        self.session = SessionContext()
        self.readiness = all_ready(CATALOGUE)
        self.state = FlowState()
        self.does(ev.Touched(), ev.ItemChosen(SENIOR), ev.Continue(), ev.ConsentAnswered(True), *events)

    def does(self, *events: ev.Event) -> tuple[fx.Effect, ...]:
        asked: list[fx.Effect] = []
        for event in events:
            context = Context(CATALOGUE, self.readiness, self.session, TODAY)
            self.state, effects = machine.step(self.state, event, context)
            asked += effects
            for effect in effects:
                if isinstance(effect, fx.SessionEffect):
                    self.session.apply(effect, now_ms=1)
        return tuple(asked)

    def hears(self, **troubles: str) -> tuple[fx.Effect, ...]:
        self.readiness = assess(Facts(devices=FINE | troubles), CATALOGUE)
        return self.does(ev.ServiceChanged(not troubles))


def _at_card() -> Visitor:
    return Visitor(ev.RouteChosen(STAFF))


def _at_face() -> Visitor:
    return Visitor(ev.RouteChosen(FACE), ev.ConsentAnswered(True), ev.CardWasRead(sample_person(), sample_portrait()))


CASES = [
    pytest.param(_at_card, "id_card_reader", LOST_CARD, fx.ReadCard(), Step.CARD, id="reader"),
    pytest.param(_at_face, "camera", LOST_FACE, fx.MatchFace(), Step.FACE, id="camera"),
]


@pytest.mark.parametrize(("begin", "device", "failure", "effect", "step"), CASES)
class TestLost:
    def test_the_step_goes_on_by_itself_when_the_device_is_back(
        self, begin: Callable[[], Visitor], device: str, failure: ev.Event, effect: fx.Effect, step: Step
    ) -> None:
        subject = begin()
        assert subject.hears(**{device: "disconnected"}) == ()
        assert subject.does(failure) == ()
        assert (subject.state.step, subject.state.busy, subject.state.reason) == (step, False, failure.reason)  # type: ignore[union-attr]
        assert subject.hears() == (effect,)
        assert (subject.state.step, subject.state.busy, subject.state.reason) == (step, True, "")

    def test_a_device_that_is_back_before_the_failure_is_heard_is_used_at_once(
        self, begin: Callable[[], Visitor], device: str, failure: ev.Event, effect: fx.Effect, step: Step
    ) -> None:
        subject = begin()
        subject.hears(**{device: "disconnected"})
        assert subject.hears() == ()  # the present attempt still runs
        assert subject.does(failure) == (effect,)

    def test_without_a_loss_that_was_seen_nothing_starts_by_itself(
        self, begin: Callable[[], Visitor], device: str, failure: ev.Event, effect: fx.Effect, step: Step
    ) -> None:
        """Else a device that is fine by its own account and fails every call would be asked without end."""
        subject = begin()
        assert subject.does(failure) == ()
        assert not subject.state.busy
        assert subject.does(ev.TryAgain()) == (effect,)
        assert subject.does(failure) == ()

    def test_other_failures_are_left_to_the_resident(
        self, begin: Callable[[], Visitor], device: str, failure: ev.Event, effect: fx.Effect, step: Step
    ) -> None:
        subject = begin()
        subject.hears(**{device: "disconnected"})
        subject.does(replace(failure, reason=f"{step.value}.timed_out"))  # type: ignore[type-var]
        assert subject.hears() == ()
        assert subject.does(ev.TryAgain()) == (effect,)

    def test_devices_are_no_sign_of_life(
        self, begin: Callable[[], Visitor], device: str, failure: ev.Event, effect: fx.Effect, step: Step
    ) -> None:
        subject = begin()
        subject.does(ev.IdleWarned())
        subject.hears(**{device: "disconnected"})
        subject.does(failure)
        subject.hears()
        assert subject.state.idle_warning
        subject.does(ev.IdleEnded())
        assert subject.state.step is Step.FAREWELL


def test_a_lost_camera_costs_no_try() -> None:
    subject = _at_face()
    for _ in range(5):
        subject.does(LOST_FACE, ev.TryAgain())
    assert (subject.state.step, subject.state.tries_of(FACE)) == (Step.FACE, 0)
    subject.does(*[ev.ProofFailed("face.no_match"), ev.TryAgain()] * 2, ev.ProofFailed("face.no_match"))
    assert subject.state.step is Step.ROUTE


@pytest.mark.parametrize("device", ["receipt_printer", "barcode_scanner"])
def test_other_devices_do_not_disturb_the_step(device: str) -> None:
    for begin in (_at_card, _at_face):
        subject = begin()
        before = subject.state
        assert subject.hears(**{device: "disconnected"}) == ()
        assert subject.hears() == ()
        assert subject.state == before
