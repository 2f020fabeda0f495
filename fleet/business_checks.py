"""The merits of a case, as far as a machine may judge them. What it doubts, people look at; it refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from contract.cases import Applicant, CasePayload, Identification

PURPOSE_DATA = "case_data"
PURPOSE_FACE = "face"


def doubts(payload: CasePayload) -> tuple[str, ...]:
    """Every reason, as a stable code, for which people should look at the case; empty when it can go on by itself."""
    granted = {consent.purpose for consent in payload.consents if consent.granted}
    return (
        *_consent_doubts(payload.identification.route, granted),
        *_identification_doubts(payload.identification),
        *_applicant_doubts(payload.applicant),
        *(() if any(payload.signature_strokes) else ("not_signed",)),
    )


def _consent_doubts(route: str, granted: set[str]) -> Iterator[str]:
    if PURPOSE_DATA not in granted:
        yield "no_consent_to_data"
    # Separate consent for the face: 人脸识别技术应用安全管理办法, in force since 2025-06-01.
    if route == "id_card_face" and PURPOSE_FACE not in granted:
        yield "no_consent_to_face"


def _identification_doubts(proof: Identification) -> Iterator[str]:
    if proof.route == "id_card_staff":
        if not proof.staff_id.strip():
            yield "staff_not_named"
    elif proof.distance is None or proof.threshold is None or proof.distance > proof.threshold:
        yield "face_not_matched"
    elif not proof.liveness.partition(";")[0].endswith(":live"):  # what follows says how it was found
        yield "face_not_live"


def _applicant_doubts(applicant: Applicant) -> Iterator[str]:
    # Only these numbers hold the date of birth (GB 11643): six digits of area, then eight of date.
    holds_birth = applicant.id_type in ("resident", "J") and applicant.birth_date != ""
    if holds_birth and applicant.id_number[6:14] != applicant.birth_date.replace("-", ""):
        yield "birth_date_differs"
