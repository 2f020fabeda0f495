"""What the console shows, read from the database in one consistent view."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from contract.kiosks import Heartbeat
from fleet.audit_trails import AuditAlarm, open_alarms
from fleet.database import Database
from fleet.material_register import Waiting, waiting
from fleet.reconciliation import OpenDifferences, open_differences

RECENT_CASES = 20


@dataclass(frozen=True, slots=True)
class KioskFacts:
    """One terminal in service."""

    kiosk_id: str
    name: str
    software_version: str
    last_contact_at_ms: int
    heartbeat: Heartbeat | None
    heartbeat_at_ms: int
    differences: OpenDifferences | None = None
    audit_alarms: tuple[AuditAlarm, ...] = ()
    materials: Waiting | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case, as far as the register knows it: nothing of the resident."""

    receipt_number: str
    item_code: str
    kiosk_name: str
    state: str
    reason: str
    received_at_ms: int
    processed_at_ms: int | None


@dataclass(frozen=True, slots=True)
class FleetFacts:
    """Everything for one page."""

    kiosks: tuple[KioskFacts, ...]
    recent_cases: tuple[CaseFacts, ...]
    cases_by_state: dict[str, int]
    tickets_due_at_ms: tuple[int, ...] = ()
    """When the next step of each open ticket is due."""


def read_facts(database: Database) -> FleetFacts:
    """The present facts."""
    with database.reading() as connection:
        kiosks = connection.execute(
            """SELECT kiosk_id, name, software_version, last_contact_at_ms, heartbeat, heartbeat_at_ms FROM kiosks
               WHERE succeeded_by IS NULL"""
        ).fetchall()
        cases = connection.execute(
            """SELECT receipt_number, item_code, kiosks.name, state, reason, received_at_ms, processed_at_ms
               FROM cases JOIN kiosks ON kiosks.kiosk_id = cases.kiosk_id ORDER BY received_at_ms DESC, case_id DESC LIMIT ?""",
            (RECENT_CASES,),
        ).fetchall()
        differences, alarms, materials = open_differences(connection), open_alarms(connection), waiting(connection)
        counts = connection.execute("SELECT state, count(*) FROM cases GROUP BY state").fetchall()
        tickets = connection.execute("SELECT due_at_ms FROM tickets WHERE state <> 'closed'").fetchall()
    return FleetFacts(
        tuple(
            KioskFacts(
                kiosk_id=row["kiosk_id"],
                name=row["name"],
                software_version=row["software_version"],
                last_contact_at_ms=row["last_contact_at_ms"],
                heartbeat=msgspec.json.decode(row["heartbeat"], type=Heartbeat) if row["heartbeat"] else None,
                heartbeat_at_ms=row["heartbeat_at_ms"] or 0,
                differences=differences.get(row["kiosk_id"]),
                audit_alarms=alarms.get(row["kiosk_id"], ()),
                materials=materials.get(row["kiosk_id"]),
            )
            for row in kiosks
        ),
        tuple(CaseFacts(*row) for row in cases),
        dict(tuple(row) for row in counts),
        tuple(row["due_at_ms"] for row in tickets),
    )
