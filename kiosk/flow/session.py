"""The only holder of personal data on the terminal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from kiosk.catalogue.deciding import Handed
from kiosk.catalogue.rules import FactValue
from kiosk.domain.identity import Person, Portrait, Proof
from kiosk.domain.language import Language
from kiosk.domain.papers import ScannedPage
from kiosk.domain.progress import Standings
from kiosk.domain.signature import Signature
from kiosk.flow.effects import (
    ForgetCase,
    ForgetConsent,
    ForgetPortrait,
    ForgetProgress,
    RememberCase,
    RememberCertificate,
    RememberConsent,
    RememberDeclared,
    RememberDelivery,
    RememberField,
    RememberGuardian,
    RememberNumber,
    RememberPerson,
    RememberPrefilled,
    RememberProgress,
    RememberPromised,
    RememberProof,
    RememberProofPaper,
    RememberQuery,
    RememberScan,
    RememberShared,
    RememberSignature,
    RememberSms,
    SessionEffect,
)
from kiosk.flow.paper_effects import ForgetTaken, RememberDisputed, RememberTaken


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One consent as it was asked and answered. No image; a name only where a guardian answered for a child."""

    purpose: str
    granted: bool
    language: Language
    at_ms: int
    given_by: Literal["self", "guardian"] = "self"
    guardian_name: str = field(default="", repr=False)
    guardian_id_number: str = field(default="", repr=False)


