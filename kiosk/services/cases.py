"""From a finished visit to a durable case: the terminal's side of the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from contract.case_contents import BundleReference, CaseContents, Delivery, Region
from contract.case_contents import MaterialLine as WireLine
from contract.cases import Applicant, Consent, FieldValue, Identification
from drivers.types import Deadline
from kiosk.catalogue.certificates import watermark
from kiosk.catalogue.deciding import From, MaterialLine
from kiosk.catalogue.models import FormField, Item
from kiosk.domain.identity import Person, Proof
from kiosk.domain.language import Language
from kiosk.domain.papers import ScannedPage
from kiosk.domain.rating import Grade, RatingReason
from kiosk.domain.signature import Signature
from kiosk.flow import form, handling, knowing
from kiosk.flow.context import Context
from kiosk.flow.events import CaseRefused, CaseStored, DeliveryKnown
from kiosk.flow.handling import Handling
from kiosk.flow.session import ConsentRecord, SessionContext


@dataclass(frozen=True, slots=True)
class OneCase:
    """What goes to one authority."""

    item: Item
    values: tuple[FieldValue, ...] = field(repr=False)
    lines: tuple[MaterialLine, ...] = field(repr=False)
    due: Mapping[str, str]
    """容缺: last day by material."""
    watermark: str
    """Across copies of certificates that were shown for it."""
    handling: Handling = field(repr=False)
    """Where it is decided, and how the outcome comes to the resident."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A copy of all that goes into the case, taken on the GUI thread; lives only as long as the commit."""

    item: Item
    cases: tuple[OneCase, ...] = field(repr=False)
    """The matter, or each part of a bundle."""
    pages: tuple[ScannedPage, ...] = field(repr=False)
    """Copies: overwritten when the case was stored or refused, while the session's stay for another try."""
    catalogue_version: str
    shared_asked: tuple[str, ...]
    disputed: frozenset[str]
    """Fields whose given value the resident says is wrong."""
    language: Language
    person: Person = field(repr=False)
    proof: Proof
    consents: tuple[ConsentRecord, ...]
    consent_version: str
    signature: Signature = field(repr=False)
    certificates: Mapping[str, str] = field(repr=False)
    """Identifiers of certificates that were shown, by material."""


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

    def rate(self, case_id: str, grade: Grade | None, reasons: tuple[RatingReason, ...] = ()) -> None:
        """Keep the rating for the platform; ``None`` for skipped."""
        ...

    def note_miss(self, text: str) -> None:
        """Count for the platform that ``text``, anonymous already, was looked for and not found."""
        ...


def facts_of(context: Context, item: Item, language: Language) -> CaseFacts:
    """Copy the session; ``ValueError`` when it is not complete, which the flow never lets happen."""
    session, catalogue = context.session, context.catalogue
    if session.person is None or session.proof is None or session.signature is None:
        raise ValueError("the session is not complete")
    parts = knowing.parts(item, context)
    return CaseFacts(
        item=item,
        cases=tuple(_one_case(one, context) for one in ([part.item for part in parts] or [item])),
        pages=tuple(ScannedPage(page.material, bytearray(page.jpeg)) for page in session.pages),
        catalogue_version=catalogue.version,
        shared_asked=tuple(sorted(session.gathered)),
        disputed=frozenset(session.disputed),
        language=language,
        person=session.person,
        proof=session.proof,
        consents=tuple(session.consents),
        consent_version=catalogue.consent_version,
        signature=session.signature,
        certificates=dict(session.handed.certificates),
    )


def _one_case(item: Item, context: Context) -> OneCase:
    lines = knowing.papers(item, context)
    return OneCase(
        item=item,
        values=tuple(_field_value(field, context.session) for field in knowing.fields(item, context)),
        lines=lines,
        due={line.id: knowing.due(line, context) for line in lines if line.source is From.PROMISE},
        watermark=watermark(item.short_name.zh, context.today.isoformat()),
        handling=handling.chosen(item, context.session),
    )


_SOURCES: dict[str, Literal["card", "shared", "resident"]] = {"card": "card", "shared": "shared"}


def _field_value(form_field: FormField, session: SessionContext) -> FieldValue:
    source = _SOURCES.get(form.source_of(form_field, session), "resident")
    return FieldValue(name=form_field.name, value=session.values.get(form_field.name, ""), source=source)


_STUFF_TYPES = {
    From.CARD: 0,
    From.SHARED: 5,
    From.CERTIFICATE: 1,
    From.SCAN: 0,
    From.DECLARE: 4,
    From.PROMISE: 3,
}
_HANDED_IN, _TO_BE_SUPPLEMENTED = 0, 2


def contents_of(case: OneCase, facts: CaseFacts, bundle: BundleReference | None) -> CaseContents:
    """Papers and what else the case rests on, in words of the wire."""
    return CaseContents(
        catalogue_version=facts.catalogue_version,
        materials=tuple(_wire_line(line, case, facts.certificates) for line in case.lines if line.source is not From.BRING),
        bundle=bundle,
        shared_asked=facts.shared_asked,
        disputed=tuple(value.name for value in case.values if value.name in facts.disputed),
        delivery=Delivery(way=case.handling.way.value, address=case.handling.address),
        signature_stated=facts.signature.is_stated,
        region=Region(accepting=case.handling.accepting, deciding=case.handling.deciding),
    )


def _wire_line(line: MaterialLine, case: OneCase, handed: Mapping[str, str]) -> WireLine:
    promised = line.source is From.PROMISE
    return WireLine(
        material=line.id,
        role=line.material.role.value,
        source=_WIRE_SOURCES[line.source],
        stuff_type=_STUFF_TYPES[line.source],
        stuff_status=_TO_BE_SUPPLEMENTED if promised else _HANDED_IN,
        certificate=handed.get(line.id, "") if line.source is From.CERTIFICATE else "",
        watermark=case.watermark if line.source is From.CERTIFICATE else "",
        shared=line.material.shared if line.source is From.SHARED else (),
        due=case.due.get(line.id, ""),
        due_working_days=line.material.lack_days if promised else 0,
    )


_WIRE_SOURCES: dict[From, Literal["card", "shared", "certificate", "scan", "declare", "promise"]] = {
    From.CARD: "card",
    From.SHARED: "shared",
    From.CERTIFICATE: "certificate",
    From.SCAN: "scan",
    From.DECLARE: "declare",
    From.PROMISE: "promise",
}


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
