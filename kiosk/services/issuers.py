"""From the words of a credential checker and of the platform's text messages to the visit's."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from drivers.types import Deadline
from kiosk.domain.identity import Person
from kiosk.flow.events import CredentialFailed, CredentialShown, PersonProved, SmsFailed, SmsSent
from kiosk.services.identify import credential_proof, sms_proof


@runtime_checkable
class Refused(Protocol):
    """Why not, as a code with or without its prefix."""

    @property
    def reason(self) -> str:
        """Like ``expired`` or ``credential.expired``."""
        ...


class Checked(Protocol):
    """A good credential."""

    @property
    def person(self) -> Person:
        """Whose it is."""
        ...

    @property
    def credential_id(self) -> str:
        """Digest of its own number."""
        ...

    @property
    def checked_by(self) -> str:
        """How it was checked, for the case."""
        ...

    @property
    def is_sample(self) -> bool:
        """Its holder is fictitious."""
        ...


class Requested(Protocol):
    """A message that has gone out."""

    @property
    def request_id(self) -> str:
        """By which its code is asked for."""
        ...

    @property
    def masked_phone(self) -> str:
        """Where it went."""
        ...


class Checker(Protocol):
    """Checks a credential against the issuers' keys; each is good once."""

    def check(self, text: str) -> Checked | Refused:
        """What the scanned text is worth."""
        ...


class Codes(Protocol):
    """The platform's codes by text message; calls block, and come back by themselves."""

    def request(self, person: Person, deadline: Deadline) -> Requested | Refused:
        """Have one sent."""
        ...

    def confirm(self, request_id: str, code: str, deadline: Deadline) -> object:
        """``Refused``, or anything else when it is the right one."""
        ...


class IssuedCredentials:
    """``kiosk.services.identify.Credentials`` by a checker."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker

    def show(self, text: str) -> CredentialShown | CredentialFailed:
        """Check it, once."""
        outcome = self._checker.check(text)
        if isinstance(outcome, Refused):
            return CredentialFailed(_code("credential", outcome))
        proof = credential_proof(outcome.credential_id, outcome.checked_by, is_sample=outcome.is_sample)
        return CredentialShown(outcome.person, proof)


class PlatformMessages:
    """``kiosk.services.identify.Messages`` by the platform."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes

    def send(self, person: Person, deadline: Deadline) -> SmsSent | SmsFailed:
        """Have one sent, unless nobody waits any more."""
        if deadline.is_over:
            return SmsFailed("sms.offline")
        outcome = self._codes.request(person, deadline)
        if isinstance(outcome, Refused):
            return SmsFailed(_code("sms", outcome))
        return SmsSent(outcome.masked_phone, outcome.request_id)

    def confirm(self, request_id: str, code: str, deadline: Deadline) -> PersonProved | SmsFailed:
        """Ask whether it is the right one."""
        if deadline.is_over:
            return SmsFailed("sms.offline")
        outcome = self._codes.confirm(request_id, code, deadline)
        return SmsFailed(_code("sms", outcome)) if isinstance(outcome, Refused) else PersonProved(sms_proof())


def _code(prefix: str, refused: Refused) -> str:
    reason = refused.reason
    return reason if reason.startswith(f"{prefix}.") else f"{prefix}.{reason}"
