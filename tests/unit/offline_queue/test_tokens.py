from __future__ import annotations

import msgspec
from joserfc import jws
from joserfc.jwk import OKPKey

from contract.authentication import TOKEN_LIFETIME_S, TokenClaims, body_digest
from offline_queue.tokens import make_token
from tests.helpers.cases import make_identity


def test_a_token_says_who_when_and_for_which_request() -> None:
    identity = make_identity((), ())
    token = make_token(identity, "POST", "/v1/cases?x=1", b"body", now_ms=1_795_420_800_999, random_bytes=lambda n: b"\x07" * n)
    key = OKPKey.import_key(identity.signing_key.public_key())
    read = jws.deserialize_compact(token, key, algorithms=["Ed25519"])
    assert read.headers() == {"alg": "Ed25519", "kid": identity.kiosk_id, "typ": "JWT"}
    assert msgspec.json.decode(read.payload, type=TokenClaims) == TokenClaims(
        iss=identity.kiosk_id,
        iat=1_795_420_800,
        exp=1_795_420_800 + TOKEN_LIFETIME_S,
        jti="07" * 16,
        method="POST",
        target="/v1/cases?x=1",
        body_sha256=body_digest(b"body"),
    )
