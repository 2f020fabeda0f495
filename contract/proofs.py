"""Proofs 证明 on the wire: a signed PDF made by the platform, checked and printed by the terminal, and the code on it.

Verification code 验证码, 12 characters: ``P`` + 10 random characters (no I, no O) + check character (ISO 7064 MOD 37,36).
Random, so nobody finds one by counting; the check character lets a typing mistake show without the network.
"""

from __future__ import annotations

import re
import secrets
from typing import Literal

import msgspec

from contract import receipt_number

MAX_PDF_BYTES = 2 * 1024 * 1024
MAX_PROOF_PAGES = 4
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve that proofs are signed on (SP 800-186); a signature has an ``s`` of at most half of it."""
MAX_UPLOAD_BYTES = 4 * 1024 * 1024
"""Longest file that may be handed in to be checked."""
MAX_PURPOSE = 60
"""Longest purpose 用途, in characters."""
_RANDOM = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE = re.compile(r"P[0-9A-HJ-NP-Z]{10}[0-9A-Z]")
PROOF_TERMS = "kind={kind};receipt={receipt_number};valid_to_ms={valid_to_ms}"
"""Keywords of the signed document: a terminal prints it only for the request that it answers, and not after its time."""
QR_PREFIX = "OUEBANP1:"
"""What the QR code on a proof begins with; the verification code follows. ASCII only, so every scanner reads it alike."""

MAX_KIND = 48
"""Longest name of a kind of proof. Kinds are the platform's: ``insurance`` 参保证明, ``fund`` 缴存证明, ``tax`` 完税证明 …; it
refuses those it does not know."""


def new_code() -> str:
    """A fresh verification code."""
    body = "P" + "".join(secrets.choice(_RANDOM) for _ in range(10))
    return body + receipt_number.check_character(body)


def is_code(text: str) -> bool:
    """True when form and check character are right. Never raises, whatever was typed."""
    return bool(_CODE.fullmatch(text)) and receipt_number.check_character(text[:-1]) == text[-1]


def code_in(text: str) -> str | None:
    """The code that was typed or scanned (groups, small letters and the QR prefix are fine); ``None``: no proof was meant."""
    plain = text.strip().upper()
    meant = plain.startswith(QR_PREFIX)
    plain = re.sub(r"[ \-]", "", plain.removeprefix(QR_PREFIX))
    return plain if meant or (len(plain) == 12 and plain.startswith("P") and plain.isascii() and plain.isalnum()) else None


def grouped(code: str) -> str:
    """For reading aloud: ``P7K2-9QXM-4TRA``."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


class ProofRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/proofs`` (JSON), signed like every request of a terminal."""

    kind: str
    item_code: str
    """实施编码 of the item in the catalogue, kept in the record."""
    case_id: str
    """UUIDv7 of the case this proof belongs to."""
    receipt_number: str
    """受理号."""
    id_number: str
    """公民身份号码."""
    name: str
    purpose: str = ""
    """用途, at most 60 characters, printed as ``仅供办理…使用``; empty: none stated."""
    language: Literal["zh", "en"] = "zh"

    def __repr__(self) -> str:
        return f"ProofRequest(kind={self.kind!r}, case_id={self.case_id!r}, <redacted>)"


class ProofAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's answer (MessagePack)."""

    outcome: Literal["issued", "no_case", "not_held", "not_yet", "refused"]
    """``no_case``: the case has not reached the platform, or is not this person's; ``not_held``: the register holds nothing to
    prove; ``not_yet``: it is not settled, come back later."""
    platform_time_ms: int
    reason: str = ""
    """One line for the resident, unless issued."""
    pdf: bytes = b""
    """At most 2 MiB."""
    sha256: str = ""
    """Of ``pdf``, lower-case hex."""
    verification_code: str = ""
    issued_at_ms: int = 0
    valid_to_ms: int = 0

    def __repr__(self) -> str:
        return f"ProofAnswer(outcome={self.outcome!r}, pdf=<{len(self.pdf)} bytes>)"


class VerifyProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /v1/proofs/verify`` (JSON): open to whoever holds a proof."""

    text: str
    """The verification code, or what a scanner reads from the QR code."""


class ProofVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a proof is genuine. Names are masked; what could not be believed is left empty."""

    code: Literal["valid", "expired", "changed", "unknown", "mistyped"]
    """``changed``: a file that names a code of ours but is not the file we signed; ``mistyped``: the check character is wrong."""
    verification_code: str = ""
    title: str = ""
    masked_name: str = ""
    masked_id_number: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """The table on the proof, without name and number: compare it with the paper."""
    issued_at_ms: int | None = None
    valid_to_ms: int | None = None
    sha256: str = ""
