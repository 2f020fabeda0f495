"""Codes by text message: the platform sends six digits to the number it knows of a person, and says whether they came back.

Who is meant travels sealed to the platform's sealing key, like a case: whoever ends the TLS connection in front of the platform
reads no ID number, and none stands in an address or a log. (A digest would hide nothing: ID numbers can all be tried out.)
"""

from __future__ import annotations

import re

import msgspec

CODE_DIGITS = 6
CODE_LIFETIME_S = 300
CODE_TRIES = 3
RESEND_AFTER_S = 60
CODES_A_DAY = 5
"""For one person, on all terminals together."""
CODES_AN_HOUR = 30
"""On one terminal."""
MAX_SEALED_BYTES = 4096
SMS_INFO = b"oueban sms v1\0"
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")


def sms_info(kiosk_id: str) -> bytes:
    """The HPKE ``info``: what one terminal sealed is of no use to another."""
    return SMS_INFO + kiosk_id.encode()


def is_code(text: str) -> bool:
    """True for what a code looks like."""
    return _CODE.fullmatch(text) is not None


class SmsPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom the card on the reader names. Travels sealed; the ``repr`` shows nothing."""

    id_type: str
    id_number: str
    name: str

    def __repr__(self) -> str:
        return "SmsPerson(<redacted>)"


class RequestSmsCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/sms-codes`` (JSON)."""

    suite: str
    sealing_key_id: str
    sealed: bytes
    """HPKE of ``SmsPerson`` as JSON under ``sms_info``: encapsulated key, then ciphertext."""


class SmsCodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """A message is on its way.

    Problems instead: ``no_phone`` (422: person or number not known; which of both is not told), ``too_many`` (429, with
    ``Retry-After``), ``unknown_sealing_key`` (422), ``sms_not_sent`` (503: the way to the telephones is broken).
    """

    request_id: str
    masked_phone: str
    """``138****0000``."""
    expires_in_s: int
    resend_after_s: int
    platform_time_ms: int


class ConfirmSmsCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/sms-codes/confirm`` (JSON)."""

    request_id: str
    code: str

    def __repr__(self) -> str:
        return f"ConfirmSmsCode(request_id={self.request_id!r}, <redacted>)"


class SmsCodeVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the code was worth. ``expired`` also stands for used up, replaced by a newer one, unknown, and of another terminal."""

    outcome: str
    """``verified``, ``wrong`` or ``expired``; a terminal takes any other word for ``expired``."""
    tries_left: int
    platform_time_ms: int
