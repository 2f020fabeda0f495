"""What the screen of a proof on paper shows; see ``views``."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ProofView:
    """证明: being made and printed, out, or why not."""

    item_name: str
    busy: bool
    reason: str
    code: str = field(repr=False)
    """Verification code, once it is out."""
    pages: int
    words: str = field(repr=False)
    """The platform's line on why there is none."""
    may_try_again: bool
