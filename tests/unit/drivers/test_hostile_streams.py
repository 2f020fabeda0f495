"""Some streams for each parser; ``python -m benchmarks.hostile_streams`` gives each a hundred thousand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.hostile.mutation import streams
from tests.helpers.hostile.targets import Target, Violated, demand, targets

_STREAMS = 400


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_no_mutated_stream_raises_or_passes_for_what_it_is_not(target: Target) -> None:
    chance = random.Random(4)
    for stream in streams(target.seeds, _STREAMS, seed=20261126):
        target.check(stream, chance)


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_every_good_stream_passes(target: Target) -> None:
    for stream in target.seeds:
        target.check(stream, random.Random(0))


@given(st.data())
@settings(max_examples=150)
def test_no_bytes_at_all_make_a_parser_raise(data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(targets()))
    seed = data.draw(st.sampled_from(target.seeds))
    stream = (
        data.draw(st.binary(max_size=600)) + seed[: data.draw(st.integers(0, len(seed)))] + data.draw(st.binary(max_size=600))
    )
    target.check(stream, random.Random(data.draw(st.integers(0, 99))))


def test_a_broken_word_is_noticed() -> None:
    with pytest.raises(Violated, match="so it is"):
        demand(False, "so it is")


def test_the_same_seed_gives_the_same_streams() -> None:
    assert list(streams((b"abc",), 50, 1)) == list(streams((b"abc",), 50, 1))
    assert len(set(streams((b"abcdefgh",), 50, 1))) > 30
