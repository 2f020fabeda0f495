"""What decoding bytes of unknown make may raise."""

from __future__ import annotations

import msgspec

UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""``msgspec`` lets texts that are no UTF-8, and nesting without end, out as Python's own exceptions."""
