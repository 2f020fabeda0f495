"""What can happen while a proof 证明 is made and printed on A4."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ProofWanted:
    """The proof of a case handed in earlier, chosen from the answer to a progress query."""

    receipt_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProofPrinted:
    """It lies in the printer's tray."""

    case_id: str
    code: str = field(repr=False)
    """Verification code 验证码, as it stands on the paper."""
    pages: int


@dataclass(frozen=True, slots=True)
class ProofNotPrinted:
    """There is none on paper, and why: ``proof.…`` of the platform, or ``document.…`` of the printer."""

    case_id: str
    reason: str
    words: str = field(default="", repr=False)
    """The platform's line for the resident."""
