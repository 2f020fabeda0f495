"""The files of materials: ``materials/ab/abcdef….part`` while bytes are missing, without the suffix once whole.

Every change is on disk before it is told. A folder is locked while one of its files changes, also against other processes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.errors import StorageUnavailable

FOLDER = "materials"
RESERVE_BYTES = 256 * 1024 * 1024
"""Left free on the disk: a photo must not keep the platform from taking in cases."""
_PART = ".part"
_READ_BYTES = 1024 * 1024


class MaterialFiles:
    """The folder of one platform. Every method but ``locked`` and ``is_whole`` wants the lock of the digest to be held.

    Each raises ``StorageUnavailable`` when the disk does not do what is asked; what was held before is then still held.
    """

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    @contextmanager
    def locked(self, digest: str) -> Iterator[None]:
        """Keep everybody else from changing this material (and the 1/256 of the others that share its folder)."""
        with _translated(self._folder):
            folder = self._folder / digest[:2]
            for made in (self._folder, folder):
                if not made.is_dir():
                    made.mkdir(mode=0o700, exist_ok=True)
                    _sync_folder(made.parent)
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with _translated(folder):
                # Belongs to this open folder: it holds off other threads as well as other processes, and dies with us.
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def is_whole(self, digest: str, size_bytes: int) -> bool:
        """True when the finished file is there."""
        return _size(self._path(digest)) == size_bytes

    def held(self, digest: str) -> int:
        """Bytes of the unfinished file; 0 when there is none."""
        return _size(self._part(digest)) or 0

    def append(self, digest: str, chunk: bytes) -> None:
        """Add bytes at the end of the unfinished file, durably: all of them or, when the disk is full, none."""
        path = self._part(digest)
        with _translated(path):
            if shutil.disk_usage(path.parent).free < RESERVE_BYTES + len(chunk):
                raise StorageUnavailable(f"the disk is full ({path.parent})")
            is_new = not path.exists()
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            try:
                _write(handle, chunk)
            finally:
                os.close(handle)
            if is_new:
                _sync_folder(path.parent)

    def finish(self, digest: str) -> bool:
        """Make the unfinished file the finished one, durably; False when its bytes have another digest: then it is gone."""
        part = self._part(digest)
        with _translated(part):
            if _sha256(part) != digest:
                part.unlink()
                return False
            part.replace(self._path(digest))
            _sync_folder(part.parent)
            return True

    def adopt(self, digest: str) -> int | None:
        """Size of a finished file that the register does not know of, if its bytes are right; otherwise it is removed."""
        path = self._path(digest)
        size_bytes = _size(path)
        if size_bytes is None:
            return None
        with _translated(path):
            if _sha256(path) == digest:
                return size_bytes
            path.unlink()
            return None

    def read(self, digest: str, longest: int) -> bytes | None:
        """The finished file, or its first ``longest`` bytes; ``None`` when there is none."""
        path = self._path(digest)
        with _translated(path):
            try:
                with path.open("rb") as file:
                    return file.read(longest)
            except FileNotFoundError:
                return None

    def remove(self, digest: str) -> None:
        """Remove both files."""
        for path in (self._part(digest), self._path(digest)):
            with _translated(path):
                path.unlink(missing_ok=True)

    def older_than(self, age_s: float) -> Iterator[str]:
        """Digests of all files, finished or not, that were last written so long ago."""
        with _translated(self._folder):
            for path in sorted(self._folder.glob("??/*")):
                size_bytes = _size(path)
                if size_bytes is not None and time.time() - path.stat().st_mtime > age_s:
                    yield path.name.removesuffix(_PART)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _part(self, digest: str) -> Path:
        return self._folder / digest[:2] / (digest + _PART)


def _size(path: Path) -> int | None:
    with _translated(path):
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None


def _write(handle: int, chunk: bytes) -> None:
    before = os.fstat(handle).st_size
    try:
        left = memoryview(chunk)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, before)
        raise


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(f"{error.filename or path}: {error.strerror or error}") from error
