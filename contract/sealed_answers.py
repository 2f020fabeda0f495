"""Answers that only the asking terminal reads: sealed under a key that is drawn for one question and travels sealed within it.

Whoever ends the TLS connection in front of the platform reads neither the question (HPKE to the platform's sealing key, like a
case) nor the answer.
"""

from __future__ import annotations

import hashlib
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Answer = TypeVar("Answer", bound=msgspec.Struct)

ANSWER_KEY_BYTES = 32
_NONCE = bytes(12)
"""Each key seals one answer only."""


def seal(answer: msgspec.Struct, key: bytes, info: bytes, question: bytes) -> bytes:
    """AES-256-GCM of an answer, as JSON, to the question whose sealed bytes are ``question``; ``info`` names the kind of both."""
    return AESGCM(key).encrypt(_NONCE, msgspec.json.encode(answer), _binding(info, question))


def open_sealed(sealed: bytes, key: bytes, info: bytes, question: bytes, max_bytes: int, kind: type[Answer]) -> Answer | None:
    """The answer; ``None`` for one to another question, for one that is too long or was altered, and for what is no answer."""
    if len(sealed) > max_bytes:
        return None
    try:
        return msgspec.json.decode(AESGCM(key).decrypt(_NONCE, sealed, _binding(info, question)), type=kind)
    except (InvalidTag, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _binding(info: bytes, question: bytes) -> bytes:
    return info + hashlib.sha256(question).digest()
