"""What a keyboard-wedge scanner types, as the bytes of the code: key events in, bytes out. Pure.

A wedge scanner pretends to be an American keyboard. What that has no key for, it types as Alt and a number on the keypad, or as
Ctrl-Shift-U and hexadecimal digits; which of the two is a setting of the scanner. Key numbers are those of the kernel
(``linux/input-event-codes.h``), under the names that evdev gives them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from evdev import ecodes

_RELEASED, _PRESSED = 0, 1
_LONGEST_NUMBER = 7
_FIRST_GB2312 = 0xA1A1
"""Alt numbers from here are two bytes of GB 2312; below, code points: Chinese ones end at 9FFF."""
_LAST_BYTE = 0xFF

_ROWS = {
    "1234567890": "!@#$%^&*()",
    "QWERTYUIOP": "",
    "ASDFGHJKL": "",
    "ZXCVBNM": "",
}
_SIGNS = {
    ecodes.KEY_MINUS: "-_",
    ecodes.KEY_EQUAL: "=+",
    ecodes.KEY_LEFTBRACE: "[{",
    ecodes.KEY_RIGHTBRACE: "]}",
    ecodes.KEY_SEMICOLON: ";:",
    ecodes.KEY_APOSTROPHE: "'\"",
    ecodes.KEY_GRAVE: "`~",
    ecodes.KEY_BACKSLASH: "\\|",
    ecodes.KEY_102ND: "\\|",
    ecodes.KEY_COMMA: ",<",
    ecodes.KEY_DOT: ".>",
    ecodes.KEY_SLASH: "/?",
    ecodes.KEY_SPACE: "  ",
    ecodes.KEY_TAB: "\t\t",
    ecodes.KEY_ENTER: "\r\r",
    ecodes.KEY_KPENTER: "\r\r",
    ecodes.KEY_KPMINUS: "--",
    ecodes.KEY_KPPLUS: "++",
    ecodes.KEY_KPDOT: "..",
    ecodes.KEY_KPSLASH: "//",
    ecodes.KEY_KPASTERISK: "**",
    ecodes.KEY_KPEQUAL: "==",
}


def _layout() -> dict[int, str]:
    """Key to its two signs, without and with shift."""
    keys = dict(_SIGNS)
    for plain, shifted in _ROWS.items():
        for place, sign in enumerate(plain):
            keys[ecodes.ecodes[f"KEY_{sign}"]] = sign + shifted[place] if shifted else sign.lower() + sign
    return keys | {ecodes.ecodes[f"KEY_KP{digit}"]: str(digit) * 2 for digit in range(10)}


_LAYOUT = _layout()
_KEYPAD = {ecodes.ecodes[f"KEY_KP{digit}"]: str(digit) for digit in range(10)}
_SHIFT = frozenset({ecodes.KEY_LEFTSHIFT, ecodes.KEY_RIGHTSHIFT})
_CTRL = frozenset({ecodes.KEY_LEFTCTRL, ecodes.KEY_RIGHTCTRL})
_ALT = frozenset({ecodes.KEY_LEFTALT, ecodes.KEY_RIGHTALT})
_MODIFIERS = _SHIFT | _CTRL | _ALT
_SILENT = frozenset({ecodes.KEY_NUMLOCK, ecodes.KEY_SCROLLLOCK})
"""Pressed by some scanners to set up the keyboard that they believe to be."""


class KeyEvent(Protocol):
    """What is used of an ``evdev.InputEvent``."""

    @property
    def type(self) -> int: ...  # noqa: D102 - as evdev names it

    @property
    def code(self) -> int: ...  # noqa: D102

    @property
    def value(self) -> int: ...  # noqa: D102


@dataclass(slots=True)
class Typed:
    """What some key events come to."""

    data: bytearray = field(default_factory=bytearray, repr=False)
    trouble: str = ""
    """``unmapped_key`` when a key has no sign here, ``lost_keys`` when the kernel dropped some; a code with either is none."""
    keys: int = 0
    """Keys pressed, those without a sign of their own too: the line is not quiet while there are any."""


class KeyDecoder:
    """Keeps which modifiers are held, and a number that is being typed."""

    def __init__(self) -> None:
        self._held: set[int] = set()
        self._has_caps_lock = False
        self._alt_digits = ""
        self._hex_digits: str | None = None

    def feed(self, events: Iterable[KeyEvent]) -> Typed:
        """Take events in the order of the kernel. Repeats of a held key are none: a scanner presses anew for each sign."""
        typed = Typed()
        for event in events:
            if event.type == ecodes.EV_SYN and event.code == ecodes.SYN_DROPPED:
                self.forget()
                typed.trouble = "lost_keys"
            elif event.type == ecodes.EV_KEY and event.value in (_PRESSED, _RELEASED):
                self._take(event.code, event.value == _PRESSED, typed)
        return typed

    def forget(self) -> None:
        """Between codes no key is held and no number open: one that seems so is stuck, or its release was lost."""
        self._held.clear()
        self._alt_digits = ""
        self._hex_digits = None

    def _take(self, key: int, is_pressed: bool, typed: Typed) -> None:
        if key in _MODIFIERS:
            typed.keys += is_pressed
            self._hold(key, is_pressed, typed)
        elif is_pressed:
            typed.keys += 1
            self._press(key, typed)

    def _hold(self, key: int, is_pressed: bool, typed: Typed) -> None:
        if is_pressed:
            self._held.add(key)
            return
        self._held.discard(key)
        if key in _ALT and self._alt_digits:
            _add_number(int(self._alt_digits), typed)
            self._alt_digits = ""
        if key in _CTRL | _SHIFT and self._hex_digits and not self._held & (_CTRL | _SHIFT):
            self._end_hex(typed)

    def _press(self, key: int, typed: Typed) -> None:
        if self._hex_digits is not None:
            self._add_hex_digit(key, typed)
        elif self._held & _ALT:
            self._add_alt_digit(key, typed)
        elif self._held & _CTRL:
            self._press_with_ctrl(key, typed)
        elif key == ecodes.KEY_CAPSLOCK:
            self._has_caps_lock = not self._has_caps_lock
        elif key in _LAYOUT:
            typed.data += self._sign(key).encode("ascii")
        elif key not in _SILENT:
            typed.trouble = "unmapped_key"

    def _sign(self, key: int) -> str:
        plain = _LAYOUT[key][0]
        is_shifted = bool(self._held & _SHIFT)
        if plain.isalpha() and self._has_caps_lock:
            is_shifted = not is_shifted
        return _LAYOUT[key][is_shifted]

    def _press_with_ctrl(self, key: int, typed: Typed) -> None:
        sign = _LAYOUT.get(key, " ")[0]
        if sign == "u" and self._held & _SHIFT:
            self._hex_digits = ""
        elif sign.isalpha() or sign in "[\\]":
            typed.data.append(ord(sign) & 0x1F)
        else:
            typed.trouble = "unmapped_key"

    def _add_alt_digit(self, key: int, typed: Typed) -> None:
        if key in _KEYPAD and len(self._alt_digits) < _LONGEST_NUMBER:
            self._alt_digits += _KEYPAD[key]
        elif key not in _SILENT:
            typed.trouble = "unmapped_key"

    def _add_hex_digit(self, key: int, typed: Typed) -> None:
        sign = _LAYOUT.get(key, "?")[0]
        digits = self._hex_digits or ""
        if sign in "0123456789abcdef" and len(digits) < _LONGEST_NUMBER:
            self._hex_digits = digits + sign
        elif sign in " \r" and digits:
            self._end_hex(typed)
        else:
            self._hex_digits = None
            typed.trouble = "unmapped_key"

    def _end_hex(self, typed: Typed) -> None:
        _add_code_point(int(self._hex_digits or "0", 16), typed)
        self._hex_digits = None


def _add_number(number: int, typed: Typed) -> None:
    """Up to 255 a byte of the code as it is; above, a sign by its code point, or by its two bytes in GB 2312."""
    if number <= _LAST_BYTE:
        typed.data.append(number)
    elif number < _FIRST_GB2312:
        _add_code_point(number, typed)
    else:
        try:
            typed.data += number.to_bytes(2, "big").decode("gb2312").encode("utf-8")
        except (OverflowError, UnicodeDecodeError):
            typed.trouble = "unmapped_key"


def _add_code_point(number: int, typed: Typed) -> None:
    try:
        typed.data += chr(number).encode("utf-8")
    except (ValueError, OverflowError):
        typed.trouble = "unmapped_key"
