"""Changes of the session while papers are gathered and values are looked at; see ``effects``."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.papers import ScannedPage


@dataclass(frozen=True, slots=True)
class RememberDisputed:
    """Note that the resident says a given value is wrong, or takes that back."""

    name: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class RememberTaken:
    """Hold a page that was taken until the resident has looked at it."""

    page: ScannedPage = field(repr=False)


@dataclass(frozen=True, slots=True)
class ForgetTaken:
    """Overwrite the page that was taken, and was not wanted."""
