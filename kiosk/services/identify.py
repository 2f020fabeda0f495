"""The ways to identify, as the plain calls that the workers make; and the one place that knows who has tried too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from drivers.types import Deadline
from kiosk.domain.identity import Person, Portrait, Proof, Route
from kiosk.flow.events import (
    CardFailed,
    CardWasRead,
    CredentialFailed,
    CredentialShown,
    Event,
    FaceAsks,
    GuardianCardRead,
    PersonProved,
    ProofFailed,
    SmsFailed,
    SmsSent,
)
from kiosk.flow.routes import PAUSED, costs_a_try
from kiosk.flow.session import ConsentRecord
from kiosk.services.cards import forget_card
from kiosk.services.reference_photos import NoReference, ReferenceFound
from kiosk.services.route_locks import RouteLocks, Tries

MACHINE_PAUSE_S = 30.0
"""So long nobody's credential is looked at after three bad ones: whose they were is not known."""
_LOOK_AGAIN_S = 0.5
_ANYBODY = b""
_MOVED = frozenset({"card.removed_too_soon", "card.too_slow", "card.no_card"})
"""What a reader says while one card is taken away and another put down."""


class Readers(Protocol):
    """Card reader, scanner and camera, as ``kiosk.services.bench`` keeps them."""

    def read_card(self, deadline: Deadline) -> CardWasRead | CardFailed:
        """Wait for a card and read it."""
        ...

    def read_code(self, deadline: Deadline) -> str | CredentialFailed:
        """Wait for a code and read it."""
        ...

    def open_camera(self) -> None:
        """Open the camera, if it is not open."""
        ...

    def close_camera(self) -> None:
        """Close it and overwrite what it saw."""
        ...


class Face(Protocol):
    """The face check."""

    def prove(self, portrait: Portrait, deadline: Deadline, tell: Callable[[FaceAsks], None]) -> Event:
        """Liveness challenge and comparison; ``PersonProved`` or ``ProofFailed``."""
        ...


class Staff(Protocol):
    """Members of staff who may confirm."""

    def confirm(self, staff_id: str, pin: str) -> PersonProved | ProofFailed:
        """Whether this member of staff may."""
        ...


class Credentials(Protocol):
    """Checks credentials; each is good once."""

    def show(self, text: str) -> CredentialShown | CredentialFailed:
        """What a scanned code is worth."""
        ...


class Messages(Protocol):
    """Codes by text message, through the platform."""

    def send(self, person: Person, deadline: Deadline) -> SmsSent | SmsFailed:
        """Have a code sent to the number that the platform knows of this person."""
        ...

    def confirm(self, request_id: str, code: str, deadline: Deadline) -> PersonProved | SmsFailed:
        """Whether this is the code that was sent."""
        ...


class References(Protocol):
    """Photos of the platform, through the line to it."""

    def fetch(self, person: Person, consent: ConsentRecord | None, deadline: Deadline) -> ReferenceFound | NoReference:
        """The photo of this person, on this consent."""
        ...


@dataclass(frozen=True)
class Ways:
    """Whoever carries out the ways. What is ``None`` is not set up here."""

    readers: Readers
    face: Face
    staff: Staff
    credentials: Credentials | None = None
    messages: Messages | None = None
    references: References | None = None


