"""Is the code on a slip genuine, and does the platform hold its case?

Whoever holds a code learns just that. A receipt number alone can be guessed, so for it only its check character is looked at.
"""

from __future__ import annotations

import sqlite3
from typing import Literal

from contract import receipt_number
from contract.receipt_checks import ReceiptVerdict
from contract.statements import Flaw, Statement, check, read
from fleet.database import Database


def check_receipt(database: Database, text: str) -> ReceiptVerdict:
    """The verdict on ``text``, whatever it is."""
    if receipt_number.is_number_like(text):
        if not receipt_number.is_valid(text):
            return _refused(Flaw.BAD_RECEIPT_NUMBER)
        return ReceiptVerdict(valid=True, code="number_only", receipt_number=text)
    found = read(text)
    if isinstance(found, Flaw):
        return _refused(found)
    with database.reading() as connection:
        keys = _keys_for(connection, found.statement.receipt_number)
        checked = check(text, keys)
        if isinstance(checked, Flaw):
            return _refused(checked)
        kiosk_id, kiosk_name = keys[checked.public_key]
        held, state = _held(connection, checked.statement)
    stated = checked.statement
    return ReceiptVerdict(
        valid=True,
        code="genuine",
        receipt_number=stated.receipt_number,
        item_code=stated.item_code,
        said=stated.kind.value,
        committed_at_ms=stated.committed_at_ms,
        kiosk_id=kiosk_id,
        kiosk_name=kiosk_name,
        held=held,
        state=state,
    )


def _refused(flaw: Flaw) -> ReceiptVerdict:
    return ReceiptVerdict(valid=False, code=flaw.value)


def _keys_for(connection: sqlite3.Connection, number: str) -> dict[bytes, tuple[str, str]]:
    """Keys, present and retired, that may speak for a receipt number, each with id and name of its terminal.

    These are the keys of the terminal to whose range the number belongs, and of its successors: no other terminal's word on it
    counts.
    """
    rows = connection.execute(
        """WITH RECURSIVE line(id) AS (
               SELECT kiosk_id FROM kiosks WHERE region_code = ? AND device_code = ?
               UNION SELECT kiosks.succeeded_by FROM kiosks JOIN line ON kiosks.kiosk_id = line.id
               WHERE kiosks.succeeded_by IS NOT NULL
           ) SELECT public_key, kiosks.kiosk_id, name FROM line
             JOIN kiosks ON kiosks.kiosk_id = line.id JOIN kiosk_keys ON kiosk_keys.kiosk_id = line.id""",
        (number[:6], number[12:16]),
    )
    return {row["public_key"]: (row["kiosk_id"], row["name"]) for row in rows}


def _held(
    connection: sqlite3.Connection, stated: Statement
) -> tuple[Literal["yes", "no", "differs"], Literal["", "received", "processed"]]:
    row = connection.execute(
        "SELECT digest, receipt_number, item_code, state FROM cases WHERE case_id = ?", (stated.case_id,)
    ).fetchone()
    if row is None:
        return "no", ""
    if tuple(row)[:3] != (stated.digest, stated.receipt_number, stated.item_code):
        return "differs", ""
    return "yes", "processed" if row["state"] == "processed" else "received"
