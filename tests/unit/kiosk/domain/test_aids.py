"""Aids keep within their limits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.aids import MAX_RATE, MAX_VOLUME, MIN_RATE, MIN_VOLUME, PLAIN, Aids, Voice


def test_elder_mode_speaks_and_ends_silent_unless_headphones_were_chosen() -> None:
    elder = PLAIN.switch_elder()
    assert (elder.elder, elder.voice) == (True, Voice.ALOUD)
    assert elder.switch_elder() == PLAIN
    private = Aids(voice=Voice.HEADPHONES)
    assert private.switch_elder() == Aids(elder=True, voice=Voice.HEADPHONES)
    assert private.switch_elder().switch_elder() == private


@given(st.lists(st.integers(-9, 9), max_size=20))
def test_pace_and_volume_stay_within_their_limits(steps: list[int]) -> None:
    aids = PLAIN
    for step in steps:
        aids = aids.paced(aids.rate + step).louder(step)
        assert MIN_RATE <= aids.rate <= MAX_RATE
        assert MIN_VOLUME <= aids.volume <= MAX_VOLUME
