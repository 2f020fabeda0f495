"""The verbs of ``kiosk queue`` that go through all of it: verify, export."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiosk.commands import CommandError
from kiosk.commands.queue_files import check_folder, look_at_identity, tell, tell_json, told
from offline_queue.bundle_export import Exported, ExportProblem, NotExported
from offline_queue.bundle_export import export as export_bundle
from offline_queue.bundle_receipts import ReadBack, read_receipts, take_receipts
from offline_queue.errors import KnownError
from offline_queue.guests import join
from offline_queue.identity import IdentityStore
from offline_queue.ledger import write_entry
from offline_queue.verify import Finding
from offline_queue.verify import verify as verify_queue
from offline_queue.words import words_for

_MAX_TOLD = 1_000
"""A queue that is damaged all over is not told row by row."""


def verify(arguments: argparse.Namespace) -> int:
    """Check everything; exit code 1 when something is wrong. Notes are no errors."""
    path = check_folder(arguments.data)
    counted = {"findings": 0, "notes": 0}
    first: list[Finding] = []
    with told(path):
        for finding in verify_queue(path, arguments.data / "identity"):
            counted["notes" if finding.is_note else "findings"] += 1
            if len(first) < _MAX_TOLD:
                first.append(finding)
                if not arguments.json:
                    tell(f"{finding.kind}  {finding.subject}  {finding.words}")
    if arguments.json:
        tell_json(counted | {"sound": not counted["findings"], "first": [asdict(finding) for finding in first]})
    else:
        left_out = sum(counted.values()) - len(first)
        tell(*([f"and {left_out} more"] if left_out else []), _verdict(counted))
    return 1 if counted["findings"] else 0


def _verdict(counted: dict[str, int]) -> str:
    if counted["findings"]:
        return f"the queue is not sound: {counted['findings']} findings, {counted['notes']} notes"
    return f"the queue is sound; {counted['notes']} notes"


def export(arguments: argparse.Namespace) -> int:
    """Read receipts back when there are any, then write what is still pending."""
    path, folder = check_folder(arguments.data), arguments.folder
    identity = look_at_identity(arguments.data)
    with told(path):
        read_back = _read_back(path, identity, folder)
        outcome = export_bundle(path, identity.current(), folder, data_folder=arguments.data)
        problem = _note(path, identity, outcome) if isinstance(outcome, Exported) else ""
    if arguments.json:
        tell_json(_facts(read_back, outcome, problem))
    else:
        tell(*_receipt_lines(read_back))
    if isinstance(outcome, Exported):
        if not arguments.json:
            tell(*_export_lines(outcome, folder, problem))
    elif outcome.problem is not ExportProblem.NOTHING_PENDING:
        raise CommandError(outcome.detail)
    elif not arguments.json:
        tell(f"export: nothing written: {outcome.detail}")
    return 1 if isinstance(read_back, str) else 0


def _read_back(path: Path, identity: IdentityStore, folder: Path) -> ReadBack | str | None:
    receipts, present = read_receipts(folder), identity.current()
    if receipts is None or isinstance(receipts, str):
        return receipts
    if present is None:
        return "the receipts cannot be checked: this machine has no identity; enrol it first"
    with join(path, identity) as guest:
        return take_receipts(guest, present, receipts)


def _note(path: Path, identity: IdentityStore, outcome: Exported) -> str:
    """One row of the trail for the whole export; why it could not be written, as the bundle is good without it.

    A row for each case would rewrite every pending case beside a running terminal, to say what the manifest says as well.
    """
    words = f"{outcome.cases} cases, {len(outcome.materials)} materials, for {outcome.kiosk_id}"
    try:
        with join(path, identity) as guest, guest.database.write() as connection:
            write_entry(connection, guest.clock.now(), "", "", "", "exported", words)
    except KnownError as error:
        return str(error)
    return ""


def _facts(read_back: ReadBack | str | None, outcome: Exported | NotExported, problem: str) -> dict[str, Any]:
    receipts: dict[str, Any] | None = None
    if isinstance(read_back, ReadBack):
        receipts = asdict(read_back) | {"problem": ""}
    elif isinstance(read_back, str):
        receipts = {"problem": read_back}
    if isinstance(outcome, NotExported):
        return {"receipts": receipts, "export": {"problem": outcome.problem.value, "detail": outcome.detail}}
    exported = {
        "problem": "",
        "kiosk_id": outcome.kiosk_id,
        "cases": outcome.cases,
        "parts": len(outcome.parts),
        "materials": len(outcome.materials),
        "damaged": outcome.damaged,
        "missing_materials": outcome.missing_materials,
        "is_on_own_disk": outcome.is_on_own_disk,
        "note_problem": problem,
    }
    return {"receipts": receipts, "export": exported}


_COUNTED = {
    "delivered": "delivered",
    "to_desk": "refused by the platform; they are on the desk now",
    "waiting": "to be sent again later",
    "already": "settled before",
    "unknown": "none of this machine's cases",
    "being_sent": "being sent at this moment; read back once more later",
}


def _receipt_lines(read_back: ReadBack | str | None) -> Iterator[str]:
    if isinstance(read_back, ReadBack):
        for name, words in _COUNTED.items():
            if count := getattr(read_back, name):
                yield f"receipts: {count} {words}"
        for code, count in read_back.not_believed.items():
            yield f"receipts: {count} not believed: {words_for(code)}"
    elif isinstance(read_back, str):
        yield f"receipts: none read: {read_back}"


def _export_lines(outcome: Exported, folder: Path, problem: str) -> Iterator[str]:
    yield f"export: {outcome.cases} cases and {len(outcome.materials)} materials are in {folder}"
    yield "export: unmount the stick before it is pulled"
    if outcome.damaged:
        yield f"export: {outcome.damaged} cases were left out, for their bytes are damaged; run: kiosk queue verify"
    if outcome.missing_materials:
        yield f"export: {outcome.missing_materials} materials are gone or damaged; run: kiosk queue verify"
    if outcome.is_on_own_disk:
        yield "export: this folder is on the machine's own disk: is the stick mounted there?"
    if problem:
        yield f"export: the history could not be written: {problem}"