class IdentityDesk:
    """Carries out one try of a way and remembers the failed ones. Each method may be called on a thread of its own."""

    def __init__(self, ways: Ways, locks: RouteLocks, monotonic_s: Callable[[], float]) -> None:
        self._ways = ways
        self._locks = locks
        self._credential_tries = Tries(monotonic_s, MACHINE_PAUSE_S)

    def read_card(self, deadline: Deadline) -> CardWasRead | CardFailed:
        """Wait for a card and read it, with what its holder has tried in vain a moment ago."""
        event = self._ways.readers.read_card(deadline)
        if isinstance(event, CardFailed):
            return event
        return CardWasRead(event.person, event.portrait, self._locks.standings(event.person))

    def read_guardian_card(self, child: Person, deadline: Deadline) -> GuardianCardRead | CardFailed:
        """Wait until another card than the child's lies there. Its photo is overwritten at once: nobody compares it."""
        reason = "card.no_card"
        while not deadline.is_over:
            event = self._ways.readers.read_card(deadline)
            forget_card(event)
            if isinstance(event, CardWasRead) and not event.person.is_same_as(child):
                return GuardianCardRead(event.person)
            reason = "guardian.same_card" if isinstance(event, CardWasRead) else event.reason
            if reason not in _MOVED and reason != "guardian.same_card":
                break
            deadline.sleep(_LOOK_AGAIN_S)
        return CardFailed(reason)

    def prepare_camera(self) -> None:
        """Open the camera; the check that comes begins with a picture at once."""
        self._ways.readers.open_camera()

    def release_camera(self) -> None:
        """Close the camera: no check comes."""
        self._ways.readers.close_camera()

    def prove_by_face(self, person: Person, portrait: Portrait, deadline: Deadline, tell: Callable[[FaceAsks], None]) -> Event:
        """One face check. Given up when the challenge had begun it counts too, or one could wait for an easy challenge."""
        if self._locks.is_paused(person, Route.ID_CARD_FACE):
            return ProofFailed(PAUSED)
        begun: list[bool] = []

        def pass_on(asks: FaceAsks) -> None:
            if asks.action:
                begun.append(True)
            tell(asks)

        event = self._ways.face.prove(portrait, deadline, pass_on)
        if deadline.is_cancelled and begun and not isinstance(event, PersonProved):
            self._locks.count(person, Route.ID_CARD_FACE)
            return event
        return self._judged(person, Route.ID_CARD_FACE, event)

    def prove_by_platform_photo(
        self, person: Person, consent: ConsentRecord | None, deadline: Deadline, tell: Callable[[FaceAsks], None]
    ) -> Event:
        """One face check against the platform's photo, for a card without one. Where there is none nobody's try is counted."""
        if self._ways.references is None:
            return ProofFailed("card.no_portrait")
        if self._locks.is_paused(person, Route.ID_CARD_FACE):
            return ProofFailed(PAUSED)
        found = self._ways.references.fetch(person, consent, deadline)
        if isinstance(found, NoReference):
            return ProofFailed(found.reason)
        try:
            event = self.prove_by_face(person, found.portrait, deadline, tell)
        finally:
            found.portrait.forget()
        if isinstance(event, PersonProved):
            proof = event.proof
            is_demonstration = proof.demonstration_only or found.is_sample
            return PersonProved(replace(proof, reference="platform", demonstration_only=is_demonstration))
        return event

    def check_staff(self, person: Person, staff_id: str, pin: str) -> Event:
        """Whether this member of staff confirms."""
        if self._locks.is_paused(person, Route.ID_CARD_STAFF):
            return ProofFailed(PAUSED)
        return self._judged(person, Route.ID_CARD_STAFF, self._ways.staff.confirm(staff_id, pin))

    def request_sms(self, person: Person, deadline: Deadline) -> SmsSent | SmsFailed:
        """Have a code sent."""
        if self._ways.messages is None:
            return SmsFailed("sms.none_configured")
        if self._locks.is_paused(person, Route.ID_CARD_SMS):
            return SmsFailed(PAUSED)
        return self._ways.messages.send(person, deadline)

    def confirm_sms(self, person: Person, request_id: str, code: str, deadline: Deadline) -> Event:
        """Whether this is the code."""
        if self._ways.messages is None:
            return SmsFailed("sms.none_configured")
        if self._locks.is_paused(person, Route.ID_CARD_SMS):
            return SmsFailed(PAUSED)
        return self._judged(person, Route.ID_CARD_SMS, self._ways.messages.confirm(request_id, code, deadline))

    def read_credential(self, deadline: Deadline) -> CredentialShown | CredentialFailed:
        """Wait for a code and check it. One that came when nobody waited any more is not checked, and so not used up."""
        if self._ways.credentials is None:
            return CredentialFailed("credential.none_configured")
        if self._credential_tries.standing(_ANYBODY)[1]:
            return CredentialFailed("credential.paused")
        text = self._ways.readers.read_code(deadline)
        if deadline.is_cancelled:
            return CredentialFailed("credential.cancelled")
        event = self._ways.credentials.show(text) if isinstance(text, str) else text
        if isinstance(event, CredentialShown):
            self._credential_tries.clear(_ANYBODY)
        elif costs_a_try(event.reason):
            self._credential_tries.count(_ANYBODY)
        return event

    def _judged(self, person: Person, route: Route, event: Event) -> Event:
        if isinstance(event, PersonProved):
            self._locks.clear(person, route)
        elif isinstance(event, (ProofFailed, SmsFailed)) and costs_a_try(event.reason):
            self._locks.count(person, route)
        return event


def credential_proof(credential_id: str, checked_by: str = "", *, is_sample: bool = False) -> Proof:
    """The proof that a good credential is. ``checked_by``: how it was checked; ``is_sample``: its holder is fictitious."""
    route = Route.ELECTRONIC_CREDENTIAL
    return Proof(route, route.level, engine=checked_by, credential_id=credential_id, demonstration_only=is_sample)


def sms_proof() -> Proof:
    """The proof that a right code is."""
    return Proof(Route.ID_CARD_SMS, Route.ID_CARD_SMS.level)
