"""A card that lies on the reader still, as the machine and its screens see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.identity import Route
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.attention import Attention, Sounds
from kiosk.flow.card_events import LEFT_BEHIND, CardAbandoned, CardLifted
from kiosk.flow.farewell_views import FarewellView
from kiosk.flow.presenter import present
from kiosk.flow.progress_events import NumberGiven, ProgressOpened
from kiosk.flow.states import Step
from tests.helpers.people import FACE, SENIOR, STAFF, sample_person
from tests.helpers.visitor import CODE, Visitor


def lies(visitor: Visitor, card_lies: bool = True) -> Visitor:
    visitor.context = replace(visitor.context, card_lies=card_lies)
    return visitor


def test_nobody_is_served_while_the_card_of_the_last_resident_lies_there() -> None:
    visitor = lies(Visitor().identifies(SENIOR, STAFF))
    visitor.does(ev.Quit())
    assert visitor.shown() == FarewellView(card_lies=True)
    visitor.does(ev.FarewellOver(), ev.Touched(), CardLifted())
    assert visitor.state.step is Step.FAREWELL
    lies(visitor, False).does(ev.FarewellOver())
    assert visitor.state.step is Step.IDLE


def test_a_card_for_which_nobody_comes_keeps_nobody_out_for_ever() -> None:
    visitor = lies(Visitor().identifies(SENIOR, STAFF)).does(ev.Quit(), CardAbandoned())
    assert visitor.state.step is Step.IDLE
    assert visitor.session.is_empty


@pytest.mark.parametrize("route", [STAFF, FACE])
def test_the_card_of_an_earlier_visit_is_refused_and_the_own_one_read_by_itself(route: Route) -> None:
    visitor = Visitor().chooses(SENIOR, route)
    if route is FACE:
        visitor.does(ev.ConsentAnswered(True))
    visitor.does(ev.CardFailed(LEFT_BEHIND))
    assert (visitor.state.step, visitor.state.reason, visitor.state.busy) == (Step.CARD, LEFT_BEHIND, False)
    assert not visitor.state.tries
    asked = visitor.asked_for(fx.ReadCard)
    visitor.does(CardLifted())
    assert visitor.asked_for(fx.ReadCard) == asked + 1
    assert (visitor.state.reason, visitor.state.busy) == ("", True)
    visitor.does(CardLifted())
    assert visitor.asked_for(fx.ReadCard) == asked + 1


def test_so_it_is_where_only_the_progress_of_a_case_is_asked() -> None:
    visitor = Visitor()
    visitor.context = replace(visitor.context, read_number=lambda text: text)
    visitor.does(ev.Touched(), ProgressOpened(), NumberGiven("3303042611270001000017"), ev.CardFailed(LEFT_BEHIND))
    assert visitor.state.step is Step.PROGRESS_CARD
    asked = visitor.asked_for(fx.ReadCard)
    visitor.does(CardLifted())
    assert visitor.asked_for(fx.ReadCard) == asked + 1


def test_another_failure_is_not_mended_by_lifting_a_card() -> None:
    visitor = Visitor().chooses(SENIOR, STAFF).does(ev.CardFailed("card.unreadable"))
    asked = visitor.asked_for(fx.ReadCard)
    visitor.does(CardLifted())
    assert (visitor.asked_for(fx.ReadCard), visitor.state.reason) == (asked, "card.unreadable")


def take_card(visitor: Visitor) -> bool:
    return present(visitor.state, visitor.context).chrome.take_card


def test_a_card_that_has_done_its_work_is_asked_for_in_the_middle_of_the_visit() -> None:
    visitor = lies(Visitor().chooses(SENIOR, STAFF))
    assert not take_card(visitor)
    visitor.does(ev.CardWasRead(sample_person(), None))
    assert visitor.state.step is Step.STAFF
    assert not take_card(visitor), "who confirms compares the card with its holder"
    visitor.does(ev.StaffCodeEntered("1001", "246810"), ev.PersonProved(_proof()))
    assert visitor.state.step is Step.FORM
    assert take_card(visitor)
    assert not take_card(lies(visitor, False))


def _proof() -> ev.Proof:
    return ev.Proof(STAFF, STAFF.level)


def test_who_identified_by_telephone_is_told_of_no_card_that_does_not_lie_there() -> None:
    assert not take_card(Visitor().identifies(SENIOR, CODE))


def test_each_sound_is_made_once_for_what_has_come_up() -> None:
    sounds = Sounds()
    visitor = lies(Visitor().identifies(SENIOR, STAFF))
    heard = [sounds.of(present(visitor.state, visitor.context)) for _ in range(2)]
    visitor.does(ev.IdleWarned())
    heard += [sounds.of(present(visitor.state, visitor.context)) for _ in range(2)]
    visitor.does(ev.Quit())
    heard += [sounds.of(present(visitor.state, visitor.context)) for _ in range(2)]
    assert heard == [(Attention.TAKE_CARD,), (), (Attention.STILL_THERE,), (), (Attention.CARD_LEFT,), ()]
