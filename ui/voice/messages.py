"""What is said over the line between the terminal and its process for sound: one JSON object a line."""

from __future__ import annotations

import msgspec

from kiosk.domain.language import Language


class Say(msgspec.Struct, frozen=True, tag="say", tag_field="do"):
    """Say this now; whatever is being said ends."""

    number: int
    text: str
    language: Language
    rate: int = 0
    volume: float = 1.0

    def __repr__(self) -> str:
        return f"Say({self.number})"  # the words may be personal


class Stop(msgspec.Struct, frozen=True, tag="stop", tag_field="do"):
    """Say nothing more."""


class Play(msgspec.Struct, frozen=True, tag="play", tag_field="do"):
    """Play a short sound beside whatever is being said."""

    earcon: str
    volume: float = 1.0


ToEngine = Say | Stop | Play


class Ready(msgspec.Struct, frozen=True, tag="ready", tag_field="tell"):
    """It can speak; ``voices`` names the voice of each language, those that have one."""

    engine: str
    voices: dict[Language, str]


class Trouble(msgspec.Struct, frozen=True, tag="trouble", tag_field="tell"):
    """It cannot speak, and why: a reason code ``speech.…``."""

    code: str


class Began(msgspec.Struct, frozen=True, tag="began", tag_field="tell"):
    """It speaks."""

    number: int


class Finished(msgspec.Struct, frozen=True, tag="finished", tag_field="tell"):
    """It has said it, or it never will."""

    number: int


FromEngine = Ready | Trouble | Began | Finished

_encoder = msgspec.json.Encoder()
_to_engine: msgspec.json.Decoder[ToEngine] = msgspec.json.Decoder(ToEngine)
_from_engine: msgspec.json.Decoder[FromEngine] = msgspec.json.Decoder(FromEngine)


def write(message: ToEngine | FromEngine) -> bytes:
    """One line."""
    return _encoder.encode(message) + b"\n"


def read_order(line: bytes) -> ToEngine:
    """What the terminal wants; raises ``msgspec.MsgspecError`` for nonsense."""
    return _to_engine.decode(line)


def read_answer(line: bytes) -> FromEngine:
    """What the process tells; raises ``msgspec.MsgspecError`` for nonsense."""
    return _from_engine.decode(line)
