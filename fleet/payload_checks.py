"""What a payload must be before the platform takes the case: its form, not its merits.

All defects are told at once (一次告知), so that one correction can settle them. No defect quotes a value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from contract.cases import Applicant, CaseHeader, CasePayload, Consent, FieldValue, Identification, Material
from contract.id_numbers import ID_NUMBERS, is_id_number
from contract.materials import MAX_MATERIAL_BYTES, is_digest
from fleet.contents_checks import contents_problems
from fleet.decoding import is_counting, is_plain_text

_ITEM_CODE = re.compile(r"([0-9A-HJ-NPQRTUWXY]{18})[1-6][0-9]{12}")
_ORDER = re.compile(r"[0-9]{2}")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
"""Type and subtype, without parameters (RFC 6838, section 4.2)."""
MAX_FIELDS = 200
MAX_FIELD_CHARACTERS = 4000
MAX_CONSENTS = 50
MAX_STROKES = 500
MAX_POINTS = 20_000
_SIGNATURE_SIDE = 10_000


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong; ``code`` is stable, ``words`` are for people and tell nothing of the resident."""

    code: str
    words: str


def payload_defects(header: CaseHeader, payload: CasePayload) -> tuple[Defect, ...]:
    """Everything that is wrong with the payload; empty when it may be taken."""
    return (
        *_binding_defects(header, payload),
        *item_defects(payload.item_code, payload.task_handle_item),
        *_applicant_defects(payload.applicant),
        *_identification_defects(payload.identification),
        *_consent_defects(payload.consents),
        *_field_defects(payload.fields),
        *_signature_defects(payload.signature_strokes),
        *_material_defects(header.materials, payload.materials),
        *_contents_defects(payload),
    )


def item_defects(item_code: str, task_handle_item: str) -> Iterator[Defect]:
    """Grammar of GB/T 39554.1-2020: credit code (18) + level (1) + base code (12), and an order (2) for the 33-character code."""
    match = _ITEM_CODE.fullmatch(item_code)
    if match is None:
        yield Defect("bad_item_code", "the item code is not credit code (18), level (1) and base code (12)")
    elif not _is_credit_code(match[1]):
        yield Defect("bad_item_code", "the check character of the credit code in the item code is wrong")
    if task_handle_item[:31] != item_code or not _ORDER.fullmatch(task_handle_item[31:]):
        yield Defect("bad_item_code", "task_handle_item is not the item code and a two-digit order")


def _is_credit_code(code: str) -> bool:
    try:
        uscc.validate(code)
    except ValidationError:
        return False
    return True


def _binding_defects(header: CaseHeader, payload: CasePayload) -> Iterator[Defect]:
    for name in ("case_id", "receipt_number", "item_code"):
        if getattr(header, name) != getattr(payload, name):
            yield Defect("payload_mismatch", f"{name} differs between header and payload")
    if not is_plain_text(payload.item_version, 40) or not is_plain_text(payload.language, 16):
        yield Defect("bad_payload", "item_version or language is no short text")


def _applicant_defects(applicant: Applicant) -> Iterator[Defect]:
    if not is_plain_text(applicant.name, 100):
        yield Defect("bad_applicant", "the name is empty, too long or has characters that cannot be seen")
    if not is_id_number(applicant.id_type, applicant.id_number):
        yield Defect("bad_id_number", "the card kind is unknown, or the number breaks its form or its check digit")
    if applicant.sex_code not in ("0", "1", "2", "9"):
        yield Defect("bad_applicant", "the sex code is none of GB/T 2261.1")
    if not re.fullmatch(r"|[0-9]{2}", applicant.ethnicity_code):
        yield Defect("bad_applicant", "the ethnicity code is none of GB/T 3304")
    if applicant.birth_date and not _is_date(applicant.birth_date):
        yield Defect("bad_applicant", "the birth date is no date")
    if len(applicant.nationality) > 40 or len(applicant.address) > 400:
        yield Defect("bad_applicant", "nationality or address is too long")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _identification_defects(proof: Identification) -> Iterator[Defect]:
    if not 1 <= proof.assurance_level <= 4:
        yield Defect("bad_identification", "the assurance level is none of L1 to L4")
    if any(value is not None and not (math.isfinite(value) and 0 <= value <= 100) for value in (proof.distance, proof.threshold)):
        yield Defect("bad_identification", "distance or threshold is out of range")
    if max(len(proof.engine), len(proof.liveness), len(proof.staff_id), len(proof.calibration)) > 200:
        yield Defect("bad_identification", "engine, liveness, staff_id or calibration is too long")
    score = proof.liveness_score
    if score is not None and not (math.isfinite(score) and 0 <= score <= 1):
        yield Defect("bad_identification", "the liveness score is not between 0 and 1")
    # Whether a credential is named at all is a matter of the merits, not of the form.
    if proof.credential_id and not (proof.route == "electronic_credential" and is_digest(proof.credential_id)):
        yield Defect("bad_identification", "credential_id is no SHA-256 in lower-case hex, or stands on another route")
    if proof.reference and proof.route != "id_card_face":
        yield Defect("bad_identification", "a reference photo stands on another route than the face's")


