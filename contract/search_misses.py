"""Searches on terminals that found nothing: what was asked for on which day, and nothing of who asked, or when within it."""

from __future__ import annotations

import msgspec

MAX_MISSES = 200
"""In one request: so many of the longest fit into the body that is allowed."""
LEAST_TEXT = 2
MOST_TEXT = 20
"""Characters of a text: normalised (NFKC, lower case), without digits, without what cannot be seen."""
MAX_COUNT = 100_000
"""A day has no more seconds."""


class SearchMiss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often one text was looked for in vain on one day. The ``repr`` shows no text."""

    report_id: str
    """32 digits of hex, drawn at random once. The same id is the same report, however often it comes."""
    day: str
    """ISO 8601 date in China."""
    text: str
    count: int

    def __repr__(self) -> str:
        return f"SearchMiss(report_id={self.report_id!r}, day={self.day!r}, count={self.count}, <redacted>)"


class SubmitSearchMisses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /v1/search-misses`` (JSON), at most 200."""

    misses: tuple[SearchMiss, ...]


class SearchMissesAnswer(msgspec.Struct, frozen=True):
    """Ids that the platform has counted, or will never count; the terminal may forget both."""

    settled: tuple[str, ...]
    platform_time_ms: int
