"""A list of pairs of pictures whose truth is known: a CSV file with the columns probe, reference and same."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

_COLUMNS = {"probe", "reference", "same"}
_TRUTH = {"1": True, "true": True, "0": False, "false": False}
_MOST_BYTES = 256 * 1024 * 1024


class PairsUnusable(Exception):
    """The list cannot be used; the message is one line and names the file."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, and whether they show the same person."""

    probe: Path
    reference: Path
    is_same: bool


@dataclass(frozen=True, slots=True)
class PairList:
    """All pairs of a file."""

    name: str
    """Name of the file and the beginning of its hash."""
    pairs: tuple[Pair, ...]


def read_pairs(path: Path) -> PairList:
    """The pairs of ``path``, whose pictures lie relative to it; raises ``PairsUnusable``."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PairsUnusable(f"{path}: it is too large for a list of pairs")
        content = path.read_bytes()
        rows = csv.DictReader(content.decode("utf-8-sig").splitlines())
        missing = _COLUMNS - set(rows.fieldnames or ())
        if missing:
            raise PairsUnusable(f"{path}: it has no column {', '.join(sorted(missing))}")
        pairs = tuple(_pair(path, number, row) for number, row in enumerate(rows, 2))
    except OSError as error:
        raise PairsUnusable(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise PairsUnusable(f"{path}: it is no CSV text in UTF-8") from error
    for is_same, words in ((True, "of one person"), (False, "of two people")):
        if not any(pair.is_same is is_same for pair in pairs):
            raise PairsUnusable(f"{path}: it has no pair {words}")
    return PairList(f"{path.name} {hashlib.sha256(content).hexdigest()[:12]}", pairs)


def _pair(path: Path, number: int, row: dict[str, str | None]) -> Pair:
    probe, reference, same = (str(row[name] or "").strip() for name in ("probe", "reference", "same"))
    truth = _TRUTH.get(same.lower())
    if not probe or not reference or truth is None:
        raise PairsUnusable(f"{path}: line {number} needs a probe, a reference, and 1 or 0 for same")
    return Pair(path.parent / probe, path.parent / reference, truth)
