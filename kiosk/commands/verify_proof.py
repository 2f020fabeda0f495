"""Check a proof (PDF) or the code on it, without any network.

Exit code 0: genuine (or a sound code); 1: not. A code alone proves nothing: the platform's page /verify tells
what stands on its proof.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from contract.proofs import MAX_PDF_BYTES, code_in, is_code
from kiosk.commands import CommandError
from kiosk.domain.china_time import shown_time
from kiosk.services.platform import PlatformTrouble, open_identity
from kiosk.services.proof_check import ProofFlaw, check_proof
from offline_queue.clock import SystemClock

_MAX_ROOT_BYTES = 16 * 1024
_WORDS: dict[str, str] = {
    ProofFlaw.TOO_LARGE: "the file is larger than any proof",
    ProofFlaw.NOT_A_PDF: "the file is not a PDF, or is damaged",
    ProofFlaw.TOO_MANY_PAGES: "the file has more pages than a proof",
    ProofFlaw.ACTIVE_CONTENT: "the file holds programs, actions or other files",
    ProofFlaw.NOT_SIGNED: "the file does not carry exactly one signature",
    ProofFlaw.CHANGED: "the file was changed after it was signed",
    ProofFlaw.UNKNOWN_ISSUER: "the file was not signed under the platform's root certificate, or its certificate has expired",
    ProofFlaw.NO_CODE: "the file names no verification code",
    "code_only": "the verification code is sound; a code alone does not prove that there is such a proof",
    "mistyped": "the check character of the verification code is wrong: it was mistyped or altered",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the check. What could not be believed is left empty."""

    valid: bool
    code: str
    """``genuine``, ``code_only``, ``mistyped``, or a ``ProofFlaw``."""
    verification_code: str = ""
    signed_at_ms: int | None = None
    pages: int = 0
    sha256: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk verify-proof``."""
    parser.add_argument("proof", metavar="FILE|CODE", help="a PDF, or the verification code or QR text on it")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")
    parser.add_argument("--data", type=Path, default=Path("data"), help="data folder of the terminal (default: data)")
    parser.add_argument("--root", type=Path, metavar="FILE", help="root certificate (DER or PEM) instead of the pinned one")


def execute(arguments: argparse.Namespace) -> int:
    """Check one file or code."""
    path = Path(arguments.proof)
    code = None if path.suffix.lower() == ".pdf" else code_in(arguments.proof)
    verdict = _of_file(path, _root(arguments)) if code is None else _of_code(code)
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
    elif verdict.code == "genuine":
        signed = shown_time(verdict.signed_at_ms) if verdict.signed_at_ms is not None else "at an unknown time"
        sys.stdout.write(f"genuine: {verdict.verification_code}\n  signed  {signed} (China time)\n  pages   {verdict.pages}\n")
    else:
        sys.stdout.write(f"{'valid' if verdict.valid else 'not valid'}: {_WORDS[verdict.code]}\n")
    return 0 if verdict.valid else 1


def _of_code(code: str) -> Verdict:
    return Verdict(True, "code_only", code) if is_code(code) else Verdict(False, "mistyped")


def _of_file(path: Path, root: bytes) -> Verdict:
    try:
        with path.open("rb") as file:
            pdf = file.read(MAX_PDF_BYTES + 1)
    except (OSError, ValueError) as error:
        raise CommandError(f"{str(path)!r} is neither a verification code nor a file that can be read", exit_code=2) from error
    found = check_proof(pdf, root, SystemClock().now().wall_ms)
    if isinstance(found, ProofFlaw):
        return Verdict(False, found.value)
    return Verdict(True, "genuine", found.verification_code, found.signed_at_ms, found.pages, found.sha256)


def _root(arguments: argparse.Namespace) -> bytes:
    if arguments.root is not None:
        return _given_root(arguments.root)
    if not arguments.data.is_dir():
        raise CommandError(f"{arguments.data}: there is no such folder; name the terminal's data folder, or a --root")
    try:
        identity = open_identity(arguments.data).current()
    except PlatformTrouble as error:
        raise CommandError(str(error)) from error
    if identity is None or not identity.proof_root:
        raise CommandError(f"{arguments.data}: this terminal has pinned no root certificate: enrol it, or name a --root")
    return identity.proof_root


def _given_root(path: Path) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        with path.open("rb") as file:
            told = file.read(_MAX_ROOT_BYTES)
        load = x509.load_pem_x509_certificate if told.startswith(b"-----") else x509.load_der_x509_certificate
        return load(told).public_bytes(Encoding.DER)
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: not a certificate that can be read", exit_code=2) from error
