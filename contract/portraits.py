"""登记照片: the platform's photo of a person, for a face check where the card's own cannot be read.

A terminal asks only after the resident's separate consent to that (``PURPOSE_PORTRAIT``), names the record of it, and keeps the
photo no longer than the check. Who is meant travels sealed to the platform, as for codes by text message; the photo travels
sealed to a key that the terminal made for this one request, under an ``info`` that binds it to the request. The live face never
leaves the terminal.
"""

from __future__ import annotations

import hashlib
import re

import msgspec

PURPOSE_PORTRAIT = "platform_portrait"
"""Purpose of the consent, as in ``contract.cases.Consent``; the only one for which a photo is given."""
MAX_PORTRAIT_BYTES = 256 * 1024
"""Of the JPEG."""
MAX_SEALED_BYTES = 4096
"""Of the request."""
MAX_SEALED_PORTRAIT_BYTES = MAX_PORTRAIT_BYTES + 4096
PORTRAITS_A_DAY = 20
"""For one person, on all terminals together."""
PORTRAITS_AN_HOUR = 60
"""On one terminal."""
PORTRAIT_INFO = b"oueban portrait request v1\0"
ANSWER_INFO = b"oueban portrait answer v1\0"
_CONSENT_PREFIX = b"oueban consent v1\0"
_CONSENT_ID = re.compile(r"[0-9a-f]{64}")


def portrait_info(kiosk_id: str) -> bytes:
    """The HPKE ``info`` of a request: what one terminal sealed is of no use to another."""
    return PORTRAIT_INFO + kiosk_id.encode()


def answer_info(sealed_request: bytes) -> bytes:
    """The HPKE ``info`` of the answer to the request whose sealed part this is."""
    return ANSWER_INFO + hashlib.sha256(sealed_request).digest()


def consent_id(kiosk_id: str, purpose: str, text_version: str, at_ms: int) -> str:
    """Id of one consent record. It follows from the record: the case that comes later shows which consent was named here."""
    parts = (kiosk_id.encode(), purpose.encode(), text_version.encode(), str(at_ms).encode())
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hashlib.sha256(_CONSENT_PREFIX + framed).hexdigest()


def is_consent_id(text: str) -> bool:
    """True for what such an id looks like."""
    return _CONSENT_ID.fullmatch(text) is not None


class PortraitWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose photo, and why. Travels sealed; the ``repr`` shows nothing."""

    id_type: str
    id_number: str
    name: str
    consent_id: str
    """``consent_id`` of the resident's consent."""
    purpose: str
    answer_key: bytes
    """Public key of the hybrid suite (ML-KEM-768, then X25519, both raw), made for this request only."""

    def __repr__(self) -> str:
        return f"PortraitWanted(purpose={self.purpose!r}, <redacted>)"


class RequestPortrait(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/portraits`` (JSON)."""

    suite: str
    sealing_key_id: str
    sealed: bytes
    """HPKE of ``PortraitWanted`` as JSON under ``portrait_info``: encapsulated key, then ciphertext."""


class PortraitAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the platform has.

    Problems instead: ``bad_request`` (400), ``unknown_sealing_key`` (422), ``too_many`` (429, with ``Retry-After``).
    """

    outcome: str
    """``held``; ``not_held`` (no photo, or no such person: which of both is not told); ``refused`` (no consent named, or another
    purpose). A terminal takes any other word for ``refused``."""
    platform_time_ms: int
    sealed: bytes = b""
    """HPKE of the JPEG to ``answer_key`` under ``answer_info``; only where it is held."""
    is_sample: bool = False
    """The photo is a fictitious resident's; a case that rests on it says so."""

    def __repr__(self) -> str:
        return f"PortraitAnswer(outcome={self.outcome!r}, <redacted>)"
