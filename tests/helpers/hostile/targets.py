"""Every parser that meets bytes from a wire, with good streams to start from and what must hold for any stream.

``check`` raises ``Violated`` for a false success or unbounded memory; any other exception that comes out of it is a finding too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.helpers.hostile.mutation import pieces


class Violated(AssertionError):
    """A parser broke its word."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser. ``check`` gets the stream, and a source of chance for how the line cuts it."""

    name: str
    seeds: Sequence[bytes]
    check: Callable[[bytes, random.Random], None]


def demand(holds: bool, words: str) -> None:
    """Raise ``Violated`` unless it holds."""
    if not holds:
        raise Violated(words)


def targets() -> tuple[Target, ...]:
    """All of them."""
    # Late: each brings its device's libraries along.
    from tests.helpers.hostile import texts_and_pictures
    from tests.helpers.hostile.barcode_scanner import SCANNER_TARGETS
    from tests.helpers.hostile.document_printer import PRINTER_TARGETS as DOCUMENT_TARGETS
    from tests.helpers.hostile.id_card_reader import READER_TARGETS
    from tests.helpers.hostile.receipt_printer import PRINTER_TARGETS

    return (*READER_TARGETS, *PRINTER_TARGETS, *SCANNER_TARGETS, *DOCUMENT_TARGETS, *texts_and_pictures.TARGETS)


def fed(stream: bytes, chance: random.Random, feed: Callable[[bytes], None]) -> None:
    """Feed a stream in pieces."""
    for piece in pieces(chance, stream):
        feed(piece)
