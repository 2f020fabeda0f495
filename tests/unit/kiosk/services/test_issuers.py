"""Words of checker and platform, as the visit hears them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from drivers.types import Deadline
from kiosk.domain.identity import Person
from kiosk.flow import events as ev
from kiosk.services.identify import credential_proof, sms_proof
from kiosk.services.issuers import IssuedCredentials, PlatformMessages
from tests.helpers.people import sample_person


@dataclass(frozen=True, slots=True)
class _Good:
    person: Person
    credential_id: str
    issuer: str = "test"
    checked_by: str = "Ed25519:test.1:local"
    is_sample: bool = True


@dataclass(frozen=True, slots=True)
class _Sent:
    request_id: str
    masked_phone: str


@dataclass(frozen=True, slots=True)
class _Confirmed:
    pass


@dataclass(frozen=True, slots=True)
class _Bad:
    reason: str


class _Issuer:
    def __init__(self, answer: _Good | _Bad) -> None:
        self._answer = answer

    def check(self, text: str) -> _Good | _Bad:
        return self._answer


class _Platform:
    def __init__(self, sent: _Sent | _Bad, confirmed: _Confirmed | _Bad) -> None:
        self._sent, self._confirmed = sent, confirmed

    def request(self, person: Person, deadline: Deadline) -> _Sent | _Bad:
        return self._sent

    def confirm(self, request_id: str, code: str, deadline: Deadline) -> _Confirmed | _Bad:
        return self._confirmed


def test_a_good_credential_names_person_and_proof() -> None:
    shown = IssuedCredentials(_Issuer(_Good(sample_person(), "digest"))).show("a code")
    assert shown == ev.CredentialShown(sample_person(), credential_proof("digest", "Ed25519:test.1:local", is_sample=True))


@pytest.mark.parametrize("reason", ["replayed", "credential.replayed"])
def test_a_refused_one_says_why_in_one_way(reason: str) -> None:
    assert IssuedCredentials(_Issuer(_Bad(reason))).show("a code") == ev.CredentialFailed("credential.replayed")


def test_a_message_that_went_out_says_where_and_a_right_code_proves() -> None:
    messages = PlatformMessages(_Platform(_Sent("request-1", "138****0000"), _Confirmed()))
    assert messages.send(sample_person(), Deadline(5.0)) == ev.SmsSent("138****0000", "request-1")
    assert messages.confirm("request-1", "204816", Deadline(5.0)) == ev.PersonProved(sms_proof())


def test_the_platform_s_refusals_are_told() -> None:
    messages = PlatformMessages(_Platform(_Bad("no_phone"), _Bad("sms.wrong_code")))
    assert messages.send(sample_person(), Deadline(5.0)) == ev.SmsFailed("sms.no_phone")
    assert messages.confirm("request-1", "204816", Deadline(5.0)) == ev.SmsFailed("sms.wrong_code")


def test_nothing_is_sent_when_nobody_waits_any_more() -> None:
    messages = PlatformMessages(_Platform(_Sent("request-1", "138****0000"), _Confirmed()))
    over = Deadline(5.0)
    over.cancel()
    assert messages.send(sample_person(), over) == ev.SmsFailed("sms.offline")
    assert messages.confirm("request-1", "204816", over) == ev.SmsFailed("sms.offline")
