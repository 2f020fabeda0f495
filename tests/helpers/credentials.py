"""An issuer of credentials made from the contract and a public library only; everything can be bent by the caller."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from contract.credentials import AUDIENCE, CredentialClaims, IssuerKey, make_issuer_key

NOW_MS = 1_795_420_800_000


def sample_claims(now_ms: int = NOW_MS, /, **changes: object) -> CredentialClaims:
    now_s = now_ms // 1000
    values: dict[str, object] = {
        "iss": "oueban-test",
        "jti": base64.urlsafe_b64encode(os.urandom(12)).decode(),
        "iat": now_s,
        "nbf": now_s,
        "exp": now_s + 300,
        "aud": AUDIENCE,
        "name": "测试·林小瓯",
        "id_number": "330304195803080026",
        "sex_code": "2",
        "birth_date": "1958-03-08",
        "ethnicity_code": "01",
        "address": "浙江省温州市瓯海区测试路1号 SAMPLE",
        "is_sample": True,
    }
    return CredentialClaims(**(values | changes))  # type: ignore[arg-type]


@dataclass
class SampleIssuer:
    """One issuer with one key."""

    name: str = "oueban-test"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> IssuerKey:
        return make_issuer_key(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, payload: CredentialClaims | bytes, /, **header: object) -> str:
        content = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
        protected: dict[str, object] = {"alg": "Ed25519", "kid": self.public.kid, "typ": "eid+jwt"}
        protected = {name: value for name, value in (protected | header).items() if value is not None}
        return jws.serialize_compact(protected, content, OKPKey.import_key(self.key), algorithms=["Ed25519"])

    def sign_raw(self, header: bytes, payload: bytes) -> str:
        """Any bytes as header and payload, with a signature that holds."""
        signed = f"{_text(header)}.{_text(payload)}"
        return f"{signed}.{_text(self.key.sign(signed.encode()))}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
