"""Compressed bodies: whole frames only, and never more than the limit."""

from __future__ import annotations

import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.compression import zstd
from fleet.api.encoding import Garbled, TooLarge, decompress

LIMIT = 100_000


@given(content=st.binary(max_size=5000))
def test_what_was_compressed_comes_back(content: bytes) -> None:
    assert decompress(zstd.compress(content), LIMIT) == content


@pytest.mark.parametrize("size", [0, 1, LIMIT - 1, LIMIT])
def test_content_up_to_the_limit_is_taken(size: int) -> None:
    content = os.urandom(size)
    assert decompress(zstd.compress(content), LIMIT) == content


@pytest.mark.parametrize("size", [LIMIT + 1, 10 * LIMIT])
def test_content_beyond_the_limit_is_too_large(size: int) -> None:
    with pytest.raises(TooLarge):
        decompress(zstd.compress(os.urandom(size)), LIMIT)


def test_a_bomb_costs_no_more_than_the_limit() -> None:
    bomb = zstd.compress(bytes(500_000_000), level=3)
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            decompress(bomb, LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_frame_that_wants_too_large_a_window_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: False}
    compressor = zstd.ZstdCompressor(options=options)
    frame = compressor.compress(b"x" * 1000) + compressor.flush()
    with pytest.raises(Garbled):
        decompress(frame, LIMIT)


@given(garbage=st.binary(max_size=200))
def test_garbage_is_told(garbage: bytes) -> None:
    with pytest.raises((Garbled, TooLarge)):
        decompress(b"\0" + garbage, LIMIT)


@given(cut=st.integers(min_value=0, max_value=400))
def test_a_frame_cut_short_is_told(cut: int) -> None:
    frame = zstd.compress(bytes(range(256)) * 2)
    with pytest.raises(Garbled):
        decompress(frame[: min(cut, len(frame) - 1)], LIMIT)


def test_bytes_after_the_frame_are_told() -> None:
    for rest in (b"x", zstd.compress(b"another")):
        with pytest.raises(Garbled):
            decompress(zstd.compress(b"one") + rest, LIMIT)
