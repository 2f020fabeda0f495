"""Codes by text message: the terminal's side. Every way it can fail is a value; no log and no address names anybody."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from contract.sms import ConfirmSmsCode, RequestSmsCode, SmsCodeSent, SmsCodeVerdict, SmsPerson, is_code, sms_info
from drivers.types import Deadline
from kiosk.domain.identity import Person
from kiosk.services.sealed_questions import seal_question
from offline_queue.identity import IdentitySource
from offline_queue.policy import Failure

_log = logging.getLogger(__name__)

_OFFLINE = "sms.offline"
_REASONS = {"no_phone": "sms.no_phone", "too_many": "sms.too_many"}


class SmsLine(Protocol):
    """The line to the platform. Calls come back within seconds by themselves."""

    def request_sms_code(self, request: RequestSmsCode) -> SmsCodeSent | Failure:
        """Have a code sent."""
        ...

    def confirm_sms_code(self, request: ConfirmSmsCode) -> SmsCodeVerdict | Failure:
        """Ask whether a code is the right one."""
        ...


@dataclass(frozen=True, slots=True)
class SmsRequested:
    """A message is on its way."""

    request_id: str
    masked_phone: str
    expires_in_s: int
    resend_after_s: int


@dataclass(frozen=True, slots=True)
class SmsConfirmed:
    """The code is the one that was sent. It is used up."""


@dataclass(frozen=True, slots=True)
class SmsRefused:
    """Why not: ``sms.no_phone``, ``sms.offline``, ``sms.too_many``, ``sms.wrong_code`` or ``sms.expired``."""

    reason: str
    tries_left: int | None = None
    """After a wrong code: how often this one may still be tried. ``None`` when nobody was asked."""
    retry_after_s: float | None = None
    """The platform's wish, when it gave one."""


class SmsCodes:
    """Asks the platform. Blocks; run it on a worker thread. Safe to use from several threads."""

    def __init__(self, line: SmsLine, identity: IdentitySource) -> None:
        self._line = line
        self._identity = identity

    def request(self, person: Person, deadline: Deadline | None = None) -> SmsRequested | SmsRefused:
        """Have a code sent to the number that the platform knows of ``person``; nothing is sent after the deadline."""
        if deadline is not None and deadline.is_over:
            return SmsRefused(_OFFLINE)
        asked = self._sealed(person)
        if asked is None:
            return SmsRefused(_OFFLINE)
        answer = self._line.request_sms_code(asked)
        if isinstance(answer, Failure):
            return _refused(answer)
        return SmsRequested(answer.request_id, answer.masked_phone, answer.expires_in_s, answer.resend_after_s)

    def confirm(self, request_id: str, code: str, deadline: Deadline | None = None) -> SmsConfirmed | SmsRefused:
        """Whether ``code`` is the one. What cannot be a code is not asked about, and costs no try there."""
        if deadline is not None and deadline.is_over:
            return SmsRefused(_OFFLINE)
        if not is_code(code):
            return SmsRefused("sms.wrong_code")
        verdict = self._line.confirm_sms_code(ConfirmSmsCode(request_id=request_id, code=code))
        if isinstance(verdict, Failure):
            return _refused(verdict)
        match verdict.outcome:
            case "verified":
                return SmsConfirmed()
            case "wrong":
                return SmsRefused("sms.wrong_code", max(0, verdict.tries_left))
            case _:
                return SmsRefused("sms.expired")

    def _sealed(self, person: Person) -> RequestSmsCode | None:
        """The person sealed to the platform's newest key; ``None`` before enrolment."""
        named = SmsPerson(id_type=person.card_kind, id_number=person.id_number, name=person.name)
        return seal_question(self._identity.current(), sms_info, named, RequestSmsCode)


def _refused(failure: Failure) -> SmsRefused:
    reason = _REASONS.get(failure.code, _OFFLINE)
    if reason == _OFFLINE:
        _log.info("no code by text message: %s", failure.code)
    return SmsRefused(reason, retry_after_s=failure.retry_after_s)
