"""Taking in cases: judge each on its own, store the good ones in one transaction, answer only after the commit.

Who may deliver what: a terminal delivers its own cases and those of the terminals it succeeded. The envelope must be signed
with a key that was registered, now or earlier, for the terminal named in its header. So neither a stolen retired key alone
(it signs no request) nor another terminal's identity alone (its line is another) can bring a case in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contract.cases import Accepted, CaseHeader, CaseOutcome, Conflict, DeliveryReceipt, Duplicate, Later, Rejected, SealedCase
from fleet import case_register, material_register, registry
from fleet.case_register import HeldCase, NewCase
from fleet.clock import Clock
from fleet.database import Database
from fleet.envelope import Refusal, judge_content, read_header, receipt_number_problem, signature_holds
from fleet.keys import KeyCabinet, KeyRing
from fleet.materials import MaterialStore
from fleet.registry import KnownKiosk

MAX_CASES = 500
MATERIALS_LATER_S = 5.0
"""When to ask again for a case whose materials are still on their way."""


@dataclass(frozen=True, slots=True)
class _Sender:
    kiosk_id: str
    line: Mapping[str, KnownKiosk]
    materials: frozenset[str]
    """Those of the materials named in the batch that are held whole."""
    keys: KeyRing


class Intake:
    """Takes batches of cases. Safe to use from several threads."""

    def __init__(self, database: Database, keys: KeyCabinet, materials: MaterialStore, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._materials = materials
        self._clock = clock

    def submit(self, kiosk_id: str, cases: tuple[SealedCase, ...], *, is_heard: bool = True) -> tuple[CaseOutcome, ...]:
        """One outcome a case, in the order given. Raises ``StorageUnavailable``; then nothing of the batch was taken.

        ``is_heard`` tells that the terminal itself is speaking now, and not somebody who carried its cases here.
        """
        headers = [read_header(case) for case in cases]
        sound = [header for header in headers if isinstance(header, CaseHeader)]
        with self._database.reading() as connection:
            materials = self._materials.complete_among(connection, _materials_of(sound))
            sender = _Sender(kiosk_id, registry.line_of(connection, kiosk_id), materials, self._keys.present)
            known = case_register.held(connection, [header.case_id for header in sound])
        judged = [self._judge(sender, case, header, known) for case, header in zip(cases, headers, strict=True)]
        now_ms = self._clock()
        with self._database.transaction() as connection:
            if is_heard:
                registry.touch(connection, kiosk_id, now_ms)
            return self._settle(connection, judged, now_ms)

    def _settle(
        self, connection: sqlite3.Connection, judged: Sequence[NewCase | CaseOutcome], now_ms: int
    ) -> tuple[CaseOutcome, ...]:
        """Store the new ones, under one signature for all their receipts."""
        new: dict[str, NewCase] = {}
        for entry in judged:
            if isinstance(entry, NewCase):
                new.setdefault(entry.header.case_id, entry)
        # Asked once more: the same case may have come over another line meanwhile.
        known = case_register.held(connection, list(new))
        # So for materials: one may have been swept meanwhile. From the link on none is.
        whole = self._materials.complete_among(connection, _materials_of([entry.header for entry in new.values()]))
        fresh = [entry for case_id, entry in new.items() if case_id not in known and whole.issuperset(entry.header.materials)]
        receipts = self._keys.present.sign([_receipt_for(entry, now_ms) for entry in fresh]) if fresh else ()
        for entry, receipt in zip(fresh, receipts, strict=True):
            case_register.store(connection, entry, receipt, now_ms)
            material_register.link(connection, entry.header.case_id, entry.header.materials)
            known[entry.header.case_id] = HeldCase(entry.digest, receipt)
        first = {id(entry) for entry in fresh}
        return tuple(_outcome(entry, known, id(entry) in first) if isinstance(entry, NewCase) else entry for entry in judged)

    def _judge(
        self, sender: _Sender, case: SealedCase, header: CaseHeader | Refusal, known: Mapping[str, HeldCase]
    ) -> NewCase | CaseOutcome:
        if isinstance(header, Refusal):
            return Rejected("", header.code, header.reason)
        case_id = header.case_id
        kiosk = sender.line.get(header.kiosk_id)
        if kiosk is None:
            return Rejected(case_id, "foreign_kiosk", "this terminal may not deliver cases of the terminal named in the header")
        held = known.get(case_id)
        # What was taken once stays taken: later rules must not turn a repeated delivery into a refusal.
        if held is not None and held.digest == case.digest:
            return Duplicate(case_id, held.receipt)
        return self._judge_unknown(sender, case, header, kiosk, held)

    def _judge_unknown(
        self, sender: _Sender, case: SealedCase, header: CaseHeader, kiosk: KnownKiosk, held: HeldCase | None
    ) -> NewCase | Conflict | Rejected | Later:
        case_id = header.case_id
        if not signature_holds(case, kiosk.public_keys):
            return Rejected(
                case_id, "bad_signature", "no key registered for the terminal named in the header made this signature"
            )
        if held is not None:
            return Conflict(case_id, held.digest)
        refusal = receipt_number_problem(header, kiosk.kiosk)
        if refusal is None and not sender.materials.issuperset(header.materials):
            return Later(case_id, MATERIALS_LATER_S)
        refusal = refusal or judge_content(case, header, sender.keys)
        if refusal is not None:
            return Rejected(case_id, refusal.code, refusal.reason)
        return NewCase(header, case, case.digest, sender.kiosk_id)


def _outcome(entry: NewCase, held: Mapping[str, HeldCase], is_first: bool) -> CaseOutcome:
    """Also right for the same case, or another with its id, that came twice in this batch."""
    case_id = entry.header.case_id
    known = held.get(case_id)
    if known is None:
        return Later(case_id, MATERIALS_LATER_S)
    if known.digest != entry.digest:
        return Conflict(case_id, known.digest)
    return Accepted(case_id, known.receipt) if is_first else Duplicate(case_id, known.receipt)


def _materials_of(headers: Sequence[CaseHeader]) -> list[str]:
    return list({digest for header in headers for digest in header.materials})


def _receipt_for(case: NewCase, now_ms: int) -> DeliveryReceipt:
    header = case.header
    return DeliveryReceipt(
        case_id=header.case_id,
        kiosk_id=header.kiosk_id,
        receipt_number=header.receipt_number,
        digest=case.digest,
        received_at_ms=now_ms,
    )
