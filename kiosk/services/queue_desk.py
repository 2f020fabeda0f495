"""Hands cases to the offline queue, and watches for the platform's receipt."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from contract.case_contents import BundleReference
from contract.cases import SKIPPED, Material
from drivers.types import Deadline
from kiosk.catalogue.deciding import From
from kiosk.domain.china_time import shown_time
from kiosk.domain.rating import Grade, RatingReason
from kiosk.flow.events import CaseRefused, CaseStored, DeliveryKnown, StoredPart
from kiosk.services.cases import CaseFacts, OneCase, applicant_of, consents_of, contents_of, identification_of
from offline_queue.errors import KnownError
from offline_queue.models import CaseDraft, MaterialDraft
from offline_queue.models import CaseRefused as QueueRefused
from offline_queue.statements import DELIVERED
from offline_queue.store import Outbox

_log = logging.getLogger(__name__)
_POLL_S = 0.05


class QueueDesk:
    """``CaseDesk`` over the outbox."""

    def __init__(self, outbox: Outbox, wake_sync: Callable[[], None]) -> None:
        self._outbox = outbox
        self._wake_sync = wake_sync
        self._together: tuple[str, ...] = ()

    def commit(self, facts: CaseFacts) -> CaseStored | CaseRefused:
        """Seal and store; success only after the store says it is durable. The pages of ``facts`` are overwritten then."""
        try:
            return self._store(facts)
        finally:
            for page in facts.pages:
                page.forget()

    def _store(self, facts: CaseFacts) -> CaseStored | CaseRefused:
        drafts = self._drafts(facts)
        if not isinstance(drafts, tuple):
            return CaseRefused(f"store.{drafts.code.value}")
        outcome = self._outbox.accept_together(drafts) if len(drafts) > 1 else self._outbox.accept(drafts[0])
        if isinstance(outcome, QueueRefused):
            return CaseRefused(f"store.{outcome.code.value}")
        taken = outcome if isinstance(outcome, tuple) else (outcome,)
        self._together = tuple(case.case_id for case in taken)
        first, *others = taken
        parts = tuple(StoredPart(draft.item_code, case.receipt_number) for draft, case in zip(drafts[1:], others, strict=True))
        return CaseStored(first.case_id, first.receipt_number, shown_time(first.committed_at_ms), parts)

    def _drafts(self, facts: CaseFacts) -> tuple[CaseDraft, ...] | QueueRefused:
        """The cases as the queue takes them, their pages sealed and kept already."""
        visit = secrets.token_hex(16)
        drafts = []
        for number, case in enumerate(facts.cases, 1):
            bundle = None
            if facts.item.parts:
                bundle = BundleReference(
                    bundle=facts.item.id, version=facts.item.version, visit=visit, part=number, parts=len(facts.cases)
                )
            materials = self._keep_pages(case, facts)
            if isinstance(materials, QueueRefused):
                return materials
            drafts.append(_draft(case, facts, materials, bundle))
        return tuple(drafts)

    def _keep_pages(self, case: OneCase, facts: CaseFacts) -> tuple[Material, ...] | QueueRefused:
        """Each part of a bundle gets a sealed copy of its own: it goes to an authority of its own."""
        names = {line.id: line.name.in_(facts.language) for line in case.lines if line.source is From.SCAN}
        kept = []
        for page in facts.pages:
            if page.material not in names:
                continue
            draft = MaterialDraft(
                kind=page.material, name=names[page.material], media_type="image/jpeg", content=bytearray(page.jpeg)
            )
            outcome = self._outbox.materials.keep(draft)
            if isinstance(outcome, QueueRefused):
                return outcome
            kept.append(outcome.material)
        return tuple(kept)

    def await_delivery(self, case_id: str, deadline: Deadline) -> DeliveryKnown:
        """Wake the sync and wait for the verified receipt until the deadline."""
        self._wake_sync()
        while not self.is_delivered(case_id):
            if deadline.is_over:
                return DeliveryKnown(False)
            deadline.sleep(_POLL_S)
        return DeliveryKnown(True)

    def is_delivered(self, case_id: str) -> bool:
        """True once the platform's receipt for this case, and all that were stored with it, has been verified and stored."""
        ids = self._together if case_id in self._together else (case_id,)
        try:
            return all(self._outbox.state_of(one) in DELIVERED for one in ids)
        except KnownError as error:
            # The case is durable whatever the disk says now; "not known to be delivered" is the honest answer.
            _log.warning("the queue cannot be read: %s", error.code)
            return False

    def statement(self, case_id: str) -> str | None:
        """The machine's signed word on where the case is; ``None`` when the disk or the key refuses: the slip does without."""
        try:
            return self._outbox.statement(case_id)
        except KnownError as error:
            _log.warning("a slip comes out without its statement: %s", error.code)
            return None

    def rate(self, case_id: str, grade: Grade | None, reasons: tuple[RatingReason, ...] = ()) -> None:
        """Keep the rating until the platform has it; a disk that refuses it costs the rating, never a visit."""
        try:
            self._outbox.rate(case_id, SKIPPED if grade is None else int(grade), [reason.value for reason in reasons])
        except KnownError as error:
            _log.warning("a rating was lost: %s", error.code)
            return
        self._wake_sync()

    def note_miss(self, text: str) -> None:
        """Count a search that found nothing; a disk that refuses it costs no visit.

        The sync is not woken: when the platform hears of it shall not tell when somebody stood here.
        """
        try:
            self._outbox.note_miss(text)
        except KnownError as error:
            _log.warning("a search that found nothing was not counted: %s", error.code)


def _draft(case: OneCase, facts: CaseFacts, materials: tuple[Material, ...], bundle: BundleReference | None) -> CaseDraft:
    item = case.item
    return CaseDraft(
        item_code=item.code,
        item_version=item.version,
        task_handle_item=item.task_handle_item,
        language=facts.language.value,
        applicant=applicant_of(facts.person),
        identification=identification_of(facts.proof),
        consents=consents_of(facts),
        fields=case.values,
        signature_strokes=facts.signature.strokes,
        materials=materials,
        contents=contents_of(case, facts, bundle),
    )
