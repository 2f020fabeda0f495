"""Writing to a USB stick: FAT knows no modes and no links, and some file systems will not sync a folder.

Every file is written beside its name, synced, and renamed.
"""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

_CHUNK_BYTES = 1024 * 1024
NEW = ".new"


def put(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content``, durable once its folder is synced too. Raises ``OSError``; then the old file stays."""
    beside = write_beside(path, content)
    try:
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def write_beside(path: Path, content: bytes) -> Path:
    """Write and sync ``content`` under a name beside ``path``, and return that. Raises ``OSError``; then nothing is left."""
    beside = path.with_name(path.name + NEW)
    beside.unlink(missing_ok=True)
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside


def sync_stick_folder(folder: Path) -> None:
    """Make renames durable, as far as the file system can. Raises ``OSError`` when it could and failed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some drivers have no sync for folders at all; there the names reach the stick when it is unmounted.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def holds(path: Path, digest: str, size_bytes: int) -> bool:
    """True when the file is there already with these very bytes."""
    try:
        if path.stat().st_size != size_bytes:
            return False
        sha256 = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                sha256.update(chunk)
    except OSError:
        return False
    return sha256.hexdigest() == digest


def clusters(folder: Path, size_bytes: int) -> int:
    """What a file of this size takes on the stick. Raises ``OSError``."""
    unit = max(1, os.statvfs(folder).f_frsize)
    return -(-size_bytes // unit) * unit
