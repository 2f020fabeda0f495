"""Hands cases to the offline queue, and watches for the platform's receipt."""

from __future__ import annotations

import logging
from collections.abc import Callable

from drivers.types import Deadline
from kiosk.domain.rating import Grade
from kiosk.flow.events import CaseRefused, CaseStored, DeliveryKnown
from kiosk.services.cases import CaseFacts, applicant_of, consents_of, identification_of, shown_time
from offline_queue.errors import KnownError
from offline_queue.models import CaseCommitted, CaseDraft
from offline_queue.statements import DELIVERED
from offline_queue.store import Outbox

_log = logging.getLogger(__name__)
_POLL_S = 0.05


class QueueDesk:
    """``CaseDesk`` over the outbox."""

    def __init__(self, outbox: Outbox, wake_sync: Callable[[], None]) -> None:
        self._outbox = outbox
        self._wake_sync = wake_sync

    def commit(self, facts: CaseFacts) -> CaseStored | CaseRefused:
        """Seal and store; success only after the store says it is durable."""
        outcome = self._outbox.accept(_draft(facts))
        if isinstance(outcome, CaseCommitted):
            return CaseStored(outcome.case_id, outcome.receipt_number, shown_time(outcome.committed_at_ms))
        return CaseRefused(f"store.{outcome.code.value}")

    def await_delivery(self, case_id: str, deadline: Deadline) -> DeliveryKnown:
        """Wake the sync and wait for the verified receipt until the deadline."""
        self._wake_sync()
        while not self.is_delivered(case_id):
            if deadline.is_over:
                return DeliveryKnown(False)
            deadline.sleep(_POLL_S)
        return DeliveryKnown(True)

    def is_delivered(self, case_id: str) -> bool:
        """True once the platform's receipt for this case has been verified and stored."""
        try:
            return self._outbox.state_of(case_id) in DELIVERED
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

    def rate(self, case_id: str, grade: Grade) -> None:
        """Keep the rating until the platform has it; a disk that refuses it costs the rating, never a visit."""
        try:
            self._outbox.rate(case_id, int(grade))
        except KnownError as error:
            _log.warning("a rating was lost: %s", error.code)
            return
        self._wake_sync()


def _draft(facts: CaseFacts) -> CaseDraft:
    item = facts.item
    return CaseDraft(
        item_code=item.code,
        item_version=item.version,
        task_handle_item=item.task_handle_item,
        language=facts.language.value,
        applicant=applicant_of(facts.person),
        identification=identification_of(facts.proof),
        consents=consents_of(facts),
        fields=facts.values,
        signature_strokes=facts.signature.strokes,
    )
