"""The files of a folder that look like pictures."""

from __future__ import annotations

from pathlib import Path

from drivers.errors import Disconnected

_PICTURE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".webp"})


def picture_paths(folder: Path) -> list[Path]:
    """By name; raises ``Disconnected`` when the folder cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICTURE_SUFFIXES)
    except OSError as error:
        raise Disconnected(str(folder), f"folder cannot be read ({error.strerror})") from error
