"""QR codes and CODE128: their modules, for the layout and for pictures, and CODE128 data for the printer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drivers.receipt_printer.protocol import REAL_TIME_PREFIXES

Modules = NDArray[np.bool_]
"""Modules of a symbol without its quiet zone, True is black; shape (n, n) or (n,)."""

_DIGIT_RUN = re.compile(r"\d{4,}")


def check_qr_payload(payload: str) -> None:
    """``ValueError`` unless a QR code can hold it so that every reader sees the same text: ASCII, without control characters."""
    if not payload or not payload.isascii() or not payload.isprintable():
        raise ValueError("a QR payload must be printable ASCII: readers guess other encodings, often wrongly")


def check_code128_payload(payload: str) -> None:
    """``ValueError`` unless code set B holds it."""
    if not payload or not payload.isascii() or not payload.isprintable():
        raise ValueError("a CODE128 payload must be printable ASCII")


@lru_cache(maxsize=64)
def qr_modules(payload: str) -> Modules:
    """Modules of the QR code, error correction M; ``ValueError`` when the payload is too long or not ASCII."""
    import zxingcpp  # late: the technician's status command needs no codes

    check_qr_payload(payload)
    try:
        code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    except ValueError as error:
        raise ValueError(f"no QR code holds {len(payload)} characters") from error
    return _black(np.asarray(code.to_image(scale=1, add_quiet_zones=False)))


@lru_cache(maxsize=64)
def code128_modules(payload: str) -> Modules:
    """Bars of the code, one entry a module."""
    import zxingcpp  # late: as above

    check_code128_payload(payload)
    try:
        code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.Code128)
    except ValueError as error:
        raise ValueError(f"no CODE128 holds {len(payload)} characters") from error
    first_row: Modules = _black(np.asarray(code.to_image(scale=1, add_quiet_zones=False)))[0]
    return first_row


def code128_data(payload: str) -> bytes:
    """Data of GS k 73: code set B, and C for runs of digits, which halves their width.

    ``{B`` and ``{C`` choose the set, a literal brace is ``{{``, and in set C one byte stands for two digits.
    """
    check_code128_payload(payload)
    mixed = b"".join(_code128_parts(payload))
    # The digits 1604 are the bytes 10 04 in set C, which the printer would take for a real-time command.
    return b"{B" + _in_set_b(payload) if any(prefix in mixed for prefix in REAL_TIME_PREFIXES) else mixed


def code128_width_modules(payload: str) -> int:
    """Width of the bars that the printer makes of ``code128_data``, quiet zones apart."""
    data = code128_data(payload)
    symbols = 1  # the check symbol
    position = 0
    while position < len(data):
        position += 2 if data[position] == ord("{") else 1  # {B, {C and {{ are one symbol of two bytes
        symbols += 1
    return symbols * 11 + 13


def enlarged(modules: Modules, across: int, down: int) -> Modules:
    """Each module as a block of so many dots."""
    return np.kron(modules, np.ones((down, across), np.bool_))


def _code128_parts(payload: str) -> Iterator[bytes]:
    position = 0
    for match in _DIGIT_RUN.finditer(payload):
        start = match.start() + len(match.group()) % 2
        if start > position:
            yield b"{B" + _in_set_b(payload[position:start])
        yield b"{C" + bytes(int(payload[index : index + 2]) for index in range(start, match.end(), 2))
        position = match.end()
    if position < len(payload):
        yield b"{B" + _in_set_b(payload[position:])


def _in_set_b(text: str) -> bytes:
    return text.replace("{", "{{").encode("ascii")


def _black(image: NDArray[np.uint8]) -> Modules:
    return np.asarray(image < 128, dtype=np.bool_)
