"""Lines typed by a person or piped by a program, without a thread that nobody can stop."""

from __future__ import annotations

import os
import select
import sys

_READ_SIZE = 4096
_LONGEST_LINE_BYTES = 64 * 1024


class LineSource:
    """Reads lines from a file descriptor, waiting no longer than asked."""

    def __init__(self, descriptor: int | None) -> None:
        """``None`` is a source that never says anything."""
        self._descriptor = descriptor
        self._rest = b""

    def take(self) -> list[bytes]:
        """Lines that are complete by now, without their ends; at the end of the input also a last one without. Never waits."""
        while self._descriptor is not None and _is_readable(self._descriptor):
            data = os.read(self._descriptor, _READ_SIZE)
            if not data:
                self._descriptor = None
                self._rest += b"\n" if self._rest else b""
            self._rest += data
            if len(self._rest) > _LONGEST_LINE_BYTES:
                break
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > _LONGEST_LINE_BYTES:
            self._rest = b""
        return [line.removesuffix(b"\r") for line in lines]


def standard_input() -> LineSource:
    """Lines of this process's standard input; a silent source where it has none."""
    try:
        return LineSource(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):
        return LineSource(None)


def _is_readable(descriptor: int) -> bool:
    return not _is_in_background_of(descriptor) and bool(select.select([descriptor], [], [], 0)[0])


def _is_in_background_of(descriptor: int) -> bool:
    """True when the kernel would stop this process for reading: its terminal listens to another one."""
    try:
        return os.isatty(descriptor) and os.tcgetpgrp(descriptor) != os.getpgrp()
    except OSError:
        return False  # a terminal that does not control this process
