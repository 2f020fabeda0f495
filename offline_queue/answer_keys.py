"""A key for one answer of the platform: made for a request, gone with it. What is sealed to it, nobody else can open."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class AnswerKey:
    """The private half lives in memory only, as long as this object."""

    def __init__(self) -> None:
        self._mlkem = MLKEM768PrivateKey.generate()
        self._x25519 = X25519PrivateKey.generate()

    @property
    def public(self) -> bytes:
        """ML-KEM-768 and X25519, both raw, one after the other."""
        return self._mlkem.public_key().public_bytes_raw() + self._x25519.public_key().public_bytes_raw()

    def open(self, info: bytes, sealed: bytes) -> bytes | None:
        """What was sealed to ``public`` under ``info``; ``None`` for anything else."""
        try:
            return _SUITE.decrypt(sealed, MLKEM768X25519PrivateKey(self._mlkem, self._x25519), info)
        except (InvalidTag, ValueError):
            return None

    def __repr__(self) -> str:
        return "AnswerKey(<redacted>)"
