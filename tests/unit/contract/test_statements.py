"""The statement on a slip: its layout byte for byte, and that every altered character is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract import base45, receipt_number
from contract.statements import (
    LATEST_MS,
    TEXT_LENGTH,
    TEXT_PREFIX,
    Checked,
    Flaw,
    Kind,
    SignedStatement,
    Statement,
    check,
    compose,
    key_id_of,
    read,
    signed_bytes,
)
from tests.helpers.statements import PUBLIC_KEY, SIGNING_KEY, sample_statement

SAMPLE = sample_statement()
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group of Ed25519."""


def _bytes(text: str) -> bytearray:
    data = base45.decode(text.removeprefix(TEXT_PREFIX))
    assert data is not None
    return bytearray(data)


def _text(data: bytes) -> str:
    return TEXT_PREFIX + base45.encode(data)


def test_the_layout_is_as_described() -> None:
    """Written out once more by hand: whoever checks slips with other software goes by it."""
    body = (
        b"\x01\x02"
        + bytes.fromhex("019abc0012347abc8def0123456789ab")
        + b"330304261123A00100001D"
        + b"11330304MB0TEAT13G4332014001001"
        + (1_795_420_800_000).to_bytes(6, "big")
        + bytes.fromhex("c0ffee" * 10 + "c0ff")
        + hashlib.sha256(PUBLIC_KEY).digest()[:8]
    )
    signature = SIGNING_KEY.sign(b"oueban statement v1\0" + body)
    assert SAMPLE.text == "OUEBAN1:" + base45.encode(body + signature)
    assert len(SAMPLE.text) == TEXT_LENGTH == 280
    assert SAMPLE.text[-1].isdigit()


def test_a_statement_is_read_and_believed_by_its_key() -> None:
    assert check(SAMPLE.text, [PUBLIC_KEY]) == Checked(SAMPLE.statement, PUBLIC_KEY)
    assert check(sample_statement(kind=Kind.SAVED).text, [b"\0" * 32, PUBLIC_KEY]) != check(SAMPLE.text, [PUBLIC_KEY])


def _altered(text: str) -> Iterator[str]:
    """Every text one slip of hand away: substituted, lost, added, or exchanged with its neighbour."""
    characters = base45.ALPHABET + base45.ALPHABET.lower()[10:36] + "\n\t\0_–Ａé"
    for at in range(len(text) + 1):
        yield from (text[:at] + character + text[at:] for character in characters)
        if at < len(text):
            yield text[:at] + text[at + 1 :]
            yield from (text[:at] + character + text[at + 1 :] for character in characters)
            yield text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def test_every_altered_character_is_noticed() -> None:
    tried = {altered for altered in _altered(SAMPLE.text) if altered != SAMPLE.text}
    assert len(tried) > 2 * len(SAMPLE.text) * 70
    believed = [altered for altered in tried if not isinstance(check(altered, [PUBLIC_KEY]), Flaw)]
    assert believed == []


def test_every_altered_byte_is_noticed() -> None:
    for at in range(len(_bytes(SAMPLE.text))):
        for mask in (0x01, 0x80, 0xFF):
            data = _bytes(SAMPLE.text)
            data[at] ^= mask
            assert isinstance(check(_text(data), [PUBLIC_KEY]), Flaw), (at, mask)


def test_a_signature_has_one_form_only() -> None:
    """Adding the group's order gives a second solution of the equation; RFC 8032 refuses it."""
    data = _bytes(SAMPLE.text)
    data[-32:] = (int.from_bytes(data[-32:], "little") + ORDER).to_bytes(32, "little")
    assert check(_text(data), [PUBLIC_KEY]) is Flaw.BAD_SIGNATURE


@pytest.mark.parametrize(
    "text", ["", "330304261123A00100001D", "oueban1:" + SAMPLE.text[8:], " " + SAMPLE.text, "https://x", "\ud800"]
)
def test_something_else_is_no_receipt_code(text: str) -> None:
    assert read(text) is Flaw.NOT_A_RECEIPT_CODE


