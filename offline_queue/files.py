"""Small files that must survive a power cut: written beside, synced, renamed, and the folder synced."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make renames and removals in ``folder`` durable. Raises ``OSError``."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace ``path`` by ``content``: a power cut leaves the old file or the new one, never a half. Raises ``OSError``."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def close_to_others(path: Path) -> bool:
    """Take from a regular file all rights beyond 0600; True when there were such. Raises ``OSError``."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or not stat.S_IMODE(found.st_mode) & ~0o600:
        return False
    path.chmod(stat.S_IMODE(found.st_mode) & 0o600)
    return True


def write_new_durably(folder: Path, name: str, content: bytes) -> None:
    """As ``write_durably`` for a file that is not there yet, in as few calls as it takes. Raises ``OSError``."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        beside = name + ".new"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600, dir_fd=place)
        try:
            _write_whole(descriptor, content)
            os.fsync(descriptor)
            os.rename(beside, name, src_dir_fd=place, dst_dir_fd=place)
        except OSError:
            os.unlink(beside, dir_fd=place)
            raise
        finally:
            os.close(descriptor)
        os.fsync(place)
    finally:
        os.close(place)


def _write_whole(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
