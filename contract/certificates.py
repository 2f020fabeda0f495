"""电子证照核验: whether a certificate that was shown by its identifier (GB/T 36904) is this person's, and valid today.

Question and answer travel sealed (``contract.sealed_answers``). Each use is on record with what it was shown for.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from contract import sealed_answers

CERTIFICATE_INFO = b"oueban certificate v1\0"
MAX_SEALED_BYTES = 4096
MAX_ANSWER_BYTES = 4096
MAX_IDENTIFIER = 120

Outcome = Literal["valid", "expired", "not_yet_valid", "revoked", "unknown"]
"""``unknown`` also stands for somebody else's: nobody finds out by trying whose a certificate is."""


class CertificateQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which certificate, of whom, for what. Travels sealed; the ``repr`` shows nothing."""

    id_type: str
    id_number: str
    identifier: str
    purpose: str
    """Code of the item, or id of the bundle, that it is shown for."""
    answer_key: bytes
    """32 random bytes, for this answer alone."""

    def __repr__(self) -> str:
        return "CertificateQuestion(<redacted>)"


class CheckCertificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/certificates/check`` (JSON)."""

    suite: str
    sealing_key_id: str
    sealed: bytes
    """HPKE of ``CertificateQuestion`` as JSON under ``certificate_info``."""


class CertificateState(msgspec.Struct, frozen=True, kw_only=True):
    """Inside of the answer."""

    outcome: str
    """``Outcome``; a terminal takes any other word for ``unknown``."""
    valid_to: str = ""
    """Last day, ISO 8601; empty where none is set, and for ``unknown``."""


class CertificateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``POST /v1/certificates/check``. Problems instead: ``bad_request``, ``unknown_sealing_key`` (422)."""

    sealed: bytes
    platform_time_ms: int


def certificate_info(kiosk_id: str) -> bytes:
    """The HPKE ``info``: what one terminal sealed is of no use to another."""
    return CERTIFICATE_INFO + kiosk_id.encode()


def seal_state(state: CertificateState, key: bytes, question: bytes) -> bytes:
    """Seal an answer to the question whose sealed bytes are ``question``."""
    return sealed_answers.seal(state, key, CERTIFICATE_INFO, question)


def open_state(sealed: bytes, key: bytes, question: bytes) -> CertificateState | None:
    """The answer to the question whose sealed bytes are ``question``; see ``sealed_answers.open_sealed``."""
    return sealed_answers.open_sealed(sealed, key, CERTIFICATE_INFO, question, MAX_ANSWER_BYTES, CertificateState)
