"""Sealing and signing of a case. What is sealed here, this machine cannot open again.

The suite id and the key id stand in the header, and the header is bound to the sealed part, so suites and keys can change
while cases wait. A new suite (for instance one of SM2, SM3 and SM4) is one more entry of ``SUITES``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite

from contract import merkle
from contract.cases import (
    SUITE_HPKE_MLKEM768_X25519,
    CaseHeader,
    DeliveryReceipt,
    SealedCase,
    SignedReceipt,
    case_digest,
    receipt_signed_bytes,
    sealing_info,
    signed_bytes,
    signed_bytes_of,
)
from contract.kiosks import ReceiptKey, SealingKey
from contract.materials import MATERIAL_VERSION, MaterialHeader, material_info
from offline_queue.decoding import UNDECODABLE

_MLKEM_KEY_BYTES = 1184
_HYBRID_KEY_BYTES = _MLKEM_KEY_BYTES + 32
_MAX_RECEIPT_BYTES = 4096


class Sealer(Protocol):
    """One suite."""

    def check_key(self, public_key: bytes) -> None:
        """Raise ``ValueError`` when ``public_key`` is none of this suite."""
        ...

    def seal(self, public_key: bytes, info: bytes, plaintext: bytearray) -> bytes:
        """Encapsulated key followed by the ciphertext."""
        ...


class HybridSealer:
    """HPKE base mode (RFC 9180) with ML-KEM-768 + X25519, HKDF-SHA256 and AES-256-GCM: safe while either key exchange stands."""

    def __init__(self) -> None:
        self._suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

    def check_key(self, public_key: bytes) -> None:
        """Raise ``ValueError`` when ``public_key`` is not the two raw keys one after the other."""
        self._load(public_key)

    def seal(self, public_key: bytes, info: bytes, plaintext: bytearray) -> bytes:
        """Encapsulated key followed by the ciphertext."""
        return self._suite.encrypt(plaintext, self._load(public_key), info)

    @staticmethod
    def _load(public_key: bytes) -> MLKEM768X25519PublicKey:
        if len(public_key) != _HYBRID_KEY_BYTES:
            raise ValueError(f"a hybrid key has {_HYBRID_KEY_BYTES} bytes, not {len(public_key)}")
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public_key[:_MLKEM_KEY_BYTES]),
            X25519PublicKey.from_public_bytes(public_key[_MLKEM_KEY_BYTES:]),
        )


SUITES: Mapping[str, Sealer] = {SUITE_HPKE_MLKEM768_X25519: HybridSealer()}


def choose_key(keys: Sequence[SealingKey], suites: Mapping[str, Sealer] = SUITES) -> SealingKey | None:
    """The newest of the platform's keys whose suite we know; keys come newest first."""
    return next((key for key in keys if key.suite in suites), None)


def seal_case(
    header: CaseHeader,
    plaintext: bytearray,
    key: SealingKey,
    signing_key: Ed25519PrivateKey,
    suites: Mapping[str, Sealer] = SUITES,
) -> tuple[SealedCase, str]:
    """Seal ``plaintext`` under ``header`` and sign both; returns the case and its digest. The caller wipes ``plaintext``."""
    header_bytes = msgspec.json.encode(header)
    sealed = suites[key.suite].seal(key.public_key, sealing_info(header_bytes), plaintext)
    digest = case_digest(header_bytes, sealed)
    return SealedCase(header_bytes, sealed, signing_key.sign(signed_bytes_of(header_bytes, digest))), digest


def seal_material(content: bytearray, key: SealingKey, suites: Mapping[str, Sealer] = SUITES) -> tuple[bytes, bytes]:
    """Header and sealed part of a material (``contract.materials.pack``). The caller wipes ``content``."""
    header = msgspec.json.encode(MaterialHeader(version=MATERIAL_VERSION, suite=key.suite, sealing_key_id=key.key_id))
    return header, suites[key.suite].seal(key.public_key, material_info(header), content)


def seal_request(info: bytes, content: bytearray, key: SealingKey, suites: Mapping[str, Sealer] = SUITES) -> bytes:
    """What is sealed for one request under ``info``. The caller wipes ``content``."""
    return suites[key.suite].seal(key.public_key, info, content)


def signature_holds(case: SealedCase, public_key: bytes) -> bool:
    """True when ``case`` was signed by the owner of ``public_key`` (raw Ed25519)."""
    return _verifies(public_key, case.signature, signed_bytes(case.header, case.sealed))


def check_receipt(receipt: SignedReceipt, keys: Sequence[ReceiptKey], header: CaseHeader, digest: str) -> str:
    """Empty when ``receipt`` is the platform's word for this very case; else a code that tells what is wrong with it.

    Codes: ``receipt_too_large``, ``receipt_key_unknown``, ``receipt_signature_wrong``, ``receipt_unreadable``,
    ``receipt_of_another_case``.
    """
    if len(receipt.body) > _MAX_RECEIPT_BYTES:
        return "receipt_too_large"
    key = next((key for key in keys if key.key_id == receipt.key_id), None)
    if key is None:
        return "receipt_key_unknown"
    root = merkle.root_from_proof(receipt.body, receipt.leaf_index, receipt.tree_size, receipt.proof)
    if root is None or not _verifies_once(key.public_key, receipt.signature, receipt_signed_bytes(receipt.tree_size, root)):
        return "receipt_signature_wrong"
    try:
        told = msgspec.json.decode(receipt.body, type=DeliveryReceipt)
    except UNDECODABLE:
        return "receipt_unreadable"
    expected = (header.case_id, header.kiosk_id, header.receipt_number, digest)
    if (told.case_id, told.kiosk_id, told.receipt_number, told.digest) != expected:
        return "receipt_of_another_case"
    return ""


@lru_cache(maxsize=8)
def _verifies_once(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """As ``_verifies``. One signature covers a batch, so its hundreds of receipts ask the same question one after the other."""
    return _verifies(public_key, signature, message)


def _verifies(public_key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
