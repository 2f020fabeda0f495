"""Who sends a request: checks the signed token of ``contract.authentication`` against the registered key.

Tokens may be used again until they expire. That does no harm: cases and ratings count once, a repeated heartbeat says the
same again, and a page of the feed changes nothing.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from contract.authentication import ALLOWED_SKEW_S, TOKEN_LIFETIME_S, TokenClaims, body_digest
from fleet import registry
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import Undecodable, from_json
from fleet.registry import Kiosk

_ALGORITHM = "Ed25519"
"""RFC 9864's full name; joserfc counts plain ``EdDSA`` as deprecated."""
_MAX_TOKEN_CHARACTERS = 4096


class _TokenHeader(msgspec.Struct):
    alg: str
    kid: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is not believed: ``unauthorised`` or ``clock_skew``."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sender:
    """A terminal whose token holds. The body is believed only when ``covers`` says so."""

    kiosk: Kiosk
    _body_sha256: str

    def covers(self, body: bytes) -> bool:
        """True when the token was made for this very body."""
        return hmac.compare_digest(self._body_sha256.encode(), body_digest(body).encode())


class Authenticator:
    """Checks tokens."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def check(self, authorization: str, method: str, target: str) -> Sender | Refused:
        """The terminal behind an ``Authorization`` header, before its body is read."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN_CHARACTERS or not token.isascii():
            return Refused("unauthorised", "a signed token is needed: Authorization: Bearer …")
        kiosk_id = _claimed_kiosk(token)
        with self._database.reading() as connection:
            kiosk = registry.find(connection, kiosk_id)
            keys = registry.present_keys(connection, kiosk_id)
        claims = next((claims for key in keys if (claims := _verified_claims(token, key))), None)
        # One answer for an unknown terminal and for a wrong key: no list of terminals can be made by asking.
        if kiosk is None or claims is None or claims.iss != kiosk_id:
            return Refused("unauthorised", "the token is not signed with the present key of a known terminal")
        return self._refusal(claims, method, target) or Sender(kiosk, claims.body_sha256)

    def _refusal(self, claims: TokenClaims, method: str, target: str) -> Refused | None:
        if not 0 < claims.exp - claims.iat <= TOKEN_LIFETIME_S:
            return Refused("unauthorised", f"a token lives at most {TOKEN_LIFETIME_S} s")
        now_s = self._clock() / 1000
        if claims.iat > now_s + ALLOWED_SKEW_S or claims.exp < now_s - ALLOWED_SKEW_S:
            return Refused(
                "clock_skew", f"the token's times lie more than {ALLOWED_SKEW_S} s off; set the clock by platform_time_ms"
            )
        if claims.method != method or claims.target != target:
            return Refused("unauthorised", "the token was made for another request")
        return None


def _claimed_kiosk(token: str) -> str:
    segment = token.partition(".")[0]
    try:
        header = from_json(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)), _TokenHeader)
    except (Undecodable, ValueError):
        return ""
    return header.kid if header.alg == _ALGORITHM else ""


def _verified_claims(token: str, public_key: bytes) -> TokenClaims | None:
    x = base64.urlsafe_b64encode(public_key).rstrip(b"=").decode()
    try:
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})
        return from_json(jws.deserialize_compact(token, key, algorithms=[_ALGORITHM]).payload, TokenClaims)
    except (JoseError, Undecodable, ValueError, TypeError):
        return None
