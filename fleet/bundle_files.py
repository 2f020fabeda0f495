"""Reading a bundle's files from a stick that anybody may have prepared: no links, no devices, no file beyond its limit."""

from __future__ import annotations

import os
import re
import stat
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from contract.bundle import MATERIALS
from contract.materials import is_digest
from fleet.errors import PlatformError

_PART_NAME = re.compile(r"cases-[0-9]{5}\.msgpack")


class Unreadable(Exception):
    """A file of the bundle is not there, is no plain file, or is too large; ``str()`` says which."""


def is_part_name(name: str) -> bool:
    """True for a name that a file of cases may have."""
    return _PART_NAME.fullmatch(name) is not None


class BundleFolder:
    """A folder, opened once: what is read lies in this very folder, whatever links are laid meanwhile. A context manager."""

    def __init__(self, path: Path) -> None:
        """Open. Raises ``PlatformError`` when there is no such folder."""
        self._stack = ExitStack()
        self._materials: int | None = None
        try:
            self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise PlatformError(f"{path}: {error.strerror or error}") from error
        self._stack.callback(os.close, self._handle)

    def read(self, name: str, longest: int) -> bytes:
        """A plain file of the folder itself. Raises ``Unreadable``."""
        return _read(name, self._handle, longest)

    def read_material(self, digest: str, longest: int) -> bytes:
        """A plain file of the folder of materials. Raises ``Unreadable``."""
        if not is_digest(digest):
            raise Unreadable("is not named by a SHA-256")
        if self._materials is None:
            try:
                self._materials = os.open(MATERIALS, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=self._handle)
            except OSError as error:
                raise Unreadable(f"cannot be read: {error.strerror or error}") from error
            self._stack.callback(os.close, self._materials)
        return _read(digest, self._materials, longest)

    def __enter__(self) -> BundleFolder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()


def _read(name: str, folder: int, longest: int) -> bytes:
    try:
        # A link is not followed, and a named pipe does not hold us up.
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Unreadable("is no plain file")
            content = file.read(longest + 1)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from error
    if len(content) > longest:
        raise Unreadable(f"is larger than {longest} bytes")
    return content
