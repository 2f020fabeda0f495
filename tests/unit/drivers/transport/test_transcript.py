from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.emulation.host import TcpHost
from drivers.errors import Disconnected, Stalled
from drivers.transport.opening import open_port
from drivers.transport.transcript import (
    HEADER,
    DiffersFromRecording,
    Direction,
    RecordingPort,
    ReplayPort,
    TranscriptWriter,
    read_transcript,
)
from drivers.types import Deadline
from tests.unit.drivers.emulation.test_host import Echo


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def _recording(path: Path, *lines: str) -> str:
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return f"replay://{path}"


def test_a_recorded_talk_is_replayed_by_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    with TcpHost(Echo()) as host, TranscriptWriter(path, {"device": "echo"}) as transcript:
        port = RecordingPort(open_port(host.url), transcript)
        for words in (b"one", b"two"):
            port.write(words)
            assert port.read(3, Deadline(2.0)) == words
        port.close()
    replay = open_port(f"replay://{path}")
    for words in (b"one", b"two", b"one"):
        replay.write(words)
        assert replay.read(3, Deadline(2.0)) == words
    replay.close()


def test_a_transcript_is_for_its_owner_only(tmp_path: Path) -> None:
    TranscriptWriter(tmp_path / "t", {}).close()
    assert stat.S_IMODE((tmp_path / "t").stat().st_mode) == 0o600


def test_the_end_of_the_link_is_recorded_and_replayed(tmp_path: Path) -> None:
    path = tmp_path / "cut.txt"
    with TcpHost(Echo()) as host, TranscriptWriter(path, {}) as transcript:
        port = RecordingPort(open_port(host.url), transcript)
        port.write(b"a")
        assert port.read(1, Deadline(2.0)) == b"a"
        host.unplug()
        with pytest.raises(Disconnected):
            port.read(1, Deadline(2.0))
        port.close()
    replay = ReplayPort(f"replay://{path}")
    replay.write(b"a")
    assert replay.read(1, Deadline(2.0)) == b"a"
    with pytest.raises(Disconnected, match="as it had"):
        replay.read(1, Deadline(5.0))


def test_other_words_than_the_recorded_ones_get_no_answer(tmp_path: Path) -> None:
    replay = ReplayPort(_recording(tmp_path / "t", "0.0 > 01", "0.1 < 02"))
    with pytest.raises(DiffersFromRecording, match="1 bytes"):
        replay.write(b"\x05")


def test_what_came_unasked_comes_when_it_came(tmp_path: Path) -> None:
    clock = Hand()
    replay = ReplayPort(_recording(tmp_path / "t", "1.0 > 01", "3.0 < 61 62", "9.0 < 63"), clock)
    replay.write(b"\x01")
    assert replay.read_available(9, 0.0) == b""
    clock.now_s += 2.1
    assert replay.read_available(9, 0.0) == b"ab"
    clock.now_s += 9.0
    replay.flush_input()
    assert replay.read_available(9, 0.0) == b""


def test_a_poll_more_than_recorded_gets_the_last_known_answer(tmp_path: Path) -> None:
    replay = ReplayPort(_recording(tmp_path / "t", "0.0 > 01", "0.0 < 11", "0.1 > 02", "0.1 < 22"))
    answers = []
    for asked in (1, 1, 2, 1):
        replay.write(bytes([asked]))
        answers.append(replay.read(1, Deadline(1.0)))
    assert answers == [b"\x11", b"\x11", b"\x22", b"\x11"]


@pytest.mark.parametrize(
    "content", ["", "# transcript 2\n", f"{HEADER}\nnonsense\n", f"{HEADER}\n0.0 > XY\n", f"{HEADER}\n0.0 ? 01\n"]
)
def test_what_is_no_transcript_is_told_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "t").write_text(content)
    with pytest.raises(Disconnected) as caught:
        read_transcript(tmp_path / "t")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Disconnected, match="cannot be read"):
        open_port(f"replay://{tmp_path}/nothing")


@given(st.lists(st.tuples(st.sampled_from([Direction.TO_DEVICE, Direction.FROM_DEVICE]), st.binary(min_size=1, max_size=40))))
def test_what_is_noted_is_what_is_read(entries: list[tuple[Direction, bytes]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t"
        with TranscriptWriter(path, {"model": "a\nb"}) as writer:
            for direction, data in entries:
                writer.note(direction, data)
        assert [(entry.direction, entry.data) for entry in read_transcript(path)] == entries


def test_the_speed_of_the_line_is_noted_and_replayed(tmp_path: Path) -> None:
    path = tmp_path / "slow.txt"
    with TcpHost(Echo()) as host, TranscriptWriter(path, {"device": "echo"}) as transcript:
        RecordingPort(open_port(host.url, 9600), transcript).close()
    assert open_port(f"replay://{path}").baudrate == 9600


@pytest.mark.parametrize("line", ["# baudrate", "# baudrate fast", "# baudrate 0", "# baudrate -1"])
def test_a_speed_that_is_none_is_passed_over(tmp_path: Path, line: str) -> None:
    assert ReplayPort(_recording(tmp_path / "t", line)).baudrate == 115200


class Sluggish:
    """Takes two bytes at a time."""

    url, baudrate = "sluggish", 9600

    def write(self, data: bytes) -> None:
        if len(data) > 2:
            raise Stalled(self.url, "takes no bytes", 2)

    def read(self, count: int, deadline: Deadline) -> bytes:
        return b"ok"[:count]

    def close(self) -> None:
        return None


def test_a_device_that_takes_bytes_slowly_is_recorded_as_it_took_them(tmp_path: Path) -> None:
    path = tmp_path / "t"
    with TranscriptWriter(path, {}) as transcript:
        port = RecordingPort(Sluggish(), transcript)  # type: ignore[arg-type]
        with pytest.raises(Stalled):
            port.write(b"abcd")
        port.write(b"cd")
        assert port.read(2, Deadline(1.0)) == b"ok"
    assert [(entry.direction.value, entry.data) for entry in read_transcript(path)] == [(">", b"ab"), (">", b"cd"), ("<", b"ok")]
