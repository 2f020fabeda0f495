"""Planted words of a resident, and the search for them in files, in every spelling a leak could have."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.helpers.cases import CANARIES

CANARY_REMARKS = "测试备注:独居老人,请晚些来电"
ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_CHUNK = 2**20


def _base64_spellings(raw: bytes) -> Iterator[bytes]:
    """What base64 of any text around ``raw`` must hold, at each of the three places it can begin."""
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + raw).rstrip(b"=")
        # The first and last characters also depend on the neighbours.
        inner = coded[(shift * 8 + 5) // 6 : len(coded) - 1]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


def spellings(canary: str) -> set[bytes]:
    """All byte strings that give ``canary`` away."""
    plain = {canary.encode(encoding) for encoding in ENCODINGS}
    escaped = json.dumps(canary)[1:-1]
    coded = {spelling for raw in (canary.encode(), canary.encode("gb18030")) for spelling in _base64_spellings(raw)}
    return plain | coded | {escaped.encode(), re.sub(r"\\u(....)", lambda m: f"\\u{m[1].upper()}", escaped).encode()}


_ALL = tuple((canary, spelling) for canary in (*CANARIES, CANARY_REMARKS) for spelling in sorted(spellings(canary)))
_LONGEST = max(len(spelling) for _, spelling in _ALL)


def traces(content: bytes) -> list[str]:
    """The canaries that ``content`` gives away."""
    return [canary for canary, spelling in _ALL if spelling in content]


def traces_in(path: Path) -> list[str]:
    """The same of a file or device of any size."""
    found: dict[str, None] = {}
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            # Most of a raw disk is empty.
            if chunk != bytes(len(chunk)):
                found |= dict.fromkeys(traces(tail + chunk))
            tail = chunk[-_LONGEST:]
    return list(found)


_clean: set[tuple[int, ...]] = set()
"""Files that were read, gave nothing away, and have not been touched since. A mapped file changes without a sign: never these."""


def search(*folders: Path) -> dict[str, list[str]]:
    """Every file below ``folders`` that gives something away, with what it does."""
    found = {}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        status = path.stat()
        mark = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if mark in _clean:
            continue
        if hits := traces_in(path):
            found[str(path)] = hits
        elif not path.name.endswith("-shm"):
            _clean.add(mark)
    return found
