"""The private side of the sealing: opens what terminals sealed to the platform."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite

from contract.cases import SUITE_HPKE_MLKEM768_X25519, sealing_info
from contract.kiosks import SealingKey
from contract.materials import material_info

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_SEED_BYTES = 64
_MLKEM_KEY_BYTES = 1184
_HYBRID_KEY_BYTES = _MLKEM_KEY_BYTES + 32


class CannotOpen(Exception):
    """The sealed part was not made for this key and header, or was changed on its way."""


@dataclass(frozen=True, slots=True)
class OpeningKey:
    """One private sealing key of the hybrid suite."""

    key_id: str
    created_at_ms: int
    _mlkem: MLKEM768PrivateKey = field(repr=False)
    _x25519: X25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls, created_at_ms: int) -> OpeningKey:
        """A new key; its id follows from the public half."""
        return cls._make(created_at_ms, MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())

    @classmethod
    def from_secret(cls, created_at_ms: int, secret: bytes) -> OpeningKey:
        """The key that ``secret`` was taken from; ``ValueError`` for bytes that are none."""
        seed, scalar = secret[:_SEED_BYTES], secret[_SEED_BYTES:]
        return cls._make(created_at_ms, MLKEM768PrivateKey.from_seed_bytes(seed), X25519PrivateKey.from_private_bytes(scalar))

    @classmethod
    def _make(cls, created_at_ms: int, mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> OpeningKey:
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return cls("s-" + hashlib.sha256(public).hexdigest()[:16], created_at_ms, mlkem, x25519)

    @property
    def secret(self) -> bytes:
        """ML-KEM seed (64 bytes) followed by the X25519 scalar (32 bytes)."""
        return self._mlkem.private_bytes_raw() + self._x25519.private_bytes_raw()

    @property
    def public(self) -> SealingKey:
        """What terminals are told."""
        raw = self._mlkem.public_key().public_bytes_raw() + self._x25519.public_key().public_bytes_raw()
        return SealingKey(self.key_id, SUITE_HPKE_MLKEM768_X25519, raw)

    def open(self, header: bytes, sealed: bytes) -> bytes:
        """The plain payload of a case, for use in memory only. Raises ``CannotOpen``."""
        return self._open(sealing_info(header), sealed)

    def open_material(self, header: bytes, sealed: bytes) -> bytes:
        """The plain bytes of a material, for use in memory only. Raises ``CannotOpen``."""
        return self._open(material_info(header), sealed)

    def open_request(self, info: bytes, sealed: bytes) -> bytes:
        """What a terminal sealed for one request under ``info``. Raises ``CannotOpen``."""
        return self._open(info, sealed)

    def _open(self, info: bytes, sealed: bytes) -> bytes:
        try:
            return _SUITE.decrypt(sealed, MLKEM768X25519PrivateKey(self._mlkem, self._x25519), info)
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(self.key_id) from error


def seal_to(public_key: bytes, info: bytes, content: bytes) -> bytes:
    """``content`` for the owner of a public key of the hybrid suite: encapsulated key, then ciphertext.

    Raises ``ValueError`` for bytes that are no such key.
    """
    if len(public_key) != _HYBRID_KEY_BYTES:
        raise ValueError(f"a hybrid key has {_HYBRID_KEY_BYTES} bytes, not {len(public_key)}")
    key = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public_key[:_MLKEM_KEY_BYTES]),
        X25519PublicKey.from_public_bytes(public_key[_MLKEM_KEY_BYTES:]),
    )
    return _SUITE.encrypt(content, key, info)
