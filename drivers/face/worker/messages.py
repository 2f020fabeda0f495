"""What terminal and worker say to each other: one message a packet, MessagePack, each of a known type. No pictures, no templates.

The worker asks for each picture when it is done with the last one, so the newest counts and nothing ever piles up.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

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

LONGEST_BYTES = 16_384
"""A message is a few hundred bytes; the longest ones hold the scores of all cues."""


class BadMessage(Exception):
    """What came is none of the messages expected, or nothing can come any more; the text names no content."""


@dataclass(frozen=True, slots=True)
class ChallengeSettings:
    """What each person is asked for."""

    actions: int = 3
    screen_light: bool = True
    unhurried: bool = False
    """All windows doubled."""


class Settings(msgspec.Struct, frozen=True, tag="settings"):
    """First message to a worker: what to load, and what to ask of people."""

    challenge: ChallengeSettings
    engine: Literal["auto", "dlib", "model", "fused"]
    model: str | None
    calibration: str | None
    attack_model: str | None

    @classmethod
    def of(cls, face: FaceSettings, challenge: ChallengeSettings) -> Settings:
        """From the settings of the terminal."""
        paths = (str(path) if path is not None else None for path in (face.model, face.calibration, face.attack_model))
        return cls(challenge, face.engine, *paths)

    def face(self) -> FaceSettings:
        """As the engines want it."""
        model, calibration, attack = (
            Path(name) if name is not None else None for name in (self.model, self.calibration, self.attack_model)
        )
        return FaceSettings(self.engine, model, calibration, attack)


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """Check the person whose reference lies in the shared memory, in this shape."""

    reference: tuple[int, ...]
    seconds: float
    has_infrared: bool = False


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """The newest picture lies in the shared memory, in this shape."""

    shape: tuple[int, ...]
    taken_at_s: float
    sequence: int


class NoPicture(msgspec.Struct, frozen=True, tag="no_picture"):
    """None came for so long; the check goes on."""


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """The deadline is over, or somebody cancelled."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The models are loaded."""

    engine: str
    calibration: str
    is_demonstration: bool
    is_for_one: bool = False
    """It can do one check only, and is to be replaced then."""


class Wanted(msgspec.Struct, frozen=True, tag="wanted"):
    """Give a picture newer than ``than``; to be answered by ``Picture``, ``NoPicture`` or ``Stop`` within ``seconds``."""

    than: int
    seconds: float
    not_before_s: float = 0.0
    """Earliest time, on the frames' clock, at which the picture may have been taken."""
    infrared: bool = False


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """Tell the person."""

    current: Action | None
    done: int
    total: int
    face_visible: bool
    hint: str
    light: tuple[int, int, int] | None

    @classmethod
    def of(cls, progress: LivenessProgress) -> Progress:
        """From the value of the session."""
        return cls(progress.current, progress.done, progress.total, progress.face_visible, progress.hint, progress.light)

    def value(self) -> LivenessProgress:
        """As the session told it."""
        return LivenessProgress(self.current, self.done, self.total, self.face_visible, self.hint, self.light)


class Compared(msgspec.Struct, frozen=True, tag="compared"):
    """Outcome of a living person: ``Verified`` or ``NotMatching``."""

    is_verified: bool
    comparison: Comparison
    liveness: LivenessSummary


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Outcome ``NotLive``."""

    result: LivenessResult
    cue: str


class Unusable(msgspec.Struct, frozen=True, tag="unusable"):
    """Outcome ``UnusablePicture``."""

    where: PictureRole
    trouble: FaceTrouble
    detail: str


class Silent(msgspec.Struct, frozen=True, tag="silent"):
    """Outcome ``CameraSilent``."""


class Stopped(msgspec.Struct, frozen=True, tag="stopped"):
    """Outcome ``VerificationStopped``."""

    is_cancelled: bool


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """Outcome ``EngineLost``: the check ended with an error of its own, told by its kind only."""

    kind: str


Outcome = Compared | Refused | Unusable | Silent | Stopped | Broken
ToWorker = Settings | Begin | Picture | NoPicture | Stop
FromWorker = Ready | Wanted | Progress | Outcome

_T = TypeVar("_T", ToWorker, FromWorker)


def outcome_of(value: FaceVerification) -> Outcome:
    """The message that tells ``value``."""
    match value:
        case Verified(comparison, liveness) | NotMatching(comparison, liveness):
            return Compared(isinstance(value, Verified), comparison, liveness)
        case NotLive(result, cue):
            return Refused(result, cue)
        case UnusablePicture(where, face):
            return Unusable(where, face.trouble, face.detail)
        case CameraSilent():
            return Silent()
        case VerificationStopped(is_cancelled):
            return Stopped(is_cancelled)
        case EngineLost():
            return Broken("")


def value_of(message: Outcome) -> FaceVerification:
    """The value that ``message`` tells."""
    match message:
        case Compared(is_verified, comparison, liveness):
            return Verified(comparison, liveness) if is_verified else NotMatching(comparison, liveness)
        case Refused(result, cue):
            return NotLive(result, cue)
        case Unusable(where, trouble, detail):
            return UnusablePicture(where, NoUsableFace(trouble, detail))
        case Silent():
            return CameraSilent()
        case Stopped(is_cancelled):
            return VerificationStopped(is_cancelled)
        case Broken():
            return EngineLost()


_encoder = msgspec.msgpack.Encoder()
_to_worker: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_from_worker: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def send(line: socket.socket, message: ToWorker | FromWorker) -> None:
    """Send one message; raises ``BadMessage`` when nobody is there to take it."""
    try:
        line.send(_encoder.encode(message))
    except OSError as error:
        raise BadMessage("the other side is gone") from error


def receive_in_worker(line: socket.socket) -> ToWorker:
    """Wait for the terminal's next message; raises ``BadMessage``, also at the end of the line."""
    return _decoded(line, _to_worker)


def receive_in_terminal(line: socket.socket) -> FromWorker:
    """Wait for the worker's next message; raises ``BadMessage``, also at the end of the line."""
    return _decoded(line, _from_worker)


def _decoded(line: socket.socket, decoder: msgspec.msgpack.Decoder[_T]) -> _T:
    try:
        packet = line.recv(LONGEST_BYTES)
    except OSError as error:
        raise BadMessage("the line broke") from error
    if not packet:
        raise BadMessage("the other side is gone")
    try:
        return decoder.decode(packet)
    except msgspec.MsgspecError as error:
        raise BadMessage("a message that cannot be read") from error
