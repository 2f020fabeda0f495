"""The merits of a case, as far as a machine may judge them. What it doubts, people look at; it refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from contract.cases import Applicant, CasePayload, Consent, Identification
from contract.statements import LATEST_MS
from fleet.clock import in_china

PURPOSE_DATA = "case_data"
PURPOSE_FACE = "face"
OWN_CONSENT_AGE = 14
"""Below it only a guardian consents to the use of sensitive data (个人信息保护法, article 31)."""
HIGHEST_LEVELS = {"id_card_staff": 4, "electronic_credential": 3, "id_card_face": 3, "id_card_sms": 2}
"""What each way can prove at most."""


def doubts(payload: CasePayload) -> tuple[str, ...]:
    """Every reason, as a stable code, for which people should look at the case; empty when it can go on by itself."""
    granted = {consent.purpose: consent for consent in payload.consents if consent.granted}
    return (
        *_consent_doubts(payload.identification.route, granted, payload.applicant),
        *_identification_doubts(payload.identification),
        *_applicant_doubts(payload.applicant),
        *(() if _is_signed(payload) else ("not_signed",)),
    )


def _is_signed(payload: CasePayload) -> bool:
    stated = payload.contents is not None and payload.contents.signature_stated
    return stated or any(payload.signature_strokes)


def _consent_doubts(route: str, granted: dict[str, Consent], applicant: Applicant) -> Iterator[str]:
    if PURPOSE_DATA not in granted:
        yield "no_consent_to_data"
    if route != "id_card_face":
        return
    # Separate consent for the face: 人脸识别技术应用安全管理办法, in force since 2025-06-01.
    consent = granted.get(PURPOSE_FACE)
    if consent is None:
        yield "no_consent_to_face"
    elif _is_child(applicant, consent.at_ms) and (
        consent.given_by != "guardian" or consent.guardian_id_number == applicant.id_number
    ):
        yield "no_consent_of_guardian"


def _is_child(applicant: Applicant, at_ms: int) -> bool:
    if not applicant.birth_date:
        return False
    born, today = date.fromisoformat(applicant.birth_date), in_china(min(at_ms, LATEST_MS)).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < OWN_CONSENT_AGE


def _identification_doubts(proof: Identification) -> Iterator[str]:
    if proof.assurance_level > HIGHEST_LEVELS[proof.route]:
        yield "level_too_high"
    match proof.route:
        case "id_card_staff":
            if not proof.staff_id.strip():
                yield "staff_not_named"
        case "electronic_credential":
            if not proof.credential_id:
                yield "credential_not_named"
        case "id_card_face":
            yield from _face_doubts(proof)


def _face_doubts(proof: Identification) -> Iterator[str]:
    if proof.distance is None or proof.threshold is None or proof.distance > proof.threshold:
        yield "face_not_matched"
    elif not proof.liveness.partition(";")[0].endswith(":live"):  # lights and scores follow
        yield "face_not_live"


def _applicant_doubts(applicant: Applicant) -> Iterator[str]:
    # Only these numbers hold the date of birth (GB 11643): six digits of area, then eight of date.
    holds_birth = applicant.id_type in ("resident", "J") and applicant.birth_date != ""
    if holds_birth and applicant.id_number[6:14] != applicant.birth_date.replace("-", ""):
        yield "birth_date_differs"
