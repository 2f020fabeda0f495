"""Questions to the platform that only it reads, and answers that only this machine does (``contract.sealed_answers``)."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

from contract.sealed_answers import ANSWER_KEY_BYTES
from offline_queue.identity import Identity, IdentitySource
from offline_queue.policy import Failure
from offline_queue.sealing import choose_key, seal_request

_log = logging.getLogger(__name__)


class Sealed(Protocol):
    """Body of a sealed question."""

    @property
    def sealed(self) -> bytes:
        """The question, as only the platform can read it."""
        ...


class SealedAnswer(Protocol):
    """What the platform answers."""

    @property
    def sealed(self) -> bytes:
        """The answer, as only the asking machine can read it."""
        ...

    @property
    def platform_time_ms(self) -> int:
        """When it was given."""
        ...


Body = TypeVar("Body", bound=Sealed)
Told = TypeVar("Told")


def seal_question(
    identity: Identity | None, info_of: Callable[[str], bytes], question: msgspec.Struct, body: Callable[..., Body]
) -> Body | None:
    """``question`` as JSON under the info of this terminal, in a ``body``; ``None`` before enrolment."""
    key = choose_key(identity.sealing_keys) if identity is not None else None
    if identity is None or key is None:
        return None
    content = bytearray(msgspec.json.encode(question))
    try:
        sealed = seal_request(info_of(identity.kiosk_id), content, key)
    finally:
        content[:] = bytes(len(content))
    return body(suite=key.suite, sealing_key_id=key.key_id, sealed=sealed)


@dataclass(frozen=True, slots=True)
class Exchange(Generic[Body, Told]):
    """One kind of question whose answer is sealed too."""

    what: str
    """What is asked for, in a line of the log."""
    info_of: Callable[[str], bytes]
    body: Callable[..., Body]
    opened: Callable[[bytes, bytes, bytes], Told | None]
    """The answer from its sealed bytes, its key, and the sealed question."""

    def ask(
        self,
        identity: IdentitySource,
        question: Callable[[bytes], msgspec.Struct],
        send: Callable[[Body], SealedAnswer | Failure],
    ) -> tuple[Told, int] | None:
        """The answer and the platform's time; ``None`` when there is none that can be believed. Blocks as ``send`` does.

        ``question``: makes the question that holds the key for its answer.
        """
        key = os.urandom(ANSWER_KEY_BYTES)
        body = seal_question(identity.current(), self.info_of, question(key), self.body)
        if body is None:
            return None
        answer = send(body)
        if isinstance(answer, Failure):
            _log.info("no %s: %s", self.what, answer.code)
            return None
        told = self.opened(answer.sealed, key, body.sealed)
        if told is None:
            _log.warning("an answer that does not belong to the question (%s) was thrown away", self.what)
            return None
        return told, answer.platform_time_ms
