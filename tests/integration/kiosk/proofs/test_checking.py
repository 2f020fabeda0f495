"""What the check of a proof lets through: the whole, unchanged document of the pinned root, and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.proofs import P256_ORDER, ProofAnswer
from kiosk.services.proof_check import ProofFlaw, SoundProof, check_proof
from tests.integration.kiosk.proofs.conftest import World, now_ms

pytestmark = pytest.mark.xdist_group("proofs")


def test_a_proof_is_checked_and_comes_with_its_own_digest(world: World, issued: ProofAnswer) -> None:
    found = check_proof(issued.pdf, world.root, now_ms())
    assert isinstance(found, SoundProof)
    assert (found.verification_code, found.pages, found.sha256) == (issued.verification_code, 1, issued.sha256)
    assert hashlib.sha256(issued.pdf).hexdigest() == issued.sha256
    assert issued.valid_to_ms - issued.issued_at_ms == 90 * 86_400_000


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_changed_byte_passes(world: World, issued: ProofAnswer, data: st.DataObject) -> None:
    pdf = issued.pdf
    gap = pdf.index(b"/Contents <") + 11
    at = data.draw(st.one_of(st.integers(0, len(pdf) - 1), st.integers(gap - 1, gap + 2200)))
    changed = bytearray(pdf)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    assert isinstance(check_proof(bytes(changed), world.root, now_ms()), ProofFlaw)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_file_makes_the_check_stumble(world: World, junk: bytes) -> None:
    assert isinstance(check_proof(b"%PDF-1.7\n" + junk, world.root, now_ms()), ProofFlaw)


def test_another_root_an_expired_certificate_and_what_is_added_are_refused(
    world: World, issued: ProofAnswer, tmp_path: Path
) -> None:
    from fleet.proofs.keys import load_proof_keys

    stranger = load_proof_keys(tmp_path, now_ms()).root
    assert check_proof(issued.pdf, stranger, now_ms()) is ProofFlaw.UNKNOWN_ISSUER
    later = now_ms() + 3 * 365 * 86_400_000
    assert check_proof(issued.pdf, world.root, later) is ProofFlaw.UNKNOWN_ISSUER
    assert isinstance(check_proof(issued.pdf + b"\n%%EOF\n", world.root, now_ms()), ProofFlaw)
    assert check_proof(issued.pdf[: 2**21] + bytes(2**21), world.root, now_ms()) is ProofFlaw.TOO_LARGE


@pytest.mark.parametrize(
    "hostile",
    [
        b"%PDF-1.5\n1 0 obj<</Type/XRef/W[0 0 0]/Index[0 20000000]/Size 20000000/Root 1 0 R/Length 0>>stream\nendstream endobj\n"
        b"startxref\n9\n%%EOF\n",
        b"%PDF-1.5\n" + b"".join(b"%d 0 obj(" % number for number in range(20_000)) + b")" * 20_000,
        b"%PDF-1.5\n/ByteRange [0 9 30 " + b"9" * 9 + b"]\n%%EOF",
        b"%PDF-1.5\n" + b"/ByteRange [0 1 2 3] " * 1000,
    ],
)
def test_a_file_that_nobody_signed_is_not_even_parsed(world: World, hostile: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these keeps the parser busy for minutes, or fills the memory."""
    from pyhanko.pdf_utils import reader

    def never(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(reader, "PdfFileReader", never)
    assert check_proof(hostile, world.root, now_ms()) in (ProofFlaw.NOT_SIGNED, ProofFlaw.CHANGED)


def test_the_other_value_of_the_signature_does_not_pass(world: World, issued: ProofAnswer) -> None:
    """ECDSA has two values of ``s`` that both verify: the file would be another, and hold."""
    gap = issued.pdf.index(b"/Contents <") + len(b"/Contents <")
    written = issued.pdf[gap : issued.pdf.index(b">", gap)]
    whole = cms.ContentInfo.load(bytes.fromhex(written.decode()))
    signer = whole["content"]["signer_infos"][0]
    r, s = decode_dss_signature(signer["signature"].native)
    assert s <= P256_ORDER // 2
    signer["signature"] = encode_dss_signature(r, P256_ORDER - s)
    other = whole.dump(force=True).hex().upper().encode()
    bent = issued.pdf.replace(written, other[: len(written)].ljust(len(written), b"0"))
    assert bent != issued.pdf
    assert check_proof(bent, world.root, now_ms()) is ProofFlaw.CHANGED


def test_signed_but_active_is_refused_all_the_same(tmp_path: Path) -> None:
    """Our own signature does not make a script harmless."""
    import io

    from reportlab.pdfgen.canvas import Canvas

    from fleet.proofs.keys import load_proof_keys
    from fleet.proofs.signing import sign_pdf

    keys = load_proof_keys(tmp_path, now_ms())

    def signed(pages: int, script: bool) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out)
        for _ in range(pages):
            canvas.drawString(50, 50, "SAMPLE")
            canvas.showPage()
        if script:
            from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFString

            canvas._doc.Catalog.OpenAction = PDFDictionary({"S": "/JavaScript", "JS": PDFString("app.alert(1)")})
        canvas.save()
        return sign_pdf(out.getvalue(), keys)

    assert check_proof(signed(1, True), keys.root, now_ms()) is ProofFlaw.ACTIVE_CONTENT
    assert check_proof(signed(5, False), keys.root, now_ms()) is ProofFlaw.TOO_MANY_PAGES
    assert check_proof(signed(1, False), keys.root, now_ms()) is ProofFlaw.NO_CODE
