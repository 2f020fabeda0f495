"""What went over a line, saved as text and replayed.

A transcript lets a vendor prove a device without sending it: the driver talks to the recording as it talked to the device. One
entry a line, with the seconds since the beginning::

    # transcript 1
    # baudrate 115200
    0.000120 > 10 04 01
    0.004310 < 12
    9.120000 ! has gone away

``>`` are bytes to the device, ``<`` bytes from it, ``!`` the end of the link. Lines that begin with ``#`` say what was recorded;
the speed matters, because a driver may cut what it sends into portions by it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import TextIO, TypeVar
from urllib.parse import unquote, urlsplit

from drivers.errors import DeviceError, Disconnected, Stalled
from drivers.transport.port import Port
from drivers.types import Deadline

HEADER = "# transcript 1"
_SPEED = "# baudrate "
_LARGEST_FILE_BYTES = 64 * 1024 * 1024
_SILENCE_POLL_S = 0.01
_USUAL_BAUDRATE = 115200

Result = TypeVar("Result")


class Direction(StrEnum):
    """Who spoke."""

    TO_DEVICE = ">"
    FROM_DEVICE = "<"
    END = "!"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transcript. ``data`` is empty for the end of the link; it may be a resident's record, so it is not shown."""

    at_s: float
    direction: Direction
    data: bytes = field(repr=False, default=b"")


class DiffersFromRecording(DeviceError):
    """The driver sent what it had never sent while the transcript was made: there is no answer to that."""

    code = "differs_from_recording"


