"""Lines from a descriptor: whole ones, when they are there, without waiting."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from drivers.emulation.lines import LineSource, standard_input


@pytest.fixture
def pipe() -> Iterator[tuple[int, list[int]]]:
    reading, writing = os.pipe()
    still_open = [writing]
    yield reading, still_open
    os.close(reading)
    for descriptor in still_open:
        os.close(descriptor)


def test_gives_whole_lines_and_keeps_the_rest(pipe: tuple[int, list[int]]) -> None:
    reading, (writing,) = pipe
    subject = LineSource(reading)
    os.write(writing, b"one\r\ntwo\nthr")
    assert subject.take() == [b"one", b"two"]
    assert subject.take() == []
    os.write(writing, b"ee\n")
    assert subject.take() == [b"three"]


def test_the_last_line_needs_no_end(pipe: tuple[int, list[int]]) -> None:
    reading, still_open = pipe
    subject = LineSource(reading)
    os.write(still_open[0], b"last")
    os.close(still_open.pop())
    assert subject.take() == [b"last"]
    assert subject.take() == []


def test_a_line_without_end_is_dropped_at_the_cap(pipe: tuple[int, list[int]]) -> None:
    reading, (writing,) = pipe
    subject = LineSource(reading)
    for _ in range(3):
        os.write(writing, b"x" * 30_000)
        assert subject.take() == []
    os.write(writing, b"\nshort\n")
    assert subject.take()[-1] == b"short"


def test_no_descriptor_says_nothing() -> None:
    assert LineSource(None).take() == []


def test_a_process_without_standard_input_gets_a_silent_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert standard_input().take() == []
