"""Questions to the platform that only it reads: sealed to its newest key, the plain text overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from offline_queue.identity import IdentitySource
from offline_queue.sealing import choose_key, seal_request


@dataclass(frozen=True, slots=True)
class SealedQuestion:
    """The parts of a request's body."""

    suite: str
    sealing_key_id: str
    sealed: bytes


def seal_question(identity: IdentitySource, info_of: Callable[[str], bytes], question: msgspec.Struct) -> SealedQuestion | None:
    """``question`` as JSON under the info of this terminal; ``None`` before enrolment."""
    known = identity.current()
    key = choose_key(known.sealing_keys) if known else None
    if known is None or key is None:
        return None
    content = bytearray(msgspec.json.encode(question))
    try:
        return SealedQuestion(key.suite, key.key_id, seal_request(info_of(known.kiosk_id), content, key))
    finally:
        content[:] = bytes(len(content))
