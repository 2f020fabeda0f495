"""电子身份凭证: who somebody is, as a QR code on their own telephone, signed by an issuer. Good once, for minutes.

A compact JWS (RFC 7515) whose payload is a JWT (RFC 7519), by the rules of RFC 8725: one algorithm (``Ed25519`` of RFC 9864),
never chosen by the token, an explicit type, and a key that the terminal was given beforehand.

``kid`` is ``ISSUER.KEY``. A key speaks for the issuer in its own name only: ``iss`` must be that part of ``kid``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Literal

import msgspec

ALGORITHM = "Ed25519"
TYPE = "eid+jwt"
AUDIENCE = "oueban"
"""A credential for one network of terminals names it; one without ``aud`` is for any."""
MAX_TEXT_CHARACTERS = 4096
"""More does not fit into a QR code."""
MAX_LIFETIME_S = 300
LEEWAY_S = 30
"""How far clocks of issuer and terminal may differ."""
SIGNATURE_BYTES = 64
_ID_PREFIX = b"oueban credential v1\0"
_KID = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,31})\.([A-Za-z0-9_-]{1,32})")
_KEY_BYTES = 32
_TEXT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


class CredentialHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Protected header. Nothing else is taken: no ``jwk``, no ``x5u``, no ``crit``."""

    alg: Literal["Ed25519"]
    kid: str
    typ: Literal["eid+jwt"]


class CredentialClaims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is signed. Names are short: every character makes the code on the telephone denser. The ``repr`` shows nobody."""

    iss: str
    jti: str
    """Random, at least 96 bits in base64url; never given twice."""
    iat: int
    """Seconds since 1970, like the next two."""
    nbf: int
    exp: int
    aud: str = ""
    name: str
    id_number: str = msgspec.field(name="id")
    sex_code: str = msgspec.field(name="sex")
    """GB/T 2261.1."""
    birth_date: str = msgspec.field(name="birth")
    """ISO 8601."""
    ethnicity_code: str = msgspec.field(name="eth", default="")
    """GB/T 3304."""
    nationality: str = msgspec.field(name="nat", default="CHN")
    address: str = msgspec.field(name="addr", default="")
    valid_to: str = msgspec.field(name="until", default="")
    """Last day of the ID card, ISO 8601; empty for 长期."""
    card_kind: str = msgspec.field(name="kind", default="resident")
    is_sample: bool = msgspec.field(name="sample", default=False)
    """Made for a fictitious resident; a case that rests on it says so."""

    def __repr__(self) -> str:
        return f"CredentialClaims(iss={self.iss!r}, <redacted>)"


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A public key whose credentials are taken."""

    kid: str
    public_key: bytes
    """Raw Ed25519."""

    @property
    def issuer(self) -> str:
        """The issuer it speaks for."""
        return self.kid.partition(".")[0]

    @property
    def line(self) -> str:
        """As it stands in a terminal's settings."""
        return f"{self.kid}:{base64.b64encode(self.public_key).decode()}"


@dataclass(frozen=True, slots=True)
class Parts:
    """A text taken apart; nothing of it is believed yet."""

    header: bytes
    payload: bytes
    signature: bytes
    signed: bytes
    """What the signature is over (RFC 7515, 5.1)."""

    def __repr__(self) -> str:
        return "Parts(<redacted>)"


def make_issuer_key(issuer: str, public_key: bytes) -> IssuerKey:
    """Name a key after its issuer and its own digest; ``ValueError`` for names and keys that are none."""
    kid = f"{issuer}.{hashlib.sha256(public_key).hexdigest()[:8]}"
    if not _KID.fullmatch(kid) or len(public_key) != _KEY_BYTES:
        raise ValueError("not an issuer's name or not an Ed25519 key")
    return IssuerKey(kid, public_key)


def read_issuer_key(line: str) -> IssuerKey | None:
    """``kid:base64`` as in the settings; ``None`` for anything else."""
    kid, _, encoded = line.partition(":")
    try:
        public_key = base64.b64decode(encoded, validate=True)
    except ValueError:
        return None
    key = IssuerKey(kid, public_key)
    return key if _KID.fullmatch(kid) and len(public_key) == _KEY_BYTES and key.line == line else None


def take_apart(text: str) -> Parts | None:
    """The three parts of a compact JWS; ``None`` for anything else. Strict: exactly one text for one row of bytes.

    (base64 leaves bits unused at the end of a part; a lenient reader would take several texts for the same credential.)
    """
    if len(text) > MAX_TEXT_CHARACTERS:
        return None
    match = _TEXT.fullmatch(text)
    parts = [_decoded(part) for part in match.groups()] if match else [None]
    header, payload, signature = parts if len(parts) == 3 else (None, None, None)
    if header is None or payload is None or signature is None or len(signature) != SIGNATURE_BYTES:
        return None
    return Parts(header, payload, signature, text.rpartition(".")[0].encode("ascii"))


def credential_id(issuer: str, jti: str) -> str:
    """The name under which a used credential is remembered: SHA-256 over issuer and ``jti``, lower-case hex. Tells nothing."""
    return hashlib.sha256(_ID_PREFIX + issuer.encode() + b"\0" + jti.encode()).hexdigest()


def _decoded(part: str) -> bytes | None:
    if len(part) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    return data if base64.urlsafe_b64encode(data).rstrip(b"=").decode() == part else None


class RedeemCredential(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/credentials/redeem`` (JSON): a terminal is about to take this credential. No word on whose it is."""

    credential_id: str
    expires_at_ms: int
    """From then on nobody can use it any more."""


class RedeemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it was the first time anywhere."""

    first_use: bool
    platform_time_ms: int
