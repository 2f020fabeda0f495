"""AIM symbology identifiers, ``]cm`` ahead of a code, and the ECI escapes that come with some of them. Pure.

Source: protocol notes section 3; ISO/IEC 15424 names the letters. A scanner sends them only when set up to: whoever strips them
from codes of another scanner cuts off what belongs to the code.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SYMBOLOGIES = {
    b"A": "Code39",
    b"C": "Code128",
    b"E": "EAN",
    b"F": "Codabar",
    b"G": "Code93",
    b"I": "ITF",
    b"L": "PDF417",
    b"Q": "QRCode",
    b"U": "MaxiCode",
    b"d": "DataMatrix",
    b"e": "GS1-DataBar",
    b"h": "HanXin",
    b"z": "Aztec",
}
_SPECIAL = {b"C1": "GS1-128", b"E4": "EAN8", b"d2": "GS1-DataMatrix", b"Q3": "GS1-QRCode"}
_WITH_ECI = frozenset({b"Q2", b"Q4", b"Q6", b"d4", b"d5", b"d6", b"L1"})
"""These say that ECI escapes are sent and that each backslash of the code is doubled."""
_PREFIX = re.compile(rb"\]([A-Za-z])([0-9A-Za-z])")
_ESCAPE = re.compile(rb"\\(\d{6})|\\\\")
_ENCODINGS = {3: "latin-1", 20: "shift_jis", 26: "utf-8", 27: "ascii", 28: "big5", 29: "gb18030", 30: "euc_kr", 32: "gb18030"}
"""By ECI number. 29 is GB 2312, which GB18030 holds."""


class Identified(NamedTuple):
    """What stood ahead of a code, and the code."""

    symbology: str
    has_eci: bool
    payload: bytes


def identify(data: bytes) -> Identified | None:
    """Part a code from its prefix; ``None`` where there is none that is known."""
    prefix = _PREFIX.match(data)
    symbology = None if prefix is None else _SPECIAL.get(prefix[1] + prefix[2], _SYMBOLOGIES.get(prefix[1]))
    if prefix is None or symbology is None:
        return None
    return Identified(symbology, prefix[1] + prefix[2] in _WITH_ECI, data[3:])


def without_escapes(payload: bytes) -> bytes:
    """The code's own bytes: ECI escapes taken out, doubled backslashes single again."""
    return _ESCAPE.sub(lambda found: b"" if found[1] else b"\\", payload)


def declared_text(payload: bytes) -> str | None:
    """The text of a code that says its encodings by ECI escapes; ``None`` where it says none, or says what is not so."""
    text, encoding, start = "", None, 0
    for found in _ESCAPE.finditer(payload):
        if found[1] is None:
            continue
        part = _decoded(payload[start : found.start()], encoding)
        encoding, start = _ENCODINGS.get(int(found[1])), found.end()
        if part is None or encoding is None:
            return None
        text += part
    last = _decoded(payload[start:], encoding)
    return None if encoding is None or last is None else text + last


def _decoded(escaped: bytes, encoding: str | None) -> str | None:
    """Bytes ahead of the first escape are what QR codes are by default: of unknown encoding, unless there are none."""
    part = without_escapes(escaped)
    if encoding is None:
        return part.decode("ascii") if part.isascii() else None
    try:
        return part.decode(encoding)
    except UnicodeDecodeError:
        return None
