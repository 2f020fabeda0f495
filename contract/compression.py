"""Compressed bodies on the wire: zstd (RFC 8878), from the standard library where it has it."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["ZSTD", "zstd"]

ZSTD = "zstd"
"""Token of ``Content-Encoding`` (RFC 8878, section 7.2)."""
