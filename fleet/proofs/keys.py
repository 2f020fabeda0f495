"""The sample authority that signs proofs: a root certificate that terminals pin, and the certificate that signs.

ECDSA on P-256 with SHA-256. SM2 (GM/T 0003), which Chinese authorities use, is offered neither by the signing library nor here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fleet.errors import KeysUnusable
from fleet.files import is_open_to_others, write_private
from fleet.keys import FOLDER, locked

FILE_NAME = "proofs.secret"
_ROOT_DAYS = 3650
_SIGNER_DAYS = 730
_RENEW_DAYS = 120
"""Longer than a proof is valid: nobody finds one expired because its signer is."""
_RELOAD_MS = 86_400_000
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock before this program is wrong, and a root made by it would be pinned for good."""
_MAX_FILE_BYTES = 16 * 1024


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PKCS #8 keys and certificates, all DER."""

    root_key: bytes
    root: bytes
    signer_key: bytes
    signer: bytes

    def __repr__(self) -> str:
        return "_File(<redacted>)"


@dataclass(frozen=True, slots=True)
class ProofKeys:
    """What proofs are signed with. Certificates and the key as DER."""

    root: bytes
    signer: bytes
    signer_key: bytes = field(repr=False)


def load_proof_keys(data: Path, now_ms: int) -> ProofKeys:
    """Read them, or make them; a signing certificate near its end is replaced under the same root. Raises ``KeysUnusable``."""
    path = data / FOLDER / FILE_NAME
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with locked(path.parent):
            found = _read(path) if path.exists() else _with_signer(*_new_root(now), now)
            if not _is_good_for(found.signer, now, _RENEW_DAYS):
                found = _with_signer(found.root_key, found.root, now)
            body = msgspec.json.encode(found)
            if not path.exists() or path.read_bytes() != body:
                write_private(path, body)
    except OSError as error:
        raise KeysUnusable(f"{error.filename or path}: {error.strerror or error}") from error
    except ValueError as error:
        raise KeysUnusable(f"{path} is damaged: restore it from the backup") from error
    return ProofKeys(found.root, found.signer, found.signer_key)


class ProofKeyRing:
    """The keys as they are now, looked at again once a day: a platform runs for longer than a certificate is valid."""

    def __init__(self, data: Path, now_ms: int) -> None:
        """Raises ``KeysUnusable``."""
        self._data = data
        self._keys = load_proof_keys(data, now_ms)
        self._loaded_at_ms = now_ms

    def at(self, now_ms: int) -> ProofKeys:
        """What to sign with at this time. Raises ``KeysUnusable``."""
        if abs(now_ms - self._loaded_at_ms) > _RELOAD_MS:
            self._keys, self._loaded_at_ms = load_proof_keys(self._data, now_ms), now_ms
        return self._keys


def _is_good_for(certificate: bytes, now: datetime, days: int) -> bool:
    loaded = x509.load_der_x509_certificate(certificate)
    return loaded.not_valid_before_utc <= now and now + timedelta(days=days) <= loaded.not_valid_after_utc


def _read(path: Path) -> _File:
    if is_open_to_others(path):
        raise KeysUnusable(f"{path} is open to other users: chmod 600 it")
    return msgspec.json.decode(path.read_bytes()[:_MAX_FILE_BYTES], type=_File)


def _new_root(now: datetime) -> tuple[bytes, bytes]:
    if now < _EARLIEST:
        raise KeysUnusable(f"the clock says {now:%Y-%m-%d}: set it before the root for proofs is made")
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("OUEBAN SAMPLE Proof Root 测试根证书")
    root = (
        _builder(name, name, key.public_key(), now, _ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_root=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _der(key), root.public_bytes(serialization.Encoding.DER)


def _with_signer(root_key_der: bytes, root_der: bytes, now: datetime) -> _File:
    root = x509.load_der_x509_certificate(root_der)
    root_key = serialization.load_der_private_key(root_key_der, None)
    if not isinstance(root_key, ec.EllipticCurvePrivateKey):
        raise ValueError("the root key is not on an elliptic curve")  # noqa: TRY004 - the content of a file
    key = ec.generate_private_key(ec.SECP256R1())
    signer = (
        _builder(_name("OUEBAN SAMPLE Proof Signer 测试证明专用"), root.subject, key.public_key(), now, _SIGNER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_root=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    return _File(root_key_der, root_der, _der(key), signer.public_bytes(serialization.Encoding.DER))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # A terminal's clock may be a little behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "SAMPLE 测试"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _der(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
