"""From ``received`` to ``processed``: each case is opened again, in memory, and looked at on its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from contract import portraits
from contract.cases import CaseHeader, CasePayload, CaseState, SealedCase
from fleet import case_register, progress_book
from fleet.business_checks import doubts
from fleet.certificates import CertificateDesk
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import from_json
from fleet.digest_key import DigestKey
from fleet.envelope import Refusal, open_payload
from fleet.errors import StorageUnavailable
from fleet.keys import KeyCabinet, KeyRing
from fleet.material_checks import material_doubts
from fleet.materials import MaterialStore
from fleet.portraits import was_given
from fleet.progress_book import Inside
from fleet.sms_codes import was_confirmed
from fleet.used_credentials import note_use

_log = logging.getLogger(__name__)

BATCH = 50
POLL_S = 0.5
PAUSE_AFTER_TROUBLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run came to."""

    processed: int = 0
    needs_staff: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.processed + other.processed, self.needs_staff + other.needs_staff)


class Processor:
    """Processes cases that wait. Two may run at once, even in two processes: a case is moved by whoever comes first."""

    def __init__(
        self,
        database: Database,
        keys: KeyCabinet,
        materials: MaterialStore,
        clock: Clock,
        digests: DigestKey,
        certificates: CertificateDesk,
    ) -> None:
        self._database = database
        self._keys = keys
        self._materials = materials
        self._clock = clock
        self._digests = digests
        self._certificates = certificates

    def run(self, *, min_age_ms: int = 0, again: bool = False, stop: threading.Event | None = None) -> Tally:
        """Process every case received at least ``min_age_ms`` ago; with ``again`` also those that wait for staff.

        Raises ``StorageUnavailable``; cases already moved stay moved.
        """
        states: tuple[CaseState, ...] = ("received", "needs_staff") if again else ("received",)
        until_ms = self._clock() - min_age_ms
        total = Tally()
        after = (-1, "")
        while not (stop is not None and stop.is_set()):
            batch = self._due(states, until_ms, after)
            if not batch:
                break
            for received_at_ms, case_id in batch:
                total += self._process(case_id, states)
                after = (received_at_ms, case_id)
        return total

    def _due(self, states: Sequence[CaseState], until_ms: int, after: tuple[int, str]) -> list[tuple[int, str]]:
        marks = ",".join("?" * len(states))
        with self._database.reading() as connection:
            rows = connection.execute(
                f"""SELECT received_at_ms, case_id FROM cases WHERE state IN ({marks}) AND received_at_ms <= ?
                    AND (received_at_ms, case_id) > (?, ?) ORDER BY received_at_ms, case_id LIMIT ?""",  # noqa: S608 - only marks
                (*states, until_ms, *after, BATCH),
            ).fetchall()
        return [(row["received_at_ms"], row["case_id"]) for row in rows]

    def _process(self, case_id: str, from_states: Sequence[CaseState]) -> Tally:
        reasons, inside = self._judge(case_id)
        to: CaseState = "needs_staff" if reasons else "processed"
        with self._database.transaction() as connection:
            moved = case_register.move(
                connection, case_id, from_states=from_states, to=to, reason=",".join(reasons), now_ms=self._clock()
            )
            if inside.person:
                progress_book.note(connection, case_id, inside)
        if not moved:
            return Tally()
        return Tally(needs_staff=1) if reasons else Tally(processed=1)

    def _judge(self, case_id: str) -> tuple[tuple[str, ...], Inside]:
        """Why people should look at the case, and what is noted of its inside."""
        with self._database.reading() as connection:
            row = connection.execute(
                """SELECT header, sealed, signature, (SELECT count(*) FROM cases AS other
                       WHERE other.receipt_number = cases.receipt_number) AS sharing FROM cases WHERE case_id = ?""",
                (case_id,),
            ).fetchone()
        case = SealedCase(row["header"], row["sealed"], row["signature"])
        inside = Inside()
        try:
            keys = self._keys.present
            header = from_json(case.header, CaseHeader)
            payload = open_payload(case, header, keys)
            if not isinstance(payload, Refusal):
                inside = progress_book.inside(payload, self._digests)
            reasons = (payload.code,) if isinstance(payload, Refusal) else self._doubts(header, payload, keys)
        except Exception:  # noqa: BLE001 - one case that trips a defect of ours must not hold up all the others
            _log.exception("case %s trips a defect in processing and waits for staff", case_id)
            reasons = ("internal_error",)
        return (*reasons, *(("receipt_number_shared",) if row["sharing"] > 1 else ())), inside

    def _doubts(self, header: CaseHeader, payload: CasePayload, keys: KeyRing) -> tuple[str, ...]:
        return (
            *doubts(payload),
            *self._identification_doubts(header, payload),
            *self._certificates.doubts(payload, _committed_at_ms(header)),
            *material_doubts(payload.materials, self._materials, keys),
        )

    def _identification_doubts(self, header: CaseHeader, payload: CasePayload) -> tuple[str, ...]:
        """What the platform itself knows of the proof: where the credential was used, whether a code was confirmed."""
        proof, applicant = payload.identification, payload.applicant
        if proof.credential_id:
            with self._database.transaction() as connection:
                is_ours = note_use(connection, header.kiosk_id, proof.credential_id, self._clock())
            return () if is_ours else ("credential_used_elsewhere",)
        if proof.route == "id_card_sms":
            person = self._digests.person(applicant.id_type, applicant.id_number)
            with self._database.reading() as connection:
                is_confirmed = was_confirmed(connection, header.kiosk_id, person, _committed_at_ms(header))
            return () if is_confirmed else ("sms_not_confirmed",)
        return self._reference_doubts(header, payload)

    def _reference_doubts(self, header: CaseHeader, payload: CasePayload) -> tuple[str, ...]:
        """Of a case that rests on the platform's photo: was it given to this terminal, on a consent that stands in the case?"""
        if payload.identification.reference != "platform":
            return ()
        person = self._digests.person(payload.applicant.id_type, payload.applicant.id_number)
        consents = [one for one in payload.consents if one.purpose == portraits.PURPOSE_PORTRAIT and one.granted]
        named = {portraits.consent_id(header.kiosk_id, one.purpose, one.text_version, one.at_ms) for one in consents}
        with self._database.reading() as connection:
            is_given = any(was_given(connection, header.kiosk_id, person, consent) for consent in named)
        return () if is_given else ("portrait_not_given",)


def _committed_at_ms(header: CaseHeader) -> int:
    """By the platform's clock, as far as the terminal knew it."""
    return header.committed_at_ms + (header.platform_offset_ms or 0)


class ProcessorThread:
    """Runs a processor in the background until stopped."""

    def __init__(self, processor: Processor, after_s: float) -> None:
        """A case is left alone for ``after_s`` seconds after it came, as a department would take its time."""
        self._processor = processor
        self._after_ms = round(after_s * 1000)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="case-processor", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the case under way; returns when the thread has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause_s = 0.0
        while not self._stop.wait(pause_s):
            try:
                self._processor.run(min_age_ms=self._after_ms, stop=self._stop)
                pause_s = POLL_S
            except StorageUnavailable as error:
                _log.warning("processing pauses: %s", error)
                pause_s = PAUSE_AFTER_TROUBLE_S
