"""电子证照: the identifier of an electronic certificate (GB/T 36904), checked without any network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

PREFIX = "1.2.156.3005.2."
_IDENTIFIER = re.compile(r"([0-9A-Z]{21})\.([0-9A-Z]{18})\.([0-9A-Z]{1,40})\.([0-9]{3})\.([0-9A-Z])")


@dataclass(frozen=True, slots=True)
class CertificateIdentifier:
    """The parts of an identifier whose check character is right."""

    type_code: str
    """Credit code of who defined the type (18), and 3 digits."""
    issuer: str
    """统一社会信用代码 of the issuer."""
    serial: str
    version: str

    def __repr__(self) -> str:
        return f"CertificateIdentifier(type_code={self.type_code!r}, <redacted>)"


def read_identifier(text: str) -> CertificateIdentifier | None:
    """The identifier; ``None`` when its form or its check character (ISO 7064 MOD 37,36) is wrong.

    The check covers type, issuer, serial and version without dots; the prefix is left out.
    """
    if len(text) > 120 or not text.startswith(PREFIX):
        return None
    match = _IDENTIFIER.fullmatch(text[len(PREFIX) :])
    if match is None or not mod_37_36.is_valid("".join(match.groups())):
        return None
    return CertificateIdentifier(*match.groups()[:4])


def watermark(purpose: str, day: str) -> str:
    """The words across a printed copy: what it may be used for, and when it was made."""
    return f"仅供办理{purpose}使用 {day}"
