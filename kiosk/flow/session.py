"""The only holder of personal data on the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from kiosk.domain.identity import Person, Portrait, Proof
from kiosk.domain.language import Language
from kiosk.domain.signature import Signature
from kiosk.flow.effects import (
    ForgetPortrait,
    RememberCase,
    RememberConsent,
    RememberDelivery,
    RememberField,
    RememberPerson,
    RememberProof,
    RememberSignature,
    SessionEffect,
)


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One consent as it was asked and answered. No image, no name."""

    purpose: str
    granted: bool
    language: Language
    at_ms: int


class SessionContext:
    """Everything known of the resident during one visit; wiped when it ends, however it ends. Only ever in memory."""

    __slots__ = (
        "case_id",
        "consents",
        "delivered",
        "person",
        "portrait",
        "proof",
        "receipt_number",
        "signature",
        "stored_at",
        "values",
    )

    def __init__(self) -> None:
        self.person: Person | None = None
        self.portrait: Portrait | None = None
        self.proof: Proof | None = None
        self.signature: Signature | None = None
        self.values: dict[str, str] = {}
        self.consents: list[ConsentRecord] = []
        self.case_id = ""
        self.receipt_number = ""
        self.stored_at = ""
        self.delivered = False

    def __repr__(self) -> str:
        return f"SessionContext(empty={self.is_empty})"

    @property
    def is_empty(self) -> bool:
        """True when nothing of anybody is held."""
        return not (self.person or self.portrait or self.proof or self.signature or self.values or self.consents or self.case_id)

    def apply(self, effect: SessionEffect, now_ms: int) -> None:
        """Carry out one change; ``now_ms`` dates consents."""
        match effect:
            case RememberPerson(person, portrait):
                self._forget_portrait()
                self.person, self.portrait = person, portrait
            case ForgetPortrait():
                self._forget_portrait()
            case RememberProof(proof):
                self.proof = proof
            case RememberConsent(purpose, granted, language):
                self.consents = [c for c in self.consents if c.purpose != purpose]
                self.consents.append(ConsentRecord(purpose, granted, language, now_ms))
            case RememberField(name, value):
                self.values[name] = value
            case RememberSignature(signature):
                self.signature = signature
            case RememberCase(case_id, receipt_number, stored_at):
                self.case_id, self.receipt_number, self.stored_at = case_id, receipt_number, stored_at
            case RememberDelivery(delivered):
                self.delivered = delivered
            case _:
                assert_never(effect)

    def wipe(self) -> None:
        """Forget everything; may be called at any time, and twice."""
        self._forget_portrait()
        self.person = None
        self.proof = None
        self.signature = None
        self.values.clear()
        self.consents.clear()
        self.case_id = self.receipt_number = self.stored_at = ""
        self.delivered = False

    def _forget_portrait(self) -> None:
        if self.portrait is not None:
            self.portrait.forget()
            self.portrait = None
