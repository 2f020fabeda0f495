"""Tables of what is held of people: the fictitious residents, their photos and data, messages, credentials; each run once."""

from __future__ import annotations

from sqlite_utils import Database as Schema


def create_residents(schema: Schema) -> None:
    """The fictitious residents of the reference platform."""
    schema.table("residents").create(
        {
            "id_number": str,
            "id_type": str,
            "name": str,
            "sex_code": str,
            "birth_date": str,
            "ethnicity_code": str,
            "address": str,
            "valid_to": str,
            "phone": str,
            "portrait": bytes,
            "added_at_ms": int,
        },
        pk="id_number",
        not_null={"id_type", "name", "sex_code", "birth_date", "ethnicity_code", "address", "valid_to", "phone", "added_at_ms"},
        strict=True,
    )


def create_sms_requests(schema: Schema) -> None:
    """Who asked for codes by text message, and what came of it; codes and people as digests."""
    schema.table("sms_requests").create(
        {
            "request_id": str,
            "kiosk_id": str,
            "person": str,
            "state": str,
            "tries_left": int,
            "made_at_ms": int,
            "expires_at_ms": int,
            "ended_at_ms": int,
            "salt": bytes,
            "code_digest": bytes,
        },
        pk="request_id",
        not_null={"kiosk_id", "person", "state", "tries_left", "made_at_ms", "expires_at_ms"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    )
    for columns in (["person", "made_at_ms"], ["kiosk_id", "made_at_ms"], ["state", "expires_at_ms"], ["made_at_ms"]):
        schema.table("sms_requests").create_index(columns)


def create_used_credentials(schema: Schema) -> None:
    """Which credentials were used where, as digests."""
    schema.table("used_credentials").create(
        {"credential_id": str, "kiosk_id": str, "used_at_ms": int},
        pk="credential_id",
        not_null={"kiosk_id", "used_at_ms"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    )
    for columns in (["kiosk_id", "used_at_ms"], ["used_at_ms"]):
        schema.table("used_credentials").create_index(columns)


def create_shared_data(schema: Schema) -> None:
    """Fictitious values that authorities hold of fictitious people, and who asked for them."""
    schema.table("shared_authorities").create({"authority": str, "state": str}, pk="authority", not_null={"state"}, strict=True)
    schema.table("shared_values").create(
        {"person": str, "element": str, "authority": str, "sealing_key_id": str, "sealed": bytes, "as_of_ms": int},
        pk=("person", "element"),
        not_null={"authority", "sealing_key_id", "sealed", "as_of_ms"},
        strict=True,
    )
    schema.table("shared_questions").create(
        {"kiosk_id": str, "person": str, "purpose": str, "consent_version": str, "asked_at_ms": int, "outcomes": str},
        not_null={"kiosk_id", "person", "purpose", "consent_version", "asked_at_ms", "outcomes"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    ).create_index(["person", "asked_at_ms"])


def create_case_people(schema: Schema) -> None:
    """Whose a case is, as a digest, whether papers were promised, and what window and department did. Entries are only added."""
    schema.table("case_people").create(
        {"case_id": str, "person": str, "promised": int},
        pk="case_id",
        not_null={"person", "promised"},
        foreign_keys=[("case_id", "cases", "case_id")],
        strict=True,
    ).create_index(["person"])
    schema.table("case_progress").create(
        {"entry": int, "case_id": str, "state": str, "at_ms": int, "words": str, "by": str},
        pk="entry",
        not_null={"case_id", "state", "at_ms", "words", "by"},
        foreign_keys=[("case_id", "cases", "case_id")],
        strict=True,
    ).create_index(["case_id"])
    for verb in ("UPDATE", "DELETE"):
        refusal = f"BEFORE {verb} ON case_progress BEGIN SELECT RAISE(ABORT, 'progress is only added to'); END"
        schema.execute(f"CREATE TRIGGER case_progress_no_{verb.lower()} {refusal}")


def create_certificates(schema: Schema) -> None:
    """Certificates and their holders, as digests, and the record of every use."""
    schema.table("certificates").create(
        {"certificate": str, "person": str, "valid_from": str, "valid_to": str, "revoked": int},
        pk="certificate",
        not_null={"person", "valid_from", "valid_to", "revoked"},
        strict=True,
    )
    schema.table("certificate_uses").create(
        {"use": int, "kiosk_id": str, "certificate": str, "person": str, "purpose": str, "outcome": str, "at_ms": int},
        pk="use",
        not_null={"kiosk_id", "certificate", "person", "purpose", "outcome", "at_ms"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    ).create_index(["person", "at_ms"])


def create_portraits(schema: Schema) -> None:
    """Photos of the fictitious residents, sealed, and the record of every request for one; people as digests."""
    schema.table("portraits").create(
        {"person": str, "sealing_key_id": str, "sealed": bytes, "kept_at_ms": int},
        pk="person",
        not_null={"sealing_key_id", "sealed", "kept_at_ms"},
        strict=True,
    )
    schema.table("portrait_fetches").create(
        {"fetch_id": int, "kiosk_id": str, "person": str, "consent_id": str, "purpose": str, "outcome": str, "at_ms": int},
        pk="fetch_id",
        not_null={"kiosk_id", "person", "consent_id", "purpose", "outcome", "at_ms"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    )
    for columns in (["person", "at_ms"], ["kiosk_id", "at_ms"], ["at_ms"]):
        schema.table("portrait_fetches").create_index(columns)
    # Portraits lie in the sealed table only; those of fictitious residents that stood here open are added anew.
    schema.execute("UPDATE residents SET portrait = NULL")
