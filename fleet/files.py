"""Small files, written so that a power cut leaves the old one or the new one, whole."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Write what only the platform may read: mode 0600, durable when this returns. Raises ``OSError``."""
    write_durably(path, content, 0o600)


def write_durably(path: Path, content: bytes, mode: int) -> None:
    """Write ``content`` to ``path``, durable when this returns. Raises ``OSError``."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_open_to_others(path: Path) -> bool:
    """True when anybody but the owner may read or write ``path``."""
    return bool(path.stat().st_mode & 0o077)
