"""Lines typed by a person or piped by a program, without a thread that nobody can stop."""

from __future__ import annotations

import os
import select

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
        while self._is_readable():
            data = os.read(self._descriptor or 0, _READ_SIZE)
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

    def _is_readable(self) -> bool:
        if self._descriptor is None or self._is_someone_elses_terminal(self._descriptor):
            return False
        return bool(select.select([self._descriptor], [], [], 0)[0])

    @staticmethod
    def _is_someone_elses_terminal(descriptor: int) -> bool:
        """A process in the background that reads from its terminal is stopped by the kernel."""
        return os.isatty(descriptor) and os.tcgetpgrp(descriptor) != os.getpgrp()
