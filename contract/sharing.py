"""数据共享: the platform asks authorities for what they know of a person, for one matter, with that person's consent.

Question and answer travel sealed, so that whoever ends the TLS connection in front of the platform reads neither: the question to
the platform's sealing key (HPKE, like a case), the answer under a key that is drawn for it and travels within the question.
"""

from __future__ import annotations

import msgspec

from contract import sealed_answers

SHARING_INFO = b"oueban shared data v1\0"
MAX_ELEMENTS = 60
MAX_SEALED_BYTES = 16 * 1024
MAX_ANSWER_BYTES = 128 * 1024
MAX_TEXT = 1000

SharedValue = str | int | bool


def sharing_info(kiosk_id: str) -> bytes:
    """The HPKE ``info``: what one terminal sealed is of no use to another."""
    return SHARING_INFO + kiosk_id.encode()


class SharedDataQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom it is about and what is wanted. Travels sealed; the ``repr`` shows nothing."""

    id_type: str
    id_number: str
    name: str
    purpose: str
    """Code of the item, or id of the bundle, that the data is for."""
    consent_version: str
    """Of the text that the person agreed to."""
    consented_at_ms: int
    elements: tuple[str, ...]
    """No more than the matter needs (最小必要)."""
    answer_key: bytes
    """32 random bytes, for this answer alone."""

    def __repr__(self) -> str:
        return "SharedDataQuestion(<redacted>)"


class RequestSharedData(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/shared-data`` (JSON)."""

    suite: str
    sealing_key_id: str
    sealed: bytes
    """HPKE of ``SharedDataQuestion`` as JSON under ``sharing_info``."""


class SharedElement(msgspec.Struct, frozen=True, kw_only=True):
    """What one authority says to one element."""

    name: str
    outcome: str
    """``value``, ``not_held`` (nothing is known), ``refused``, ``down``; a terminal takes any other word for ``down``."""
    value: SharedValue | None = None
    as_of_ms: int = 0
    """When the authority last touched it."""
    authority: str = ""

    def __repr__(self) -> str:
        return f"SharedElement(name={self.name!r}, outcome={self.outcome!r}, <redacted>)"


class SharedData(msgspec.Struct, frozen=True, kw_only=True):
    """Inside of the answer."""

    elements: tuple[SharedElement, ...]


class SharedDataAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``POST /v1/shared-data``.

    Problems instead: ``bad_request``, ``unknown_sealing_key`` (422), ``no_consent`` (403).
    """

    sealed: bytes
    """AES-256-GCM of ``SharedData`` as JSON under the question's key; bound to the question."""
    platform_time_ms: int


def seal_answer(data: SharedData, key: bytes, question: bytes) -> bytes:
    """Seal an answer to the question whose sealed bytes are ``question``."""
    return sealed_answers.seal(data, key, SHARING_INFO, question)


def open_answer(sealed: bytes, key: bytes, question: bytes) -> SharedData | None:
    """The answer to the question whose sealed bytes are ``question``; see ``sealed_answers.open_sealed``."""
    return sealed_answers.open_sealed(sealed, key, SHARING_INFO, question, MAX_ANSWER_BYTES, SharedData)
