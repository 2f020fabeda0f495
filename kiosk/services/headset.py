"""Whether headphones are plugged in 耳机插孔, as the kernel tells it (evdev): a jack's switch, or a key of an audio keypad.

Read by hand and not through a library: twenty-four bytes an event, and nothing is grabbed. What cannot be read is as good as not
there, which is the careful answer: nothing personal is said then.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

INPUT_CLASS = Path("/sys/class/input")
DEVICES = Path("/dev/input")

_EVENT = struct.Struct("llHHi")
"""``struct input_event``: two words of time, type, code, value."""
_EV_SYN, _EV_KEY, _EV_SW = 0, 1, 5
_SYN_DROPPED = 3
_SW_HEADPHONE_INSERT = 2
_MANY = 64
_STATE_BYTES = {_EV_SW: 8, _EV_KEY: 96}
_ASK = {_EV_SW: 0x1B, _EV_KEY: 0x18}
"""``EVIOCGSW`` and ``EVIOCGKEY``."""


@dataclass(frozen=True, slots=True)
class Jack:
    """Where a jack is told of, and by which codes."""

    path: Path
    kind: int = _EV_SW
    plugged: int = _SW_HEADPHONE_INSERT
    """The switch, or the key that is pressed when headphones come."""
    unplugged: int = _SW_HEADPHONE_INSERT
    """The key that is pressed when they go; the same as ``plugged`` where one is held down as long as they are in."""


def switch_jacks(input_class: Path = INPUT_CLASS, devices: Path = DEVICES) -> tuple[Jack, ...]:
    """All jacks that the sound cards tell of."""
    try:
        names = sorted(path.name for path in input_class.iterdir() if path.name.startswith("event"))
    except OSError:
        return ()
    return tuple(Jack(devices / name) for name in names if _has_jack(input_class / name))


def _has_jack(device: Path) -> bool:
    try:
        words = (device / "device" / "capabilities" / "sw").read_text(encoding="ascii").split()
        return bool(words) and bool(int(words[-1], 16) >> _SW_HEADPHONE_INSERT & 1)
    except (OSError, ValueError):
        return False


def key_jack(path: Path, plugged: int, unplugged: int) -> Jack:
    """The jack of an audio keypad, which tells of it by keys."""
    return Jack(path, _EV_KEY, plugged, unplugged)


class JackReader:
    """One open jack. Never waits."""

    def __init__(self, jack: Jack) -> None:
        """Raises ``OSError`` when it cannot be opened."""
        self.jack = jack
        self.descriptor = os.open(jack.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._rest = b""
        self.is_plugged = self._now()

    def read(self) -> bool:
        """Take what has happened; raises ``OSError`` when it is gone."""
        try:
            read = os.read(self.descriptor, _EVENT.size * _MANY)
        except BlockingIOError:
            return self.is_plugged
        if not read:
            raise OSError("the device is gone")
        data = self._rest + read
        whole = len(data) // _EVENT.size * _EVENT.size
        self._rest = data[whole:]
        for _, _, kind, code, value in _EVENT.iter_unpack(data[:whole]):
            self._take(kind, code, value)
        return self.is_plugged

    def _take(self, kind: int, code: int, value: int) -> None:
        jack = self.jack
        if kind == _EV_SYN and code == _SYN_DROPPED:
            if jack.plugged == jack.unplugged:
                self.is_plugged = self._now()
        elif kind == jack.kind and jack.plugged == jack.unplugged == code:
            self.is_plugged = value != 0
        elif kind == jack.kind and value == 1 and code in (jack.plugged, jack.unplugged):
            self.is_plugged = code == jack.plugged

    def _now(self) -> bool:
        """How it stands; a keypad with two keys does not tell before one of them is pressed."""
        if self.jack.plugged != self.jack.unplugged:
            return False
        size = _STATE_BYTES[self.jack.kind]
        state = bytearray(size)
        request = (2 << 30) | (size << 16) | (ord("E") << 8) | _ASK[self.jack.kind]
        try:
            fcntl.ioctl(self.descriptor, request, state)
        except OSError:
            return False
        return bool(state[self.jack.plugged // 8] >> self.jack.plugged % 8 & 1)

    def close(self) -> None:
        """Let go of it."""
        with contextlib.suppress(OSError):
            os.close(self.descriptor)


FindJacks = Callable[[], tuple[Jack, ...]]
"""All jacks that there are now."""
