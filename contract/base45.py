"""Base45 (RFC 9285): bytes in the 45 characters of a QR code's alphanumeric mode. Strict: one text for one row of bytes."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """The text: three characters for two bytes, two for a last single one; least significant first."""
    return "".join(_characters(data[at : at + 2]) for at in range(0, len(data), 2))


def decode(text: str) -> bytes | None:
    """The bytes, or ``None`` for any text that ``encode`` never makes: foreign or lower-case characters, length, overflow."""
    values = [_VALUES.get(character, -1) for character in text]
    if -1 in values or len(text) % 3 == 1:
        return None
    out = bytearray()
    for at in range(0, len(values), 3):
        group = values[at : at + 3]
        number = sum(value * 45**place for place, value in enumerate(group))
        if number >> 8 * (len(group) - 1):
            return None
        out += number.to_bytes(len(group) - 1, "big")
    return bytes(out)


def _characters(pair: bytes) -> str:
    number, places = int.from_bytes(pair, "big"), len(pair) + 1
    return "".join(ALPHABET[number // 45**place % 45] for place in range(places))