class SessionContext:
    """Everything known of the resident during one visit; wiped when it ends, however it ends. Only ever in memory."""

    __slots__ = (
        "case_id",
        "consents",
        "delivered",
        "disputed",
        "gathered",
        "guardian",
        "handed",
        "masked_phone",
        "number",
        "others",
        "pages",
        "person",
        "portrait",
        "prefilled",
        "proof",
        "proof_paper",
        "query",
        "receipt_number",
        "shared",
        "signature",
        "sms_request",
        "standings",
        "stored_at",
        "taken",
        "values",
    )

    def __init__(self) -> None:
        self.person: Person | None = None
        self.portrait: Portrait | None = None
        self.guardian: Person | None = None
        self.masked_phone = ""
        self.sms_request = ""
        self.proof: Proof | None = None
        self.signature: Signature | None = None
        self.values: dict[str, str] = {}
        self.prefilled: set[str] = set()
        self.disputed: set[str] = set()
        """Names of fields whose given value the resident says is wrong."""
        self.shared: dict[str, FactValue] = {}
        self.gathered: frozenset[str] = frozenset()
        self.handed = Handed()
        self.pages: list[ScannedPage] = []
        self.taken: ScannedPage | None = None
        """A page that was taken and not yet looked at."""
        self.query = ""
        self.number = ""
        self.standings: Standings | None = None
        self.consents: list[ConsentRecord] = []
        self.case_id = ""
        self.receipt_number = ""
        self.stored_at = ""
        self.others: tuple[tuple[str, str], ...] = ()
        self.delivered = False
        self.proof_paper = RememberProofPaper()

    def __repr__(self) -> str:
        return f"SessionContext(empty={self.is_empty})"

    @property
    def is_empty(self) -> bool:
        """True when nothing of anybody is held."""
        return not (self.holds_a_case or self.person or self.proof or self.consents or self.guardian or self.sms_request)

    @property
    def known_as(self) -> str:
        """Masked name of somebody who is proved; empty for everybody else."""
        return self.person.masked_name if self.person is not None and self.proof is not None else ""

    @property
    def holds_a_case(self) -> bool:
        """True when something is held besides the person, how they were identified, and what they consented to."""
        asked = self.number or self.standings
        pages = self.pages or self.taken
        return bool(self.portrait or self.signature or self.values or self.case_id or self.shared or pages or asked)

    def consent_to(self, purpose: str) -> ConsentRecord | None:
        """How the resident answered last when asked for this purpose; ``None`` when they were not asked."""
        return next((record for record in self.consents if record.purpose == purpose), None)

    def apply(self, effect: SessionEffect, now_ms: int) -> None:
        """Carry out one change; ``now_ms`` dates consents."""
        match effect:
            case RememberField() | RememberSignature() | RememberCase() | RememberDelivery():
                self._note_case(effect)
            case RememberNumber() | RememberProgress() | ForgetProgress() | RememberProofPaper():
                self._note_progress(effect)
            case RememberQuery() | RememberPrefilled() | RememberShared() | RememberDisputed():
                self._gather(effect)
            case RememberDeclared() | RememberPromised() | RememberCertificate() | RememberScan():
                self._hand_in(effect)
            case RememberTaken() | ForgetTaken():
                self._hold(effect.page if isinstance(effect, RememberTaken) else None)
            case ForgetCase():
                self._forget_case()
            case RememberConsent() | ForgetConsent():
                self._note_consent(effect, now_ms)
            case _:
                self._identify(effect)

    def _note_case(self, effect: RememberField | RememberSignature | RememberCase | RememberDelivery) -> None:
        match effect:
            case RememberField(name, value):
                self.values[name] = value
            case RememberSignature(signature):
                self.signature = signature
            case RememberCase(case_id, receipt_number, stored_at, others):
                self.case_id, self.receipt_number, self.stored_at = case_id, receipt_number, stored_at
                self.others = others
            case RememberDelivery(delivered):
                self.delivered = delivered
            case _:
                assert_never(effect)

    def _identify(self, effect: RememberPerson | ForgetPortrait | RememberGuardian | RememberSms | RememberProof) -> None:
        match effect:
            case RememberPerson(person, portrait):
                self._forget_portrait()
                self.person, self.portrait = person, portrait
            case ForgetPortrait():
                self._forget_identifying()
            case RememberGuardian(person):
                self.guardian = person
            case RememberSms(masked_phone, request_id):
                self.masked_phone, self.sms_request = masked_phone, request_id
            case RememberProof(proof):
                self.proof = proof
            case _:
                assert_never(effect)

    def _gather(self, effect: RememberQuery | RememberPrefilled | RememberShared | RememberDisputed) -> None:
        match effect:
            case RememberQuery(text):
                self.query = text
            case RememberPrefilled(name, value):
                self.values[name] = value
                self.prefilled.add(name)
            case RememberShared(values, asked):
                self.shared |= values
                self.gathered |= asked
            case RememberDisputed(name, is_wrong):
                (self.disputed.add if is_wrong else self.disputed.discard)(name)
            case _:
                assert_never(effect)

    def _hand_in(self, effect: RememberDeclared | RememberPromised | RememberCertificate | RememberScan) -> None:
        handed = self.handed
        match effect:
            case RememberDeclared(material):
                self.handed = replace(handed, declared=handed.declared | {material})
            case RememberPromised(material):
                self.handed = replace(handed, promised=handed.promised | {material})
            case RememberCertificate(material, identifier):
                self.handed = replace(handed, certificates={**handed.certificates, material: identifier})
            case RememberScan(material, page):
                self.handed = replace(handed, scanned=handed.scanned | {material})
                self.pages.append(page)
                self.taken = None if self.taken is page else self.taken
            case _:
                assert_never(effect)

    def _hold(self, page: ScannedPage | None) -> None:
        if self.taken is not None:
            self.taken.forget()
        self.taken = page

    def wipe(self) -> None:
        """Forget everything; may be called at any time, and twice."""
        self._forget_case()
        self.query = ""
        self.person = None
        self.proof = None
        self.consents.clear()

    def _note_consent(self, effect: RememberConsent | ForgetConsent, now_ms: int) -> None:
        self.consents = [record for record in self.consents if record.purpose != effect.purpose]
        if isinstance(effect, ForgetConsent):
            return
        record = ConsentRecord(effect.purpose, effect.granted, effect.language, now_ms)
        if effect.by_guardian and self.guardian is not None:
            guardian, self.guardian = self.guardian, None
            record = replace(record, given_by="guardian", guardian_name=guardian.name, guardian_id_number=guardian.id_number)
        self.consents.append(record)

    def _note_progress(self, effect: RememberNumber | RememberProgress | ForgetProgress | RememberProofPaper) -> None:
        match effect:
            case RememberNumber(number):
                self.number = number
            case RememberProgress(standings):
                self.standings = standings
            case RememberProofPaper():
                self.proof_paper = effect
            case ForgetProgress():
                self.number, self.standings = "", None
            case _:
                assert_never(effect)

    def _forget_identifying(self) -> None:
        self._forget_portrait()
        self.guardian = None
        self.masked_phone = self.sms_request = ""

    def _forget_case(self) -> None:
        self._forget_identifying()
        self.signature = None
        self.values.clear()
        self.prefilled.clear()
        self.disputed.clear()
        self.shared.clear()
        self.gathered = frozenset()
        self.handed = Handed()
        self._hold(None)
        for page in self.pages:
            page.forget()
        self.pages.clear()
        self.case_id = self.receipt_number = self.stored_at = ""
        self._note_progress(ForgetProgress())
        self.proof_paper = RememberProofPaper()
        self.others = ()
        self.delivered = False

    def _forget_portrait(self) -> None:
        if self.portrait is not None:
            self.portrait.forget()
            self.portrait = None
