"""Documents to print, and a document printer to print them on."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

import pytest

from drivers.document_printer.job import Patience
from drivers.document_printer.private_cups import find_cupsd
from drivers.document_printer.sample_page import sample_pdf

needs_cups = pytest.mark.skipif(find_cupsd() is None, reason="cupsd is not installed (Debian: cups cups-client)")

HASTY = Patience(answer=0.5, poll=0.05, document=2.0, document_lag=0.3, settle=0.4, connect=0.8, ending=1.0)
"""For tests: the same order of things in less time."""


@lru_cache(maxsize=32)
def document(pages: int = 1, mark: str = "1") -> bytes:
    """A true PDF with Chinese on it; another ``mark`` makes another document."""
    return sample_pdf(f"mark {mark}", pages)


def telling_bytes(pdf: bytes) -> bytes:
    """A piece of the document that is in no other file."""
    return pdf[len(pdf) // 2 : len(pdf) // 2 + 48]


def wait_until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """Fail when it does not become so."""
    ends_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends_at, "it did not come to pass"
        time.sleep(0.01)
