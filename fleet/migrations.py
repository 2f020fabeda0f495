"""The schema of the platform's database, as steps that are run once each. ``user_version`` counts the steps taken."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database as Schema

from fleet.errors import PlatformError
from fleet.kiosk_places import create_kiosk_places
from fleet.people_tables import (
    create_case_people,
    create_certificates,
    create_portraits,
    create_residents,
    create_shared_data,
    create_sms_requests,
    create_used_credentials,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date, one transaction a step; ``PlatformError`` for a database of a newer program."""
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if done > len(STEPS):
                raise PlatformError(f"the database was written by a newer version (schema {done}, known up to {len(STEPS)})")
            if done < len(STEPS):
                STEPS[done](Schema(connection))
                connection.execute(f"PRAGMA user_version = {done + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if done >= len(STEPS) - 1:
            return


def _create_registry(schema: Schema) -> None:
    """Terminals."""
    schema.table("kiosks").create(
        {
            "kiosk_id": str,
            "region_code": str,
            "device_code": str,
            "name": str,
            "software_version": str,
            "enrolled_at_ms": int,
            "succeeded_by": str,
            "last_contact_at_ms": int,
            "heartbeat": bytes,
            "heartbeat_at_ms": int,
        },
        pk="kiosk_id",
        not_null={"region_code", "device_code", "name", "software_version", "enrolled_at_ms", "last_contact_at_ms"},
        strict=True,
    ).create_index(["region_code", "device_code"], unique=True)
    schema.table("kiosks").create_index(["succeeded_by"])


def _create_credentials(schema: Schema) -> None:
    """The keys of terminals, and the tokens that let new ones in."""
    schema.table("kiosk_keys").create(
        {"public_key": bytes, "kiosk_id": str, "registered_at_ms": int, "retired_at_ms": int},
        pk="public_key",
        not_null={"kiosk_id", "registered_at_ms"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    ).create_index(["kiosk_id"])
    schema.table("tokens").create(
        {
            "token_sha256": str,
            "region_code": str,
            "name": str,
            "kiosk_id": str,
            "succeeds": str,
            "created_at_ms": int,
            "expires_at_ms": int,
            "used_at_ms": int,
            "used_by": str,
            "used_with_key": bytes,
        },
        pk="token_sha256",
        not_null={"region_code", "name", "created_at_ms", "expires_at_ms"},
        strict=True,
    )


_CASE_COLUMNS_NEVER_NULL = {
    *("kiosk_id", "delivered_by", "receipt_number", "item_code", "sequence", "digest", "committed_at_ms", "received_at_ms"),
    *("state", "reason", "state_at_ms", "receipt_key_id", "receipt_body", "receipt_signature", "signature", "header", "sealed"),
}


def _create_cases(schema: Schema) -> None:
    """Cases as they came, sealed."""
    schema.table("cases").create(
        {
            "case_id": str,
            "kiosk_id": str,
            "delivered_by": str,
            "receipt_number": str,
            "item_code": str,
            "sequence": int,
            "digest": str,
            "committed_at_ms": int,
            "received_at_ms": int,
            "state": str,
            "reason": str,
            "state_at_ms": int,
            "processed_at_ms": int,
            "receipt_key_id": str,
            "receipt_body": bytes,
            "receipt_signature": bytes,
            "signature": bytes,
            # The large parts come last: SQLite reads the columns before them without touching overflow pages.
            "header": bytes,
            "sealed": bytes,
        },
        pk="case_id",
        not_null=_CASE_COLUMNS_NEVER_NULL,
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    )
    for columns in (["state", "received_at_ms", "case_id"], ["kiosk_id", "sequence"], ["receipt_number"], ["received_at_ms"]):
        schema.table("cases").create_index(columns)


def _create_case_changes(schema: Schema) -> None:
    """Every change of a case, in order; and the ratings."""
    # Rows are never deleted, so the key only ever grows and can serve as the cursor of the feed.
    schema.table("case_changes").create(
        {"change": int, "case_id": str, "kiosk_id": str, "state": str, "reason": str, "at_ms": int},
        pk="change",
        not_null={"case_id", "kiosk_id", "state", "reason", "at_ms"},
        foreign_keys=[("case_id", "cases", "case_id")],
        strict=True,
    ).create_index(["kiosk_id", "change"])
    schema.table("ratings").create(
        {"case_id": str, "kiosk_id": str, "grade": int, "rated_at_ms": int, "received_at_ms": int},
        pk="case_id",
        not_null={"kiosk_id", "grade", "rated_at_ms", "received_at_ms"},
        strict=True,
    )


def _create_heartbeats(schema: Schema) -> None:
    """The recent past of each terminal."""
    schema.table("heartbeats").create(
        {"heartbeat": int, "kiosk_id": str, "received_at_ms": int, "body": bytes},
        pk="heartbeat",
        not_null={"kiosk_id", "received_at_ms", "body"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    ).create_index(["kiosk_id", "heartbeat"])


def _cover_receipts_by_batch(schema: Schema) -> None:
    """One signature for the receipts of a batch: each has its place in the tree and the path to the root."""
    for column in ("receipt_leaf_index INTEGER NOT NULL DEFAULT 0", "receipt_tree_size INTEGER NOT NULL DEFAULT 1"):
        schema.execute(f"ALTER TABLE cases ADD COLUMN {column}")
    schema.execute("ALTER TABLE cases ADD COLUMN receipt_proof BLOB NOT NULL DEFAULT x''")


def _create_materials(schema: Schema) -> None:
    """Sealed materials, whose bytes lie in files, and the cases that name them."""
    schema.table("materials").create(
        {
            "digest": str,
            "brought_by": str,
            "size_bytes": int,
            "held_bytes": int,
            "is_complete": int,
            "is_named": int,
            "begun_at_ms": int,
            "touched_at_ms": int,
        },
        pk="digest",
        not_null={"brought_by", "size_bytes", "held_bytes", "is_complete", "is_named", "begun_at_ms", "touched_at_ms"},
        foreign_keys=[("brought_by", "kiosks", "kiosk_id")],
        strict=True,
    )
    for columns in (["brought_by", "is_complete"], ["is_complete", "is_named", "touched_at_ms"]):
        schema.table("materials").create_index(columns)
    # The foreign key keeps a named material from being swept, whatever the program thinks.
    schema.table("case_materials").create(
        {"case_id": str, "place": int, "digest": str},
        pk=("case_id", "place"),
        not_null={"case_id", "place", "digest"},
        foreign_keys=[("case_id", "cases", "case_id"), ("digest", "materials", "digest")],
        strict=True,
    ).create_index(["digest"])


def _create_reconciliation(schema: Schema) -> None:
    """What terminals told of their queues, and where the two sides differ."""
    schema.table("queue_digests").create(
        {"kiosk_id": str, "received_at_ms": int, "body": bytes},
        pk="kiosk_id",
        not_null={"received_at_ms", "body"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    )
    schema.table("reconciliation_differences").create(
        {
            "kiosk_id": str,
            "day": str,
            "told_count": int,
            "held_count": int,
            "since_ms": int,
            "seen_at_ms": int,
            "closed_at_ms": int,
            "closed_because": str,
        },
        pk=("kiosk_id", "day"),
        not_null={"kiosk_id", "day", "told_count", "held_count", "since_ms", "seen_at_ms", "closed_because"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    )
    # The ids held of one terminal, day by day, are read in order.
    schema.table("cases").create_index(["kiosk_id", "case_id"])


def _create_audit_trails(schema: Schema) -> None:
    """Where each terminal's audit chain stood last, and the alarms of chains that were cut or rewritten."""
    schema.table("audit_trails").create(
        {"kiosk_id": str, "entry": int, "chain": str, "told_at_ms": int},
        pk="kiosk_id",
        not_null={"entry", "chain", "told_at_ms"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    )
    schema.table("audit_alarms").create(
        {
            "alarm": int,
            "kiosk_id": str,
            "kind": str,
            "held_entry": int,
            "held_chain": str,
            "told_entry": int,
            "told_chain": str,
            "raised_at_ms": int,
            "times": int,
            "closed_at_ms": int,
            "closed_note": str,
        },
        pk="alarm",
        not_null={"kiosk_id", "kind", "held_entry", "held_chain", "told_entry", "told_chain", "raised_at_ms", "times"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    ).create_index(["kiosk_id", "closed_at_ms"])


def _create_catalogues(schema: Schema) -> None:
    """Catalogues of matters, and every step of each."""
    schema.table("catalogues").create(
        {
            "version": str,
            "state": str,
            "digest": str,
            "packed": bytes,
            "serial": int,
            "statement": bytes,
            "key_id": str,
            "signature": bytes,
        },
        pk="version",
        not_null={"state", "digest", "packed", "serial"},
        strict=True,
    ).create_index(["state"])
    schema.table("catalogue_history").create(
        {"version": str, "state": str, "by": str, "reason": str, "at_ms": int},
        not_null={"version", "state", "by", "reason", "at_ms"},
        foreign_keys=[("version", "catalogues", "version")],
        strict=True,
    ).create_index(["version"])


def _create_tickets(schema: Schema) -> None:
    """Reasons of ratings; and the tickets of bad ones with every step that was taken."""
    schema.execute("ALTER TABLE ratings ADD COLUMN reasons TEXT NOT NULL DEFAULT ''")
    schema.table("tickets").create(
        {
            "ticket_id": int,
            "case_id": str,
            "kiosk_id": str,
            "grade": int,
            "reasons": str,
            "state": str,
            "opened_at_ms": int,
            "due_at_ms": int,
        },
        pk="ticket_id",
        not_null={"case_id", "kiosk_id", "grade", "reasons", "state", "opened_at_ms", "due_at_ms"},
        strict=True,
    ).create_index(["case_id"], unique=True)
    schema.table("ticket_history").create(
        {"ticket_id": int, "state": str, "by": str, "words": str, "at_ms": int},
        not_null={"ticket_id", "state", "by", "words", "at_ms"},
        foreign_keys=[("ticket_id", "tickets", "ticket_id")],
        strict=True,
    ).create_index(["ticket_id"])


def _create_proofs(schema: Schema) -> None:
    """Which proofs were issued: digest and code of each, what its check page shows, never the document. Only ever added to."""
    schema.table("proofs").create(
        {
            "verification_code": str,
            "sha256": str,
            "kind": str,
            "item_code": str,
            "case_id": str,
            "receipt_number": str,
            "kiosk_id": str,
            "person": str,
            "masked_name": str,
            "masked_id_number": str,
            "facts": bytes,
            "issued_at_ms": int,
            "valid_to_ms": int,
        },
        pk="verification_code",
        not_null={
            *("sha256", "kind", "item_code", "case_id", "receipt_number", "kiosk_id", "person"),
            *("masked_name", "masked_id_number", "facts", "issued_at_ms", "valid_to_ms"),
        },
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    ).create_index(["sha256"], unique=True)
    schema.table("proofs").create_index(["case_id"])
    for verb in ("UPDATE", "DELETE"):
        refusal = f"BEFORE {verb} ON proofs BEGIN SELECT RAISE(ABORT, 'proofs are only added to'); END"
        schema.execute(f"CREATE TRIGGER proofs_no_{verb.lower()} {refusal}")


def _create_search_misses(schema: Schema) -> None:
    """Searches that found nothing. A report has no time but its day, and nothing of who searched."""
    schema.table("search_misses").create(
        {"report_id": str, "kiosk_id": str, "day": str, "text": str, "count": int},
        pk="report_id",
        not_null={"kiosk_id", "day", "text", "count"},
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    ).create_index(["day"])


STEPS: tuple[Callable[[Schema], None], ...] = (
    _create_registry,
    _create_credentials,
    _create_cases,
    _create_case_changes,
    _create_heartbeats,
    _cover_receipts_by_batch,
    _create_materials,
    _create_reconciliation,
    _create_audit_trails,
    create_residents,
    create_sms_requests,
    create_used_credentials,
    create_shared_data,
    create_portraits,
    _create_catalogues,
    _create_tickets,
    _create_proofs,
    create_case_people,
    _create_search_misses,
    create_certificates,
    create_kiosk_places,
)
"""Only ever appended to."""