def _consent_defects(consents: tuple[Consent, ...]) -> Iterator[Defect]:
    if len(consents) > MAX_CONSENTS:
        yield Defect("bad_consents", f"more than {MAX_CONSENTS} consents")
    for number, consent in enumerate(consents[:MAX_CONSENTS]):
        texts = (consent.purpose, consent.text_version, consent.language)
        if not all(is_plain_text(text, 64) for text in texts) or not is_counting(consent.at_ms):
            yield Defect("bad_consents", f"consent {number} has a text or a time out of range")
        if not _guardian_fits(consent):
            yield Defect("bad_consents", f"consent {number} names a guardian wrongly, or one who gave no consent")


def _guardian_fits(consent: Consent) -> bool:
    if consent.given_by == "self":
        return not consent.guardian_name and not consent.guardian_id_number
    is_number = any(is_id_number(kind, consent.guardian_id_number) for kind in ID_NUMBERS)
    return is_number and is_plain_text(consent.guardian_name, 100)


def _field_defects(fields: tuple[FieldValue, ...]) -> Iterator[Defect]:
    if len(fields) > MAX_FIELDS:
        yield Defect("bad_fields", f"more than {MAX_FIELDS} fields")
    names = [field.name for field in fields]
    if not all(_FIELD_NAME.fullmatch(name) for name in names) or len(set(names)) != len(names):
        yield Defect("bad_fields", "a field name is malformed or stands twice")
    if any(len(field.value) > MAX_FIELD_CHARACTERS for field in fields):
        yield Defect("bad_fields", f"a field is longer than {MAX_FIELD_CHARACTERS} characters")


def _signature_defects(strokes: tuple[tuple[tuple[int, int], ...], ...]) -> Iterator[Defect]:
    if len(strokes) > MAX_STROKES or sum(len(stroke) for stroke in strokes) > MAX_POINTS:
        yield Defect("bad_signature_strokes", "the finger signature has too many strokes or points")
    elif any(not 0 <= value <= _SIGNATURE_SIDE for stroke in strokes for point in stroke for value in point):
        yield Defect("bad_signature_strokes", "the finger signature leaves its square of 0 to 10,000")


def _contents_defects(payload: CasePayload) -> Iterator[Defect]:
    if payload.contents is not None:
        yield from (Defect("bad_contents", problem) for problem in contents_problems(payload.contents))


def _material_defects(named: tuple[str, ...], materials: tuple[Material, ...]) -> Iterator[Defect]:
    # The header's own list was bounded before anything was opened, so equal lists are bounded too.
    if tuple(material.digest for material in materials) != named:
        yield Defect("payload_mismatch", "materials differ between header and payload")
        return
    for number, material in enumerate(materials):
        if not is_plain_text(material.kind, 64) or not _MEDIA_TYPE.fullmatch(material.media_type):
            yield Defect("bad_materials", f"material {number} has a kind or a media type that is none")
        if material.name != "" and not is_plain_text(material.name, 200):
            yield Defect("bad_materials", f"the name of material {number} is too long or has characters that cannot be seen")
        if not is_digest(material.plain_sha256) or not 0 < material.size_bytes <= MAX_MATERIAL_BYTES:
            yield Defect("bad_materials", f"material {number} has a plain digest or a size that is none")
