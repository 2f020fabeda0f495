"""Is a proof genuine? By the code on it, or by the whole file: only the very bytes that were signed here are valid."""

from __future__ import annotations

import hashlib
import re
import sqlite3

import msgspec

from contract.proofs import QR_PREFIX, ProofVerdict, code_in, is_code
from fleet.database import Database
from fleet.proofs.facts import kinds

_NAMED = re.compile(re.escape(QR_PREFIX.encode()) + rb"(P[0-9A-Z]{11})")
_MOST_NAMED = 8


def check_code(database: Database, text: str, now_ms: int) -> ProofVerdict:
    """The verdict on a typed or scanned code, whatever it is."""
    code = code_in(text[:100])
    if code is None or not is_code(code):
        return ProofVerdict(code="mistyped")
    with database.reading() as connection:
        row = connection.execute("SELECT * FROM proofs WHERE verification_code = ?", (code,)).fetchone()
    return _told(row, now_ms) if row else ProofVerdict(code="unknown", verification_code=code)


def check_file(database: Database, pdf: bytes, now_ms: int) -> ProofVerdict:
    """The verdict on a file, whatever it is. Its content is never parsed."""
    with database.reading() as connection:
        row = connection.execute("SELECT * FROM proofs WHERE sha256 = ?", (hashlib.sha256(pdf).hexdigest(),)).fetchone()
        if row:
            return _told(row, now_ms)
        named = [found[1].decode() for _, found in zip(range(_MOST_NAMED), _NAMED.finditer(pdf), strict=False)]
        for code in named:
            # Nothing of the true proof is shown: whoever holds a file that merely names a code need not hold the proof.
            if connection.execute("SELECT 1 FROM proofs WHERE verification_code = ?", (code,)).fetchone():
                return ProofVerdict(code="changed", verification_code=code)
    return ProofVerdict(code="unknown")


def _title(kind: str) -> str:
    """A kind that this program no longer makes is still told by its name."""
    known = kinds().get(kind)
    return known.title.zh if known is not None else kind


def _told(row: sqlite3.Row, now_ms: int) -> ProofVerdict:
    return ProofVerdict(
        code="valid" if now_ms < row["valid_to_ms"] else "expired",
        verification_code=row["verification_code"],
        title=_title(row["kind"]),
        masked_name=row["masked_name"],
        masked_id_number=row["masked_id_number"],
        facts=msgspec.json.decode(row["facts"], type=tuple[tuple[str, str], ...]),
        issued_at_ms=row["issued_at_ms"],
        valid_to_ms=row["valid_to_ms"],
        sha256=row["sha256"],
    )
