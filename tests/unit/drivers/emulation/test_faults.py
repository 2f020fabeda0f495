from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.emulation.faults import FaultBook


@given(st.integers(0, 20), st.integers(0, 25))
def test_a_counted_fault_happens_as_often_as_ordered(ordered: int, asked: int) -> None:
    subject = FaultBook()
    subject.inject("mute", ordered)
    assert [subject.takes("mute") for _ in range(asked)] == [turn < ordered for turn in range(asked)]


def test_without_a_number_it_goes_on_until_cleared() -> None:
    subject = FaultBook()
    subject.inject("mute")
    assert all(subject.takes("mute") for _ in range(50))
    subject.clear()
    assert not subject.takes("mute")


def test_looking_does_not_count() -> None:
    subject = FaultBook()
    subject.inject("mute", 1)
    assert subject.is_on("mute")
    assert subject.takes("mute")
    assert not subject.is_on("mute")


def test_a_new_order_replaces_the_old_one() -> None:
    subject = FaultBook()
    subject.inject("mute")
    subject.inject("mute", 0)
    assert not subject.takes("mute")
