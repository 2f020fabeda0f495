"""The platform's own records, as plain values for people and programs. No personal data: the register holds none."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec

from contract.kiosks import Heartbeat
from fleet.audit_trails import AuditAlarm, open_alarms
from fleet.certificates import uses
from fleet.database import Database
from fleet.search_misses import LEAST_PLACES, LEAST_TIMES

Record = dict[str, Any]


def report_cases(database: Database) -> list[Record]:
    """Every case in the order received. ``copies`` counts the rows held under its id."""
    with database.reading() as connection:
        rows = connection.execute(
            """SELECT case_id, receipt_number, kiosk_id, delivered_by, item_code, sequence, state, reason, digest,
                      committed_at_ms, received_at_ms, processed_at_ms,
                      (SELECT count(*) FROM cases AS same WHERE same.case_id = cases.case_id) AS copies
               FROM cases ORDER BY received_at_ms, case_id"""
        ).fetchall()
    return [dict(row) for row in rows]


def report_kiosks(database: Database) -> list[Record]:
    """Every terminal with its last word. ``missing_sequences`` counts cases that were numbered but have not come.

    ``audit_alarms`` are the open ones of its audit chain (``fleet.audit_trails``).
    """
    with database.reading() as connection:
        rows = connection.execute(
            """SELECT kiosk_id, name, region_code, device_code, software_version, enrolled_at_ms, last_contact_at_ms,
                      heartbeat_at_ms, succeeded_by, heartbeat,
                      (SELECT count(*) FROM cases WHERE cases.kiosk_id = kiosks.kiosk_id) AS cases_held,
                      (SELECT coalesce(max(sequence) - count(DISTINCT sequence), 0) FROM cases
                          WHERE cases.kiosk_id = kiosks.kiosk_id) AS missing_sequences,
                      (SELECT count(*) FROM reconciliation_differences AS open
                          WHERE open.kiosk_id = kiosks.kiosk_id AND open.closed_at_ms IS NULL) AS days_differing,
                      (SELECT received_at_ms FROM queue_digests
                          WHERE queue_digests.kiosk_id = kiosks.kiosk_id) AS reconciled_at_ms
               FROM kiosks ORDER BY kiosk_id"""
        ).fetchall()
        alarms = open_alarms(connection)
    return [_kiosk_record(dict(row), alarms.get(row["kiosk_id"], ())) for row in rows]


def _kiosk_record(record: Record, alarms: tuple[AuditAlarm, ...]) -> Record:
    body = record.pop("heartbeat")
    last = msgspec.json.decode(body, type=Heartbeat) if body else None
    record["reconciliation_alarms"] = last.reconciliation_alarms if last else 0
    record["audit_alarms"] = [asdict(alarm) for alarm in alarms]
    record["heartbeat"] = msgspec.to_builtins(last) if last else None
    return record


def report_certificates(database: Database) -> list[Record]:
    """The newest uses of electronic certificates; see ``fleet.certificates.uses``."""
    return [dict(use) for use in uses(database)]


def report_ratings(database: Database) -> list[Record]:
    """Every rating in the order received, with the item where its case is held."""
    with database.reading() as connection:
        rows = connection.execute(
            """SELECT ratings.case_id, ratings.kiosk_id, cases.item_code, grade, reasons, rated_at_ms, ratings.received_at_ms
               FROM ratings LEFT JOIN cases ON cases.case_id = ratings.case_id ORDER BY ratings.received_at_ms, ratings.case_id"""
        ).fetchall()
    return [dict(row) for row in rows]


def report_reconciliation(database: Database) -> list[Record]:
    """Every day on which a terminal and the platform ever differed, open ones first; ``closed_at_ms`` is ``None`` for those."""
    with database.reading() as connection:
        rows = connection.execute(
            """SELECT kiosk_id, day, told_count, held_count, since_ms, seen_at_ms, closed_at_ms, closed_because
               FROM reconciliation_differences ORDER BY closed_at_ms IS NOT NULL, kiosk_id, day"""
        ).fetchall()
    return [dict(row) for row in rows]


def report_portraits(database: Database) -> list[Record]:
    """Who was given whose photo, in the order asked: ``asked``, then what came of it. ``person`` is a digest."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT at_ms, kiosk_id, person, consent_id, purpose, outcome FROM portrait_fetches ORDER BY fetch_id"
        ).fetchall()
    return [dict(row) for row in rows]


def report_searches(database: Database) -> list[Record]:
    """Searched but not offered, what was asked for most first; without what was asked so rarely that it may be one person's."""
    with database.reading() as connection:
        rows = connection.execute(
            """SELECT text, sum(count) AS times, count(DISTINCT kiosk_id) AS terminals, max(day) AS last_day
               FROM search_misses GROUP BY text HAVING sum(count) >= ? AND count(DISTINCT kiosk_id || ' ' || day) >= ?
               ORDER BY times DESC, last_day DESC, text""",
            (LEAST_TIMES, LEAST_PLACES),
        ).fetchall()
    return [dict(row) for row in rows]
