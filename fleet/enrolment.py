"""A terminal trades a one-time token for an identity, all in one transaction."""

from __future__ import annotations

import sqlite3
import string
from dataclasses import dataclass

from contract.kiosks import EnrolAnswer, EnrolRequest
from fleet import registry
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_plain_text
from fleet.keys import KeyCabinet
from fleet.registry import Kiosk
from fleet.tokens import token_digest

_DIGITS = string.digits + string.ascii_uppercase
_DEVICE_CODES = len(_DIGITS) ** 4
_LONGEST_NAME = 80
_LONGEST_VERSION = 40
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class EnrolRefused:
    """Why no identity was given, in the words of ``contract.kiosks.Problem``."""

    code: str
    detail: str


class Enrolment:
    """Takes enrolment requests."""

    def __init__(self, database: Database, keys: KeyCabinet, clock: Clock, *, proof_root: bytes = b"") -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._proof_root = proof_root

    def enrol(self, request: EnrolRequest) -> EnrolAnswer | EnrolRefused:
        """The identity, or why not. The same token with the same key gives the same identity: the first answer may be lost."""
        problem = _request_problem(request)
        if problem:
            return EnrolRefused("bad_request", problem)
        now_ms = self._clock()
        with self._database.transaction() as connection:
            outcome = _redeem(connection, request, now_ms)
        if isinstance(outcome, EnrolRefused):
            return outcome
        keys = self._keys.present
        return EnrolAnswer(
            kiosk_id=outcome.kiosk_id,
            region_code=outcome.region_code,
            device_code=outcome.device_code,
            sealing_keys=keys.sealing_keys,
            receipt_keys=keys.receipt_keys,
            proof_root=self._proof_root,
            platform_time_ms=now_ms,
        )


def _request_problem(request: EnrolRequest) -> str:
    if len(request.public_key) != 32:
        return "public_key is a raw Ed25519 key of 32 bytes"
    if not is_plain_text(request.name, _LONGEST_NAME):
        return f"name has 1 to {_LONGEST_NAME} characters that can be seen"
    if not is_plain_text(request.software_version, _LONGEST_VERSION):
        return f"software_version has 1 to {_LONGEST_VERSION} characters that can be seen"
    return ""


def _redeem(connection: sqlite3.Connection, request: EnrolRequest, now_ms: int) -> Kiosk | EnrolRefused:
    digest = token_digest(request.token[:_LONGEST_TOKEN])
    token = connection.execute("SELECT * FROM tokens WHERE token_sha256 = ?", (digest,)).fetchone()
    if token is None:
        return EnrolRefused("bad_token", "this token is unknown; ask the operator for a new one")
    if token["used_at_ms"] is not None:
        return _repeated(connection, token, request)
    if token["expires_at_ms"] <= now_ms:
        return EnrolRefused("bad_token", "this token has expired; ask the operator for a new one")
    kiosk = _identity_for(connection, token, request, now_ms)
    if isinstance(kiosk, Kiosk):
        connection.execute(
            "UPDATE tokens SET used_at_ms = ?, used_by = ?, used_with_key = ? WHERE token_sha256 = ?",
            (now_ms, kiosk.kiosk_id, request.public_key, digest),
        )
    return kiosk


def _repeated(connection: sqlite3.Connection, token: sqlite3.Row, request: EnrolRequest) -> Kiosk | EnrolRefused:
    is_same = token["used_with_key"] == request.public_key
    if is_same and request.public_key in registry.present_keys(connection, token["used_by"]):
        kiosk = registry.find(connection, token["used_by"])
        if kiosk is not None:
            return kiosk
    return EnrolRefused("bad_token", "this token was used before; ask the operator for a new one")


def _identity_for(connection: sqlite3.Connection, token: sqlite3.Row, request: EnrolRequest, now_ms: int) -> Kiosk | EnrolRefused:
    held = connection.execute("SELECT * FROM kiosk_keys WHERE public_key = ?", (request.public_key,)).fetchone()
    if held is not None:
        is_own = held["retired_at_ms"] is None and token["succeeds"] is None and token["kiosk_id"] in (None, held["kiosk_id"])
        if not is_own:
            return EnrolRefused("bad_request", "this key was registered before; make a new one")
        return _enrol_again(connection, held["kiosk_id"], token, request, now_ms)
    if token["kiosk_id"] is not None:
        return _enrol_again(connection, token["kiosk_id"], token, request, now_ms)
    return _enrol_new(connection, token, request, now_ms)


def _enrol_again(
    connection: sqlite3.Connection, kiosk_id: str, token: sqlite3.Row, request: EnrolRequest, now_ms: int
) -> Kiosk | EnrolRefused:
    if request.public_key not in registry.present_keys(connection, kiosk_id):
        registry.retire_keys(connection, kiosk_id, now_ms)
        _register_key(connection, kiosk_id, request.public_key, now_ms)
    connection.execute(
        "UPDATE kiosks SET name = ?, software_version = ?, last_contact_at_ms = ?, succeeded_by = NULL WHERE kiosk_id = ?",
        (token["name"] or request.name, request.software_version, now_ms, kiosk_id),
    )
    if token["succeeds"] is not None:
        _take_over(connection, kiosk_id, token["succeeds"], now_ms)
    kiosk = registry.find(connection, kiosk_id)
    return kiosk or EnrolRefused("bad_token", "the terminal of this token is unknown")


def _enrol_new(connection: sqlite3.Connection, token: sqlite3.Row, request: EnrolRequest, now_ms: int) -> Kiosk | EnrolRefused:
    device_code = _next_device_code(connection, token["region_code"])
    if not device_code:
        return EnrolRefused("bad_request", "this region has no device codes left")
    kiosk = Kiosk(f"{token['region_code']}-{device_code}", token["region_code"], device_code, token["name"] or request.name)
    connection.execute(
        """INSERT INTO kiosks (kiosk_id, region_code, device_code, name, software_version, enrolled_at_ms, last_contact_at_ms)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (kiosk.kiosk_id, kiosk.region_code, device_code, kiosk.name, request.software_version, now_ms, now_ms),
    )
    _register_key(connection, kiosk.kiosk_id, request.public_key, now_ms)
    if token["succeeds"] is not None:
        _take_over(connection, kiosk.kiosk_id, token["succeeds"], now_ms)
    return kiosk


def _register_key(connection: sqlite3.Connection, kiosk_id: str, public_key: bytes, now_ms: int) -> None:
    connection.execute(
        "INSERT INTO kiosk_keys (public_key, kiosk_id, registered_at_ms) VALUES (?, ?, ?)", (public_key, kiosk_id, now_ms)
    )


def _take_over(connection: sqlite3.Connection, kiosk_id: str, former: str, now_ms: int) -> None:
    connection.execute("UPDATE kiosks SET succeeded_by = ? WHERE kiosk_id = ?", (kiosk_id, former))
    registry.retire_keys(connection, former, now_ms)


def _next_device_code(connection: sqlite3.Connection, region_code: str) -> str:
    """The code after the region's highest; empty when there is none. Terminals are never deleted, so no code comes twice."""
    # Digits sort before letters in ASCII, hence the greatest text is also the greatest number.
    highest = connection.execute("SELECT max(device_code) FROM kiosks WHERE region_code = ?", (region_code,)).fetchone()[0]
    number = int(highest, 36) + 1 if highest else 1
    if number >= _DEVICE_CODES:
        return ""
    code = ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        code = _DIGITS[digit] + code
    return code
