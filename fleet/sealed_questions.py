"""Questions of terminals that only the platform reads: opened with the key they were sealed to, for the terminal that asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from fleet.decoding import Undecodable, from_json
from fleet.keys import KeyCabinet
from fleet.sealing_keys import CannotOpen

Question = TypeVar("Question")


class SealedBody(Protocol):
    """What such bodies have in common."""

    @property
    def suite(self) -> str:
        """Name of the HPKE suite."""
        ...

    @property
    def sealing_key_id(self) -> str:
        """Which key of the platform it was sealed to."""
        ...

    @property
    def sealed(self) -> bytes:
        """HPKE of the question as JSON."""
        ...


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """Why a question got no answer: ``bad_request``, ``unknown_sealing_key``, or a code of the desk that was asked."""

    code: str
    detail: str
    retry_after_s: float | None = None


def open_question(
    cabinet: KeyCabinet, body: SealedBody, info: bytes, max_bytes: int, kind: type[Question]
) -> Question | NotAnswered:
    """The question, or why there is none. ``info``: the HPKE ``info`` for this kind of question and this terminal."""
    key = cabinet.present.opening_key(body.sealing_key_id)
    if key is None or body.suite != key.public.suite:
        return NotAnswered("unknown_sealing_key", "the platform does not hold the key this was sealed to")
    if len(body.sealed) > max_bytes:
        return NotAnswered("bad_request", "the sealed part is too large")
    try:
        return from_json(key.open_request(info, body.sealed), kind)
    except (CannotOpen, Undecodable):
        return NotAnswered("bad_request", "the sealed part does not open for this terminal, or holds no question")
