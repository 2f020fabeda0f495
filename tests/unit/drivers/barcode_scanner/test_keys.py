"""Keys of a wedge scanner become the bytes of its code, with true evdev events."""

from __future__ import annotations

import pytest
from evdev import InputEvent, ecodes
from hypothesis import given
from hypothesis import strategies as st

from drivers.barcode_scanner.keys import KeyDecoder, Typed
from tests.helpers.wedge import SYN, SYN_DROPPED, by_alt, by_hex, event, key, press, typed

PRINTABLE = "".join(chr(sign) for sign in range(0x20, 0x7F))


def decode(events: list[InputEvent]) -> tuple[bytes, str]:
    outcome = KeyDecoder().feed(events)
    return bytes(outcome.data), outcome.trouble


def test_every_printable_sign_comes_out_as_typed() -> None:
    assert decode(typed(PRINTABLE + "\t\r")) == (PRINTABLE.encode() + b"\t\r", "")


def test_the_keypad_has_digits_and_signs() -> None:
    events = [moved for digit in range(10) for moved in press(key(f"KP{digit}"))]
    assert decode(events + press(key("KPDOT")) + press(key("KPMINUS")) + press(key("KPENTER"))) == (b"0123456789.-\r", "")


def test_caps_lock_turns_letters_only() -> None:
    assert decode(press(key("CAPSLOCK")) + typed("aB1!") + press(key("CAPSLOCK")) + typed("aB")) == (b"Ab1!aB", "")


def test_both_shifts_at_once_are_one() -> None:
    both = [
        event(key("LEFTSHIFT"), 1),
        event(key("RIGHTSHIFT"), 1),
        *press(key("A")),
        event(key("LEFTSHIFT"), 0),
        *press(key("B")),
    ]
    assert decode([*both, event(key("RIGHTSHIFT"), 0), *press(key("C"))]) == (b"ABc", "")


def test_a_held_key_repeats_nothing() -> None:
    stuck = [event(key("A"), 1), SYN, *[event(key("A"), 2), SYN] * 50, event(key("A"), 0)]
    assert decode(stuck) == (b"a", "")


def test_events_of_lamps_and_scan_codes_are_none() -> None:
    others = [event(4, 458756, ecodes.EV_MSC), event(0, 1, ecodes.EV_LED), SYN]
    assert decode([*others, *typed("x"), *others]) == (b"x", "")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_alt_numbers_up_to_255_are_bytes(encoding: str) -> None:
    raw = "测试𠮷".encode(encoding)
    assert decode([moved for byte in raw for moved in by_alt(byte, "0")]) == (raw, "")


def test_larger_alt_numbers_are_signs() -> None:
    by_code_point = [moved for sign in "测试" for moved in by_alt(ord(sign))]
    by_gb2312 = [moved for sign in "测试" for moved in by_alt(int.from_bytes(sign.encode("gb2312"), "big"))]
    assert decode(by_code_point) == decode(by_gb2312) == ("测试".encode(), "")


def test_hexadecimal_input_is_a_sign() -> None:
    assert decode([*typed("a"), *by_hex("测"), *by_hex("𠮷"), *typed("b\r")]) == ("a测𠮷b\r".encode(), "")


def test_hexadecimal_input_may_end_when_the_keys_are_let_go() -> None:
    held = [key("LEFTCTRL"), key("LEFTSHIFT")]
    down, up = [event(code, 1) for code in held], [event(code, 0) for code in held]
    digits = [moved for digit in "6D4B" for moved in press(key(digit))]
    assert decode([*down, *press(key("U")), *digits, *up, *typed("x")]) == ("测x".encode(), "")


def test_ctrl_and_a_letter_is_a_control_character() -> None:
    assert decode(press(key("LEFTCTRL"), key("RIGHTBRACE")) + press(key("RIGHTCTRL"), key("M"))) == (b"\x1d\r", "")


@pytest.mark.parametrize(
    "events",
    [
        press(key("F5")),
        press(key("VOLUMEUP")),
        press(key("LEFTMETA")),
        press(key("LEFTCTRL"), key("1")),
        press(key("LEFTALT"), key("X")),
        by_alt(99_999_999),
        by_alt(0xFFFE + 0x10000),
        press(key("LEFTCTRL"), key("LEFTSHIFT"), key("U")) + typed("xyz "),
        press(key("LEFTCTRL"), key("LEFTSHIFT"), key("U")) + typed("d800 "),
        press(key("LEFTCTRL"), key("LEFTSHIFT"), key("U")) + typed("ffffffff "),
    ],
)
def test_what_has_no_sign_here_is_told_and_never_dropped(events: list[InputEvent]) -> None:
    assert decode([*typed("a"), *events, *typed("b")])[1] == "unmapped_key"


def test_num_lock_is_no_sign_and_no_trouble() -> None:
    assert decode(press(key("NUMLOCK")) + by_alt(65) + press(key("NUMLOCK"))) == (b"A", "")


def test_keys_that_the_kernel_dropped_are_told_and_hold_nothing_down() -> None:
    assert decode([event(key("LEFTSHIFT"), 1), SYN_DROPPED, *typed("a")]) == (b"a", "lost_keys")


def test_between_codes_nothing_is_held() -> None:
    subject = KeyDecoder()
    subject.feed([event(key("LEFTSHIFT"), 1), event(key("LEFTALT"), 1), *press(key("KP6"))])
    subject.forget()
    assert bytes(subject.feed(typed("a")).data) == b"a"


@given(st.text(st.sampled_from(PRINTABLE + "\r\t"), max_size=60), st.lists(st.integers(0, 400)))
def test_portions_of_the_kernel_do_not_matter(text: str, cuts: list[int]) -> None:
    subject, events, out = KeyDecoder(), typed(text), b""
    for place in sorted(cuts):
        out += bytes(subject.feed(events[:place]).data)
        events = events[place:]
    assert out + bytes(subject.feed(events).data) == text.encode()


@given(
    st.lists(st.builds(event, st.integers(0, 0x2FF), st.integers(-1, 3), st.sampled_from([0, 1, 1, 1, 2, 4, 17])), max_size=200)
)
def test_any_events_are_bounded(events: list[InputEvent]) -> None:
    outcome = KeyDecoder().feed(events)
    assert isinstance(outcome, Typed)
    assert len(outcome.data) <= 4 * len(events)
    assert "data" not in repr(outcome), "what was typed does not show in a repr"
