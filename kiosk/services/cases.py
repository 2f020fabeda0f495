"""From a finished visit to a durable case: the terminal's side of the queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal, Protocol

from contract.cases import Applicant, Consent, FieldValue, Identification
from drivers.types import Deadline
from kiosk.catalogue.models import FormField, Item
from kiosk.domain.identity import Person, Proof
from kiosk.domain.language import Language
from kiosk.domain.rating import Grade
from kiosk.domain.signature import Signature
from kiosk.flow import form
from kiosk.flow.events import CaseRefused, CaseStored, DeliveryKnown
from kiosk.flow.session import ConsentRecord, SessionContext

CHINA_TIME = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A copy of all that goes into the case, taken on the GUI thread; lives only as long as the commit."""

    item: Item
    language: Language
    person: Person = field(repr=False)
    proof: Proof
    consents: tuple[ConsentRecord, ...]
    consent_version: str
    values: tuple[FieldValue, ...] = field(repr=False)
    signature: Signature = field(repr=False)


class CaseDesk(Protocol):
    """Where cases are handed in. Calls may block; one thread makes them."""

    def commit(self, facts: CaseFacts) -> CaseStored | CaseRefused:
        """Seal and store; success only after the store says it is durable."""
        ...

    def await_delivery(self, case_id: str, deadline: Deadline) -> DeliveryKnown:
        """Wake the sync and wait for the platform's verified receipt until the deadline."""
        ...

    def is_delivered(self, case_id: str) -> bool:
        """True once the platform's receipt for this case has been verified and stored."""
        ...

    def statement(self, case_id: str) -> str | None:
        """The machine's signed word on where the case is at this moment, for the slip; ``None`` when it cannot be made.

        Unlike the others it is called on the printer's thread.
        """
        ...

    def rate(self, case_id: str, grade: Grade) -> None:
        """Keep the rating for the platform."""
        ...


def facts_of(session: SessionContext, item: Item, language: Language, consent_version: str) -> CaseFacts:
    """Copy the session; ``ValueError`` when it is not complete, which the flow never lets happen."""
    if session.person is None or session.proof is None or session.signature is None:
        raise ValueError("the session is not complete")
    values = tuple(_field_value(field, session) for field in item.fields)
    return CaseFacts(
        item=item,
        language=language,
        person=session.person,
        proof=session.proof,
        consents=tuple(session.consents),
        consent_version=consent_version,
        values=values,
        signature=session.signature,
    )


def _field_value(form_field: FormField, session: SessionContext) -> FieldValue:
    source: Literal["card", "resident"] = "card" if form.source_of(form_field, session) == "card" else "resident"
    return FieldValue(name=form_field.name, value=session.values.get(form_field.name, ""), source=source)


def applicant_of(person: Person) -> Applicant:
    """The person in words of the wire."""
    return Applicant(
        name=person.name,
        id_type=person.card_kind,
        id_number=person.id_number,
        sex_code=person.sex_code,
        birth_date=person.birth.isoformat() if person.birth else "",
        ethnicity_code=person.ethnicity_code,
        nationality=person.nationality,
        address=person.address,
    )


def identification_of(proof: Proof) -> Identification:
    """The proof in words of the wire."""
    return Identification(
        route=proof.route.value,
        assurance_level=int(proof.level),
        engine=proof.engine,
        distance=proof.distance,
        threshold=proof.threshold,
        liveness=proof.liveness,
        staff_id=proof.staff_id,
        demonstration_only=proof.demonstration_only,
        calibration=proof.calibration,
        liveness_score=proof.liveness_score,
        credential_id=proof.credential_id,
        reference=proof.reference,
    )


def consents_of(facts: CaseFacts) -> tuple[Consent, ...]:
    """The consents in words of the wire."""
    return tuple(
        Consent(
            purpose=record.purpose,
            text_version=facts.consent_version,
            language=record.language.value,
            granted=record.granted,
            at_ms=record.at_ms,
            given_by=record.given_by,
            guardian_name=record.guardian_name,
            guardian_id_number=record.guardian_id_number,
        )
        for record in facts.consents
    )


def shown_time(committed_at_ms: int) -> str:
    """Date and time for people, to the minute; China time, whatever the machine is set to."""
    return f"{datetime.fromtimestamp(committed_at_ms / 1000, CHINA_TIME):%Y-%m-%d %H:%M}"
