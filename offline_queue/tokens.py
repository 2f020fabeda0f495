"""The signed token of a request: ``contract.authentication`` made with the machine's own key."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from joserfc import jws
from joserfc.jwk import OKPKey

from contract.authentication import TOKEN_LIFETIME_S, TokenClaims, body_digest
from offline_queue.identity import Identity

ALGORITHM = "Ed25519"
"""EdDSA over Curve25519 by its full name (RFC 9864); plain ``EdDSA`` is deprecated there."""


def make_token(
    identity: Identity, method: str, target: str, body: bytes, *, now_ms: int, random_bytes: Callable[[int], bytes]
) -> str:
    """Compact JWS for one request. ``target`` is path with query as sent; ``now_ms`` is the platform's time as far as known."""
    issued_at = now_ms // 1000
    claims = TokenClaims(
        iss=identity.kiosk_id,
        iat=issued_at,
        exp=issued_at + TOKEN_LIFETIME_S,
        jti=random_bytes(16).hex(),
        method=method,
        target=target,
        body_sha256=body_digest(body),
    )
    key = OKPKey.import_key(identity.signing_key)
    header = {"alg": ALGORITHM, "kid": identity.kiosk_id, "typ": "JWT"}
    return jws.serialize_compact(header, msgspec.json.encode(claims), key, algorithms=[ALGORITHM])
