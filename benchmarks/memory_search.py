"""Looks for byte strings in the memory of other processes and in files; needs the right to read /proc/PID/mem (root)."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_CHUNK_BYTES = 8 * 2**20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PRESENT, _SWAPPED = np.uint64(1 << 63), np.uint64(1 << 62)
_TAIL_BYTES = 128
_CAP_SYS_PTRACE = 19
_MAP = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ *(.*)")


@dataclass
class Search:
    """What was looked for, where, and found."""

    needles: Mapping[str, bytes]
    """By what they are; each at least 16 bytes that occur nowhere by chance."""
    findings: list[str] = field(default_factory=list)
    searched_bytes: int = 0

    def __post_init__(self) -> None:
        self._sieve = _Sieve(self.needles)

    def memory(self, pid: int, name: str) -> None:
        """All pages of a process that exist, in memory or in the swap area. It should stand still; what vanishes is skipped."""
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for begin, end, place in _resident(pid):
                self._chunks(_read(memory, begin, end), f"{name} {place or 'anonymous'}")

    def file(self, path: Path) -> None:
        """One file of any size."""
        with path.open("rb") as file:
            self._chunks(iter(lambda: file.read(_CHUNK_BYTES), b""), str(path))

    def folders(self, folders: Iterable[Path], since_s: float) -> None:
        """Every regular file below that was written to since; what cannot be read or vanishes is skipped."""
        for path in {Path(where, name) for folder in folders for where, _, names in os.walk(folder) for name in names}:
            try:
                if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since_s:
                    self.file(path)
            except OSError:
                continue

    def _chunks(self, chunks: Iterator[bytes], where: str) -> None:
        tail = b""
        for chunk in chunks:
            self.searched_bytes += len(chunk)
            whole = tail + chunk
            self.findings += (f"{what} in {where}" for what in self._sieve.found_in(whole))
            tail = whole[-_TAIL_BYTES:]


class _Sieve:
    """Finds needles by the one whole word of memory that each occurrence must hold, at whichever of eight places it begins."""

    def __init__(self, needles: Mapping[str, bytes]) -> None:
        if any(not 16 <= len(needle) <= _TAIL_BYTES // 2 for needle in needles.values()):
            raise ValueError(f"needles have 16 to {_TAIL_BYTES // 2} bytes")
        self._needles = needles
        words = [np.frombuffer(needle[at : at + 8], np.uint64)[0] for needle in needles.values() for at in range(8)]
        self._is_near = np.zeros(1 << 16, np.bool_)
        self._is_near[np.array(words, np.uint64) & np.uint64(0xFFFF)] = True
        self._words = np.unique(np.array(words, np.uint64))

    def found_in(self, content: bytes) -> set[str]:
        """Names of the needles that are in ``content``."""
        words = np.frombuffer(content, np.uint64, len(content) // 8)
        near = np.flatnonzero(self._is_near[words & np.uint64(0xFFFF)])
        places = near[np.isin(words[near], self._words)] * 8
        # What follows the last whole word is looked at as it is.
        pieces = [content[max(0, at - _TAIL_BYTES) : at + _TAIL_BYTES] for at in (*places.tolist(), len(content))]
        return {what for what, needle in self._needles.items() if any(needle in piece for piece in pieces)}


def tree(pid: int) -> list[int]:
    """The process and all that descend from it."""
    try:
        children = []
        for task in Path(f"/proc/{pid}/task").iterdir():  # each thread has children of its own
            children += (task / "children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in tree(int(child)))]


def _resident(pid: int) -> Iterator[tuple[int, int, str]]:
    """Runs of pages that exist, of every mapping that can be read."""
    lines = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    with Path(f"/proc/{pid}/pagemap").open("rb", buffering=0) as pagemap:
        for line in lines:
            parsed = _MAP.match(line)
            if parsed is None or parsed[3][0] != "r" or parsed[4] in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
                continue
            begin, end = int(parsed[1], 16), int(parsed[2], 16)
            pagemap.seek(begin // _PAGE * 8)
            entries = np.frombuffer(pagemap.read((end - begin) // _PAGE * 8), np.uint64)
            exists = np.concatenate(([False], (entries & (_PRESENT | _SWAPPED)) != 0, [False]))
            edges = np.flatnonzero(exists[1:] != exists[:-1])
            for first, last in zip(edges[::2], edges[1::2], strict=True):
                yield begin + int(first) * _PAGE, begin + int(last) * _PAGE, parsed[4]


def _read(memory: io.RawIOBase, begin: int, end: int) -> Iterator[bytes]:
    for at in range(begin, end, _CHUNK_BYTES):
        try:
            yield os.pread(memory.fileno(), min(_CHUNK_BYTES, end - at), at)
        except OSError:
            return  # gone meanwhile, or a device's memory


def may_read_others() -> bool:
    """True when this process may read the memory of another, protected one."""
    words = Path("/proc/self/status").read_text(encoding="ascii").split()
    return bool(int(words[words.index("CapEff:") + 1], 16) >> _CAP_SYS_PTRACE & 1)
