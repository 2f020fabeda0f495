"""What can happen on the page of policies (政策通)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoliciesOpened:
    """What am I entitled to?"""


@dataclass(frozen=True, slots=True)
class PoliciesMatched:
    """Which ones are for me? Whoever is not identified yet is first; then the touch is the consent to ask authorities."""
