"""Is this file signed under the pinned root, to the last byte? Decided on the raw bytes, before any parser of PDF sees them.

A file from a stranger can keep a PDF parser busy for minutes, or fill the memory (an xref stream of a hundred bytes may name
millions of objects). What is looked at here is bounded: four numbers, one hexadecimal string, one CMS of a few kilobytes.
Sources: ISO 32000-2 (12.8.1, byte range), RFC 5652 (5.4), RFC 5280.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from contract.proofs import P256_ORDER

if TYPE_CHECKING:
    from asn1crypto import cms

Finding = Literal["", "not_signed", "changed", "unknown_issuer"]

_NAME = b"/ByteRange"
_BYTE_RANGE = re.compile(rb"/ByteRange\s{0,4}\[" + rb"\s{0,8}([0-9]{1,9})" * 4 + rb"\s{0,64}\]")
_MAX_CMS_BYTES = 32 * 1024
_PLAIN_CMS = (
    *("signed_data", "v1", "data", None, None, "sha256", None),
    *("v1", "sha256", None, "sha256_ecdsa", None, None),
)
"""Kinds, versions and algorithms as the platform signs: PAdES B-B with ECDSA and SHA-256."""


def finding(pdf: bytes, root: bytes, now_ms: int) -> Finding:
    """Empty when all of ``pdf`` is signed by a certificate that ``root`` (DER) issued and that is valid at ``now_ms``.

    May raise whatever a decoder raises about foreign bytes.
    """
    places = _BYTE_RANGE.findall(pdf)
    if len(places) != 1 or pdf.count(_NAME) != 1:
        return "not_signed"
    start, length, after, rest = (int(number) for number in places[0])
    if start != 0 or after + rest != len(pdf) or not 0 < length < after or after - length > 2 * _MAX_CMS_BYTES + 2:
        return "changed"
    contents = _contents(pdf[length:after])
    found = _plain_cms(contents) if contents is not None else None
    if found is None:
        return "changed"
    signer, certificate = found
    if not _is_issued(certificate, root, now_ms):  # first: of a certificate that nobody issued not even the key is looked at
        return "unknown_issuer"
    return "" if _covers(signer, certificate, hashlib.sha256(pdf[:length] + pdf[after:]).digest()) else "changed"


def _contents(gap: bytes) -> bytes | None:
    """The signature in the gap; ``None`` when anything else is there, or it is written in another than the one usual way."""
    try:
        contents = bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        return None
    return contents if gap == b"<" + contents.hex().upper().encode() + b">" else None


def _plain_cms(contents: bytes) -> tuple[cms.SignerInfo, x509.Certificate] | None:
    """Signer and certificate of the one form in which proofs are signed: nothing that a signature leaves free to be changed."""
    from asn1crypto import cms, tsp  # late: a terminal without proofs is spared it

    _ = tsp.SigningCertificateV2  # known to the decoder of attributes (RFC 5035) once this module is loaded

    try:
        whole = cms.ContentInfo.load(contents)
        data = whole["content"]
        signers, algorithms, certificates = data["signer_infos"], data["digest_algorithms"], data["certificates"]
        if len(signers) != 1 or len(algorithms) != 1 or len(certificates) != 1:
            return None
        signer, certificate = signers[0], certificates[0].chosen
        # The library compares names without regard to case.
        if signer["sid"].chosen["issuer"].dump() != certificate.issuer.dump():
            return None
        told = (
            whole["content_type"].native,
            data["version"].native,
            data["encap_content_info"]["content_type"].native,
            data["encap_content_info"]["content"].native,
            data["crls"].native,
            algorithms[0]["algorithm"].native,
            algorithms[0]["parameters"].native,
            signer["version"].native,
            signer["digest_algorithm"]["algorithm"].native,
            signer["digest_algorithm"]["parameters"].native,
            signer["signature_algorithm"]["algorithm"].native,
            signer["signature_algorithm"]["parameters"].native,
            signer["unsigned_attrs"].native,
        )
        der: bytes = whole.dump(force=True)
        is_plain = told == _PLAIN_CMS and contents.startswith(der) and not any(contents[len(der) :])
        return (signer, x509.load_der_x509_certificate(certificate.dump())) if is_plain else None
    except (ValueError, TypeError, KeyError, AttributeError):  # what the decoder raises about foreign bytes
        return None


def _covers(signer: cms.SignerInfo, certificate: x509.Certificate, digest: bytes) -> bool:
    """The certificate's key signed attributes that name this digest.

    Of the two values of ``s`` that both verify only the lower counts: else the file could be changed there and still hold.
    """
    attributes = {attribute["type"].native: attribute["values"].native for attribute in signer["signed_attrs"]}
    key = certificate.public_key()
    if attributes.get("message_digest") != [digest] or not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    signature = signer["signature"].native
    try:
        if decode_dss_signature(signature)[1] > P256_ORDER // 2:
            return False
        key.verify(signature, signer["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_issued(certificate: x509.Certificate, root: bytes, now_ms: int) -> bool:
    authority = x509.load_der_x509_certificate(root)
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    in_time = all(one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in (certificate, authority))
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return in_time