class TranscriptWriter:
    """Appends to a new file that only its owner can read: cards and codes may be in it."""

    def __init__(self, path: Path, facts: Mapping[str, str], clock: Callable[[], float] = time.monotonic) -> None:
        """Begin the file, in place of an old one; raises ``OSError``. ``facts`` go into its head."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file: TextIO = os.fdopen(descriptor, "w", encoding="utf-8")
        self._clock = clock
        self._begun_at_s = clock()
        self._write(HEADER)
        for name, value in facts.items():
            self._write(f"# {name} {' '.join(value.split())}")

    def note(self, direction: Direction, data: bytes) -> None:
        """Add bytes as they passed."""
        if data:
            self._write(f"{self._clock() - self._begun_at_s:.6f} {direction} {data.hex(' ').upper()}")

    def note_speed(self, baudrate: int) -> None:
        """Add the speed of the line that was opened."""
        self._write(f"{_SPEED}{baudrate}")

    def end_of_link(self, why: str) -> None:
        """Add that the link broke."""
        self._write(f"{self._clock() - self._begun_at_s:.6f} {Direction.END} {' '.join(why.split())}")

    def close(self) -> None:
        """End the file; may be called twice."""
        self._file.close()

    def __enter__(self) -> TranscriptWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _write(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()


class RecordingPort:
    """A port that notes what passes through it."""

    def __init__(self, port: Port, transcript: TranscriptWriter) -> None:
        self._port = port
        self._transcript = transcript
        transcript.note_speed(port.baudrate)

    @property
    def url(self) -> str:
        """As of the port within."""
        return self._port.url

    @property
    def baudrate(self) -> int:
        """As of the port within."""
        return self._port.baudrate

    def write(self, data: bytes) -> None:
        """Write, and note as much as was taken: a device that takes no more now is still there."""
        try:
            self._port.write(data)
        except Stalled as error:
            self._transcript.note(Direction.TO_DEVICE, data[: error.written])
            raise
        except Disconnected as error:
            self._transcript.end_of_link(error.message)
            raise
        self._transcript.note(Direction.TO_DEVICE, data)

    def read(self, count: int, deadline: Deadline) -> bytes:
        """Read, and note."""
        data = self._noted(lambda: self._port.read(count, deadline))
        self._transcript.note(Direction.FROM_DEVICE, data)
        return data

    def read_available(self, limit: int, wait_s: float) -> bytes:
        """Read, and note."""
        data = self._noted(lambda: self._port.read_available(limit, wait_s))
        self._transcript.note(Direction.FROM_DEVICE, data)
        return data

    def flush_input(self) -> None:
        """Bytes that are thrown away leave no note: nobody saw them."""
        self._noted(self._port.flush_input)

    def close(self) -> None:
        """Close the port; the transcript stays open, for a port that is opened again."""
        self._port.close()

    def _noted(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except Disconnected as error:
            self._transcript.end_of_link(error.message)
            raise


def read_transcript(path: Path) -> list[Entry]:
    """Entries of a file; raises ``Disconnected`` with one clear line when there is no such file or it is no transcript."""
    return _entries(path, _lines(path))


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise Disconnected(str(path), "is too large for a transcript")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Disconnected(str(path), f"cannot be read ({error})") from error
    if not lines or lines[0] != HEADER:
        raise Disconnected(str(path), f"is no transcript: its first line is not {HEADER!r}")
    return lines


def _speed(lines: list[str]) -> int:
    told = (line.removeprefix(_SPEED) for line in lines if line.startswith(_SPEED))
    return next((int(text) for text in told if text.isascii() and text.isdigit() and int(text[:9]) > 0), _USUAL_BAUDRATE)


def _entries(path: Path, lines: list[str]) -> list[Entry]:
    entries = []
    for number, line in enumerate(lines, start=1):
        if line and not line.startswith("#"):
            entry = _parse(line)
            if entry is None:
                raise Disconnected(str(path), f"line {number} is no entry of a transcript")
            entries.append(entry)
    return entries


def _parse(line: str) -> Entry | None:
    time_text, _, rest = line.partition(" ")
    sign, _, content = rest.partition(" ")
    try:
        direction = Direction(sign)
        data = b"" if direction is Direction.END else bytes.fromhex(content)
        return Entry(float(time_text), direction, data)
    except ValueError:
        return None


class ReplayPort:
    """Answers as the device did when the transcript was made.

    What the driver writes is looked for in the recording, onwards from where it is and then before: a driver that polls by the
    clock asks now a little more often, now less. What the device said unasked comes when it came then.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the transcript that ``url`` (``replay:///path``) names; raises ``Disconnected``."""
        self._url = url
        path = Path(unquote(urlsplit(url).path))
        lines = _lines(path)
        self._entries = _entries(path, lines)
        self._baudrate = _speed(lines)
        self._clock = clock
        self._next = 0
        self._runs_since_s = clock() - (self._entries[0].at_s if self._entries else 0.0)
        self._received = bytearray()

    @property
    def url(self) -> str:
        """``replay:///path``."""
        return self._url

    @property
    def baudrate(self) -> int:
        """As noted in the recording, else a usual one."""
        return self._baudrate

    def write(self, data: bytes) -> None:
        """Go to where this was sent; raises ``DiffersFromRecording`` when it never was."""
        self._take_due()
        found = self._find(data, self._next)
        position = found if found is not None else self._find(data, 0)
        if position is None:
            raise DiffersFromRecording(self._url, f"{len(data)} bytes are sent that are not in the recording")
        self._runs_since_s = self._clock() - self._entries[position].at_s
        self._next = position + 1

    def read(self, count: int, deadline: Deadline) -> bytes:
        """As a port's."""
        while True:
            self._take_due()
            if len(self._received) >= count or deadline.is_over:
                return self._cut(count)
            deadline.sleep(_SILENCE_POLL_S)

    def read_available(self, limit: int, wait_s: float) -> bytes:
        """As a port's."""
        deadline = Deadline(wait_s)
        while True:
            self._take_due()
            if self._received or deadline.is_over:
                return self._cut(limit)
            deadline.sleep(_SILENCE_POLL_S)

    def flush_input(self) -> None:
        """Forget what has come by now."""
        self._take_due()
        self._received.clear()

    def close(self) -> None:
        """Nothing to let go of."""

    def _find(self, data: bytes, start: int) -> int | None:
        sent = ((position, self._entries[position]) for position in range(start, len(self._entries)))
        return next((position for position, entry in sent if (entry.direction, entry.data) == (Direction.TO_DEVICE, data)), None)

    def _take_due(self) -> None:
        """Move over what the device had said by this time, up to the driver's next words."""
        elapsed_s = self._clock() - self._runs_since_s
        while self._next < len(self._entries):
            entry = self._entries[self._next]
            if entry.direction is Direction.TO_DEVICE or entry.at_s > elapsed_s:
                return
            if entry.direction is Direction.END:
                if self._received:
                    return
                self._next += 1
                raise Disconnected(self._url, "has gone away, as it had when this was recorded")
            self._received += entry.data
            self._next += 1

    def _cut(self, count: int) -> bytes:
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken
