"""Codes by text message: six digits, good for five minutes, three tries and one use, at the terminal that asked for them.

Neither code nor ID number is stored, only digests under a key that lies apart (``fleet.digest_key``). The rows are the record of
what was asked for: terminal, times and outcome.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import sqlite3

from contract.sms import (
    CODE_DIGITS,
    CODE_LIFETIME_S,
    CODE_TRIES,
    CODES_A_DAY,
    CODES_AN_HOUR,
    MAX_SEALED_BYTES,
    RESEND_AFTER_S,
    RequestSmsCode,
    SmsCodeSent,
    SmsCodeVerdict,
    SmsPerson,
    is_code,
    sms_info,
)
from fleet.clock import Clock
from fleet.database import Database
from fleet.digest_key import DigestKey
from fleet.keys import KeyCabinet
from fleet.residents import Register, mask_phone
from fleet.sealed_questions import NotAnswered, open_question
from fleet.sms_gateway import SmsGateway, SmsMessage, SmsNotSent

_log = logging.getLogger(__name__)

KEPT_MS = 30 * 86_400_000
"""Rows are kept so long: cases that rest on them may come late."""
_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_TEXT = "【瓯e办·测试】验证码 {code}，{minutes} 分钟内有效，用于在自助机上确认本人。不要告诉任何人。"
_UNSENT = "'no_phone', 'not_sent'"


class SmsDesk:
    """Sends codes and judges what comes back. Safe to use from several threads, and beside a second process."""

    def __init__(
        self, database: Database, cabinet: KeyCabinet, digests: DigestKey, register: Register, gateway: SmsGateway, clock: Clock
    ) -> None:
        self._database = database
        self._cabinet = cabinet
        self._digests = digests
        self._register = register
        self._gateway = gateway
        self._clock = clock

    def request(self, kiosk_id: str, asked: RequestSmsCode) -> SmsCodeSent | NotAnswered:
        """Send a code to the person sealed in ``asked``, unless a limit forbids it."""
        person = open_question(self._cabinet, asked, sms_info(kiosk_id), MAX_SEALED_BYTES, SmsPerson)
        if isinstance(person, NotAnswered):
            return person
        phone = self._register.phone_of(person.id_type, person.id_number, person.name)
        code = "".join(str(secrets.randbelow(10)) for _ in range(CODE_DIGITS))
        request_id = self._book(kiosk_id, self._digests.person(person.id_type, person.id_number), phone is not None, code)
        if isinstance(request_id, NotAnswered):
            return request_id
        if phone is None:
            return NotAnswered("no_phone", "no telephone is registered for this person")
        text = _TEXT.format(code=code, minutes=CODE_LIFETIME_S // 60)
        try:
            self._gateway.send(SmsMessage(request_id, phone, text))
        except SmsNotSent as error:
            _log.warning("a text message could not be sent: %s", error)
            with self._database.transaction() as connection:
                _end(connection, request_id, "not_sent", self._clock())
            return NotAnswered("sms_not_sent", "text messages cannot be sent now", 60.0)
        return SmsCodeSent(
            request_id=request_id,
            masked_phone=mask_phone(phone),
            expires_in_s=CODE_LIFETIME_S,
            resend_after_s=RESEND_AFTER_S,
            platform_time_ms=self._clock(),
        )

    def confirm(self, kiosk_id: str, request_id: str, code: str) -> SmsCodeVerdict:
        """Judge a code. A right one is used up with that; a wrong one costs a try."""
        now_ms = self._clock()
        with self._database.transaction() as connection:
            row = connection.execute(
                """SELECT tries_left, salt, code_digest FROM sms_requests
                   WHERE request_id = ? AND kiosk_id = ? AND state = 'open' AND made_at_ms <= ? AND expires_at_ms > ?""",
                (request_id, kiosk_id, now_ms, now_ms),
            ).fetchone()
            if row is None:
                return SmsCodeVerdict(outcome="expired", tries_left=0, platform_time_ms=now_ms)
            given = self._digests.code(request_id, row["salt"], code if is_code(code) else "")
            if hmac.compare_digest(given, row["code_digest"]):
                _end(connection, request_id, "verified", now_ms)
                return SmsCodeVerdict(outcome="verified", tries_left=0, platform_time_ms=now_ms)
            left = row["tries_left"] - 1
            connection.execute("UPDATE sms_requests SET tries_left = ? WHERE request_id = ?", (left, request_id))
            if left <= 0:
                _end(connection, request_id, "used_up", now_ms)
        return SmsCodeVerdict(outcome="wrong", tries_left=left, platform_time_ms=now_ms)

    def _book(self, kiosk_id: str, person: str, has_phone: bool, code: str) -> str | NotAnswered:
        """Note the request before anything is sent, so that several at once cannot get past the limits."""
        now_ms = self._clock()
        request_id, salt = secrets.token_hex(16), secrets.token_bytes(16)
        with self._database.transaction() as connection:
            _sweep(connection, now_ms)
            wait_s = _wait_s(connection, kiosk_id, person, now_ms)
            if wait_s > 0:
                return NotAnswered("too_many", "too many codes were asked for; come back later", wait_s)
            if has_phone:
                # The newest one counts: several open ones would be as many more tries.
                connection.execute(
                    """UPDATE sms_requests SET state = 'replaced', ended_at_ms = ?, salt = NULL, code_digest = NULL
                       WHERE person = ? AND state = 'open'""",
                    (now_ms, person),
                )
            state, digest = ("open", self._digests.code(request_id, salt, code)) if has_phone else ("no_phone", None)
            connection.execute(
                """INSERT INTO sms_requests
                       (request_id, kiosk_id, person, state, tries_left, made_at_ms, expires_at_ms, salt, code_digest)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (request_id, kiosk_id, person, state, CODE_TRIES, now_ms, now_ms + CODE_LIFETIME_S * 1000, salt, digest),
            )
        return request_id


def was_confirmed(connection: sqlite3.Connection, kiosk_id: str, person: str, around_ms: int) -> bool:
    """True when this terminal confirmed a code of this person within a day of ``around_ms``."""
    row = connection.execute(
        """SELECT 1 FROM sms_requests WHERE person = ? AND kiosk_id = ? AND state = 'verified'
           AND ended_at_ms BETWEEN ? AND ? LIMIT 1""",
        (person, kiosk_id, around_ms - _DAY_MS, around_ms + _DAY_MS),
    ).fetchone()
    return row is not None


def _wait_s(connection: sqlite3.Connection, kiosk_id: str, person: str, now_ms: int) -> float:
    """Seconds until another code may go out; 0 when one may now."""
    limits = (
        (f"person = ? AND state NOT IN ({_UNSENT})", person, RESEND_AFTER_S * 1000, 1),
        (f"person = ? AND state NOT IN ({_UNSENT})", person, _DAY_MS, CODES_A_DAY),
        ("kiosk_id = ?", kiosk_id, _HOUR_MS, CODES_AN_HOUR),
    )
    waits = [0.0]
    for condition, value, window_ms, most in limits:
        row = connection.execute(
            f"SELECT made_at_ms FROM sms_requests WHERE {condition} ORDER BY made_at_ms DESC LIMIT 1 OFFSET ?",  # noqa: S608 - constant
            (value, most - 1),
        ).fetchone()
        # A time in the future is one of a clock that was set back since: it must not close the way for good.
        if row is not None and now_ms - window_ms < row[0] <= now_ms:
            waits.append((row[0] + window_ms - now_ms) / 1000)
    return max(waits)


def _end(connection: sqlite3.Connection, request_id: str, state: str, now_ms: int) -> None:
    connection.execute(
        "UPDATE sms_requests SET state = ?, ended_at_ms = ?, salt = NULL, code_digest = NULL WHERE request_id = ?",
        (state, now_ms, request_id),
    )


def _sweep(connection: sqlite3.Connection, now_ms: int) -> None:
    connection.execute(
        """UPDATE sms_requests SET state = 'expired', ended_at_ms = expires_at_ms, salt = NULL, code_digest = NULL
           WHERE state = 'open' AND expires_at_ms <= ?""",
        (now_ms,),
    )
    connection.execute("DELETE FROM sms_requests WHERE made_at_ms < ?", (now_ms - KEPT_MS,))