@pytest.mark.parametrize(
    "text", [TEXT_PREFIX, SAMPLE.text + "\n", SAMPLE.text[:-1], SAMPLE.text.lower().replace("oueban", "OUEBAN")]
)
def test_a_damaged_code_is_called_so(text: str) -> None:
    assert read(text) is Flaw.DAMAGED


def test_a_code_of_a_million_characters_is_refused_without_work() -> None:
    assert read(TEXT_PREFIX + "0" * 1_000_000) is Flaw.DAMAGED


def test_each_flaw_has_its_name() -> None:
    other = Ed25519PrivateKey.generate()
    named_for_us = sample_statement(other, key_id=key_id_of(PUBLIC_KEY)).text
    assert check(named_for_us, [PUBLIC_KEY]) is Flaw.BAD_SIGNATURE
    assert check(sample_statement(other).text, [PUBLIC_KEY]) is Flaw.UNKNOWN_MACHINE
    assert check(SAMPLE.text, []) is Flaw.UNKNOWN_MACHINE
    data = _bytes(SAMPLE.text)
    data[18 + 21] = ord("E")
    assert check(_text(data), [PUBLIC_KEY]) is Flaw.BAD_RECEIPT_NUMBER


@pytest.mark.parametrize(
    ("at", "value"), [(0, 2), (1, 3), (1, 0), (8, 0x4A), (10, 0x0D), (40, ord("a")), (40, 0xE9), (71, 0xFF)], ids=str
)
def test_what_the_layout_forbids_is_damage_whoever_signed_it(at: int, value: int) -> None:
    data = _bytes(SAMPLE.text)
    data[at] = value
    body = bytes(data[:-64])
    assert check(_text(body + SIGNING_KEY.sign(b"oueban statement v1\0" + body)), [PUBLIC_KEY]) is Flaw.DAMAGED


@pytest.mark.parametrize(
    "changes",
    [
        {"case_id": "019ABC00-1234-7abc-8def-0123456789ab"},
        {"case_id": "019abc00-1234-4abc-8def-0123456789ab"},
        {"receipt_number": "330304261123A00100001E"},
        {"item_code": "TOO-SHORT"},
        {"committed_at_ms": -1},
        {"committed_at_ms": LATEST_MS + 1},
        {"digest": "c0ffee"},
        {"key_id": "C0FFEEC0FFEEC0FF"},
    ],
)
def test_what_does_not_fit_is_not_stated(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        sample_statement(**changes)


def test_a_signature_of_another_length_is_a_bug() -> None:
    with pytest.raises(ValueError, match="63 bytes"):
        compose(SAMPLE.statement, b"\0" * 63)


_DEVICES = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4)
_STATEMENTS = st.builds(
    Statement,
    kind=st.sampled_from(Kind),
    case_id=st.uuids(version=4).map(lambda made: f"{str(made)[:14]}7{str(made)[15:]}"),
    receipt_number=st.builds(
        receipt_number.make,
        st.integers(0, 999_999).map("{:06d}".format),
        st.dates(date(2000, 1, 1), date(2099, 12, 31)),
        _DEVICES,
        st.integers(0, 10**9),
    ),
    item_code=st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=31, max_size=31),
    committed_at_ms=st.integers(0, LATEST_MS),
    digest=st.binary(min_size=32, max_size=32).map(bytes.hex),
    key_id=st.just(key_id_of(PUBLIC_KEY)),
)


@given(_STATEMENTS)
def test_every_statement_returns(statement: Statement) -> None:
    text = compose(statement, SIGNING_KEY.sign(signed_bytes(statement)))
    assert check(text, [PUBLIC_KEY]) == Checked(statement, PUBLIC_KEY)
    assert len(text) == TEXT_LENGTH


@given(st.binary(min_size=181, max_size=181))
def test_whatever_is_read_is_composed_the_same(data: bytes) -> None:
    found = read(_text(data))
    assert isinstance(found, Flaw) or compose(found.statement, found.signature) == _text(data)


@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    assert isinstance(check(text, [PUBLIC_KEY]), Flaw)
    assert isinstance(read(TEXT_PREFIX + text), (Flaw, SignedStatement))
