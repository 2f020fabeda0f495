"""A keyboard-wedge scanner made of true evdev events: what it types for a text, and a source that stands in for the kernel's."""

from __future__ import annotations

import errno
import queue
from collections.abc import Iterable, Sequence

from evdev import InputEvent, ecodes

_SHIFTED = dict(zip('!@#$%^&*()_+{}|:"~<>?', "1234567890-=[]\\;'`,./", strict=True))
_SIGN_KEYS = {
    " ": "SPACE", "-": "MINUS", "=": "EQUAL", "[": "LEFTBRACE", "]": "RIGHTBRACE", "\\": "BACKSLASH", ";": "SEMICOLON",
    "'": "APOSTROPHE", "`": "GRAVE", ",": "COMMA", ".": "DOT", "/": "SLASH", "\r": "ENTER", "\t": "TAB",
}  # fmt: skip


def event(key: int, value: int, kind: int = ecodes.EV_KEY) -> InputEvent:
    return InputEvent(1_700_000_000, 0, kind, key, value)


SYN = event(ecodes.SYN_REPORT, 0, ecodes.EV_SYN)
SYN_DROPPED = event(ecodes.SYN_DROPPED, 0, ecodes.EV_SYN)


def key(name: str) -> int:
    return int(ecodes.ecodes[f"KEY_{name}"])


def press(*keys: int) -> list[InputEvent]:
    """Keys down in this order and up in the other, as a chord."""
    down = [moved for code in keys for moved in (event(code, 1), SYN)]
    return down + [moved for code in reversed(keys) for moved in (event(code, 0), SYN)]


def typed(text: str) -> list[InputEvent]:
    """As an American keyboard types it."""
    events: list[InputEvent] = []
    for sign in text:
        plain = _SHIFTED.get(sign, sign.lower())
        code = key(_SIGN_KEYS.get(plain, plain.upper()))
        events += press(code) if plain == sign else press(ecodes.KEY_LEFTSHIFT, code)
    return events


def by_alt(number: int, zeros: str = "") -> list[InputEvent]:
    """Alt and a number on the keypad."""
    digits = [moved for digit in zeros + str(number) for moved in press(key(f"KP{digit}"))]
    return [event(ecodes.KEY_LEFTALT, 1), SYN, *digits, event(ecodes.KEY_LEFTALT, 0), SYN]


def by_hex(sign: str) -> list[InputEvent]:
    """Ctrl-Shift-U, the code point, and a blank."""
    return press(ecodes.KEY_LEFTCTRL, ecodes.KEY_LEFTSHIFT, ecodes.KEY_U) + typed(f"{ord(sign):x} ")


class FakeKeyboard:
    """A ``KeySource`` that can be held by somebody else and unplugged. Safe from any thread."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[list[InputEvent] | None] = queue.SimpleQueue()
        self.is_held_by_another = False
        self.is_grabbed = False
        self.is_gone = False

    def type(self, events: Iterable[InputEvent]) -> None:
        self._events.put(list(events))

    def type_bytes(self, payload: bytes) -> bool:
        """Byte by byte as Alt numbers, and Enter."""
        self.type([*(moved for byte in payload for moved in by_alt(byte)), *typed("\r")])
        return True

    def unplug(self) -> None:
        self.is_gone = True
        self._events.put(None)

    def grab(self) -> None:
        if self.is_gone:
            raise OSError(errno.ENODEV, "No such device")
        if self.is_held_by_another or self.is_grabbed:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self.is_grabbed = True

    def read_available(self, wait_s: float) -> Sequence[InputEvent]:
        assert self.is_grabbed, "read without a grab"
        try:
            events = self._events.get(timeout=max(wait_s, 0.0001))
        except queue.Empty:
            events = []
        if events is None or self.is_gone:
            raise OSError(errno.ENODEV, "No such device")
        return events

    def close(self) -> None:
        self.is_gone = True
