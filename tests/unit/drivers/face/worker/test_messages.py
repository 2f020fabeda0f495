"""Every value arrives as it was sent; nothing else is taken for a message."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.face.factory import FaceSettings
from drivers.face.types import (
    Action,
    CameraSilent,
    Comparison,
    EngineLost,
    FaceTrouble,
    FaceVerification,
    LivenessProgress,
    LivenessResult,
    LivenessSummary,
    NotLive,
    NotMatching,
    NoUsableFace,
    PictureRole,
    UnusablePicture,
    VerificationStopped,
    Verified,
)
from drivers.face.worker import messages
from drivers.face.worker.messages import BadMessage, ChallengeSettings, Progress, Settings

_numbers = st.floats(allow_nan=False, width=64)
_words = st.text(max_size=40)
_comparisons = st.builds(Comparison, _numbers, _numbers, st.booleans(), _words, _numbers, st.booleans(), _words)
_summaries = st.builds(
    LivenessSummary,
    st.lists(st.sampled_from(Action), max_size=4).map(tuple),
    st.integers(0, 20),
    st.dictionaries(_words, _numbers, max_size=8),
    _numbers,
    _numbers,
    _words,
)
_outcomes = st.one_of(
    st.builds(Verified, _comparisons, _summaries),
    st.builds(NotMatching, _comparisons, _summaries),
    st.builds(NotLive, st.sampled_from(LivenessResult), _words),
    st.builds(UnusablePicture, st.sampled_from(PictureRole), st.builds(NoUsableFace, st.sampled_from(FaceTrouble), _words)),
    st.just(CameraSilent()),
    st.builds(VerificationStopped, st.booleans()),
    st.just(EngineLost()),
)
_bytes = st.integers(0, 255)
_progress = st.builds(
    LivenessProgress,
    st.none() | st.sampled_from(Action),
    st.integers(0, 4),
    st.integers(1, 4),
    st.booleans(),
    _words,
    st.none() | st.tuples(_bytes, _bytes, _bytes),
)


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with here, there:
        yield here, there


_same_line = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@_same_line
@given(_outcomes)
def test_every_outcome_arrives_as_it_was(line: tuple[socket.socket, socket.socket], outcome: FaceVerification) -> None:
    messages.send(line[0], messages.outcome_of(outcome))
    arrived = messages.receive_in_terminal(line[1])
    assert isinstance(arrived, messages.Outcome)
    assert messages.value_of(arrived) == outcome


@_same_line
@given(_progress)
def test_progress_arrives_as_it_was(line: tuple[socket.socket, socket.socket], progress: LivenessProgress) -> None:
    messages.send(line[0], Progress.of(progress))
    arrived = messages.receive_in_terminal(line[1])
    assert isinstance(arrived, Progress)
    assert arrived.value() == progress


def test_settings_arrive_as_they_were(line: tuple[socket.socket, socket.socket]) -> None:
    face = FaceSettings("fused", Path("/models/a.tflite"), None, Path("/models/b.onnx"))
    messages.send(line[0], Settings.of(face, ChallengeSettings(actions=2, screen_light=False)))
    arrived = messages.receive_in_worker(line[1])
    assert isinstance(arrived, Settings)
    assert arrived.face() == face
    assert arrived.challenge == ChallengeSettings(actions=2, screen_light=False)


@_same_line
@given(st.binary(min_size=1, max_size=200))
def test_rubbish_is_never_a_message_or_an_error_of_another_kind(line: tuple[socket.socket, socket.socket], packet: bytes) -> None:
    for receive in (messages.receive_in_worker, messages.receive_in_terminal):
        line[0].send(packet)
        with contextlib.suppress(BadMessage):
            receive(line[1])


def test_a_packet_that_is_too_long_is_no_message(line: tuple[socket.socket, socket.socket]) -> None:
    refused = messages.Refused(LivenessResult.ATTACK, "x" * 2 * messages.LONGEST_BYTES)
    messages.send(line[0], refused)
    with pytest.raises(BadMessage):
        messages.receive_in_terminal(line[1])


def test_the_end_of_the_line_is_told(line: tuple[socket.socket, socket.socket]) -> None:
    line[0].close()
    with pytest.raises(BadMessage):
        messages.receive_in_worker(line[1])
    with pytest.raises(BadMessage):
        messages.send(line[1], messages.Silent())
