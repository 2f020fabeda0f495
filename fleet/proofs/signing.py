"""Signs a PDF: PAdES B-B (ETSI EN 319 142-1) as a certification that allows no later change."""

from __future__ import annotations

import io

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from contract.proofs import P256_ORDER
from fleet.proofs.keys import ProofKeys


def sign_pdf(pdf: bytes, keys: ProofKeys) -> bytes:
    """The document with its signature. The root is left out: whoever checks must know it already."""
    # pyHanko takes a third of a second to import, and most processes of the platform never sign.
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class LowSigner(signers.SimpleSigner):  # type: ignore[misc]  # the library has no types
        """Of the two values of ``s`` that both verify the lower is written: there is one signature, and a changed bit shows."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            raw: bytes = await super().async_sign_raw(data, digest_algorithm, dry_run)
            r, s = decode_dss_signature(raw)
            return encode_dss_signature(r, min(s, P256_ORDER - s))

    signer = LowSigner(
        signing_cert=x509.Certificate.load(keys.signer),
        signing_key=asn1_keys.PrivateKeyInfo.load(keys.signer_key),
        cert_registry=SimpleCertificateStore(),
        embed_roots=False,
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Proof",
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        location="SAMPLE",
    )
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer, output=out)
    return out.getvalue()
