"""An X display that is looked at and touched from outside: the few requests of the X11 protocol that this takes, on its own socket.

No library in between: what is measured is the terminal and the display, and a request costs one write and one read.
"""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_GET_GEOMETRY, _QUERY_TREE, _GET_IMAGE, _QUERY_EXTENSION = 14, 15, 73, 98
_GET_WINDOW_ATTRIBUTES, _SET_ACCESS_CONTROL = 3, 111
_Z_PIXMAP = 2
_XTEST_FAKE_INPUT = 2
_KEY_PRESS, _BUTTON_PRESS, _BUTTON_RELEASE, _MOTION = 2, 4, 5, 6
_LEFT = 1
_BAD_WINDOW, _BAD_DRAWABLE = 3, 9
_VIEWABLE = 2
_STOP_S = 10.0
BYTES_PER_PIXEL = 4


class NoDisplay(Exception):
    """The display cannot be used; the message says why."""


class NoWindow(NoDisplay):
    """A window has closed."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        """Its middle."""
        return self.x + self.width // 2, self.y + self.height // 2


class XDisplay:
    """One connection to one X server; for one thread."""

    def __init__(self, number: int) -> None:
        """Connect; raises ``NoDisplay``."""
        self.number = number
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(f"/tmp/.X11-unix/X{number}")
        except OSError as error:
            self._socket.close()
            raise NoDisplay(f"no X server :{number}: {error}") from error
        self.root, self.width, self.height = self._greet()
        self._xtest = self._extension("XTEST")

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def grab(self, area: Area, window: int = 0) -> bytes:
        """Pixels of an area of the root or of a window, row by row, four bytes each (blue, green, red, unused)."""
        box = struct.pack("<IhhHHI", window or self.root, area.x, area.y, area.width, area.height, 0xFFFFFFFF)
        _, pixels = self._ask(_GET_IMAGE, _Z_PIXMAP, box)
        return pixels

    def move(self, x: int, y: int) -> None:
        """Let the pointer be there."""
        self._fake(_MOTION, 0, x, y)

    def press(self, x: int, y: int) -> None:
        """Put the finger down."""
        self.move(x, y)
        self._fake(_BUTTON_PRESS, _LEFT, 0, 0)

    def lift(self) -> None:
        """Lift it."""
        self._fake(_BUTTON_RELEASE, _LEFT, 0, 0)

    def let_everybody_in(self) -> None:
        """Whoever reaches the socket may connect from now on; Xwayland takes its own user only."""
        self._socket.sendall(struct.pack("<BBH", _SET_ACCESS_CONTROL, 0, 1))
        self.area_of(self.root)  # what was asked before is done when this is answered

    def windows(self) -> dict[int, Area]:
        """The top-level windows that are to be seen, the lowest first, and where they are."""
        _, rest = self._ask(_QUERY_TREE, 0, struct.pack("<I", self.root))
        found = {}
        for (window,) in struct.iter_unpack("<I", rest):
            with suppress(NoWindow):  # it closed after the list was made
                if self._is_viewable(window):
                    found[window] = self.area_of(window)
        return found

    def area_of(self, window: int) -> Area:
        """Where a top-level window is; raises ``NoWindow`` when it has closed."""
        head, _ = self._ask(_GET_GEOMETRY, 0, struct.pack("<I", window))
        x, y, width, height = struct.unpack_from("<hhHH", head, 12)
        return Area(x, y, width, height)

    def _is_viewable(self, window: int) -> bool:
        head, _ = self._ask(_GET_WINDOW_ATTRIBUTES, 0, struct.pack("<I", window))
        return head[26] == _VIEWABLE

    def _greet(self) -> tuple[int, int, int]:
        self._socket.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        status, _, _, more = struct.unpack("<BBHxxH", self._read(8))
        rest = self._read(4 * more)
        if status != 1:
            raise NoDisplay(f"the X server :{self.number} refuses: {rest[:80]!r}")
        vendor, formats = struct.unpack_from("<H", rest, 16)[0], rest[21]
        screen = 32 + (vendor + 3) // 4 * 4 + 8 * formats
        root = struct.unpack_from("<I", rest, screen)[0]
        width, height = struct.unpack_from("<HH", rest, screen + 20)
        depth = rest[screen + 38]
        if depth != 24:
            raise NoDisplay(f"the X server :{self.number} has {depth} bits a pixel, 24 are wanted")
        return root, width, height

    def _extension(self, name: str) -> int:
        padded = name.encode().ljust((len(name) + 3) // 4 * 4, b"\0")
        head, _ = self._ask(_QUERY_EXTENSION, 0, struct.pack("<Hxx", len(name)) + padded)
        if not head[8]:
            raise NoDisplay(f"the X server :{self.number} has no {name}")
        return head[9]

    def _fake(self, kind: int, detail: int, x: int, y: int) -> None:
        event = struct.pack("<BBxxII8xhh8x", kind, detail, 0, 0, x, y)
        self._socket.sendall(struct.pack("<BBH", self._xtest, _XTEST_FAKE_INPUT, 9) + event)

    def _ask(self, opcode: int, detail: int, body: bytes) -> tuple[bytes, bytes]:
        """Send a request that has an answer; its first 32 bytes, and the rest."""
        self._socket.sendall(struct.pack("<BBH", opcode, detail, 1 + len(body) // 4) + body)
        while True:
            head = self._read(32)
            if head[0] == 1:
                return head, self._read(4 * struct.unpack_from("<I", head, 4)[0])
            if head[0] == 0 and head[1] in (_BAD_WINDOW, _BAD_DRAWABLE):
                raise NoWindow(f"the X server :{self.number} knows this window no more")
            if head[0] == 0:
                raise NoDisplay(f"the X server :{self.number} answers request {opcode} with error {head[1]}")

    def _read(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            part = self._socket.recv(min(size - len(found), 1 << 20))
            if not part:
                raise NoDisplay(f"the X server :{self.number} has hung up")
            found += part
        return bytes(found)


@contextmanager
def virtual_display(width: int, height: int) -> Iterator[XDisplay]:
    """An Xvfb of its own, on a free number; raises ``NoDisplay`` where there is none (Debian: xvfb)."""
    if shutil.which("Xvfb") is None:
        raise NoDisplay("Xvfb is missing (Debian: xvfb)")
    ear, mouth = os.pipe()
    command = ["Xvfb", "-displayfd", str(mouth), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=(mouth,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(mouth)
    try:
        with os.fdopen(ear) as answer:
            number = answer.readline().strip()
        if not number:
            raise NoDisplay(f"Xvfb does not start (exit code {server.wait(_STOP_S)})")
        display = XDisplay(int(number))
        try:
            yield display
        finally:
            display.close()
    finally:
        server.terminate()
        server.wait(_STOP_S)
