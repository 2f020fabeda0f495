"""How a terminal signs a request: a short-lived EdDSA token (JWS, RFC 7515 and 8037) bound to method, path and body.

The token travels as ``Authorization: Bearer …``. A copied token is of no use for another body, path or minute.
"""

from __future__ import annotations

import hashlib

import msgspec

TOKEN_LIFETIME_S = 120
ALLOWED_SKEW_S = 300
"""A token whose times lie further off is refused with ``clock_skew``; the answer carries the platform's time."""


class TokenClaims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Claims of the token; the key id (``kid``) in its header is the kiosk id."""

    iss: str
    """Kiosk id."""
    iat: int
    exp: int
    jti: str
    method: str
    target: str
    """Path with query, as sent."""
    body_sha256: str


def body_digest(body: bytes) -> str:
    """SHA-256 of the body as it goes over the wire, lower-case hex."""
    return hashlib.sha256(body).hexdigest()
