"""The benchmark of the screens: what it counts is right, and what it touches is what is there."""

from __future__ import annotations

import pytest

from benchmarks.ui.__main__ import missed
from benchmarks.ui.plan import DeadEnd, Wish, touches
from benchmarks.ui.resident import Visited
from benchmarks.ui.visits import change_ms, most_used
from kiosk.flow.states import Step

WISH = Wish("item", shelf="shelf")


def test_a_change_counts_from_the_lifted_finger_or_else_from_its_event() -> None:
    visit = Visited("item", "elder", begun_s=10.0, releases_s=[11.0])
    changes = [
        {"before": "idle", "after": "home", "event_s": 9.0, "painted_s": 9.5},
        {"before": "home", "after": "guide", "event_s": 11.01, "painted_s": 11.03},
        {"before": "guide", "after": "card", "event_s": 11.1, "painted_s": 11.12},
        {"before": "card", "after": "face", "event_s": 12.0, "painted_s": 12.01},
    ]
    found = change_ms([visit], changes)
    assert [words for words, _ in found] == ["home to guide", "guide to card", "card to face"]
    assert [ms for _, ms in found] == pytest.approx([30.0, 20.0, 10.0])


def test_a_matter_that_is_not_on_the_front_is_found_on_its_shelf() -> None:
    assert touches(Step.HOME, None, WISH, lambda _name: True) == ("item:item",)
    assert touches(Step.HOME, None, WISH, lambda _name: False) == ("shelf:shelf",)


def test_a_matter_that_does_not_go_on_is_not_counted_as_done() -> None:
    with pytest.raises(DeadEnd):
        touches(Step.NOT_ACCEPTED, None, WISH, lambda _name: True)


def test_limits_that_are_not_kept_are_named() -> None:
    assert missed({"first_picture_s": 1.5, "touches": {"a": 12}, "without_feedback": []}) == []
    broken = missed({"first_picture_s": 1.6, "touches": {"a": 13}, "without_feedback": ["idle x"]})
    assert len(broken) == 3


def test_the_most_used_matters_are_five_and_have_their_places() -> None:
    matters = most_used()
    assert len({matter.code for matter in matters}) == 5
    assert all(matter.shelf for matter in matters)
