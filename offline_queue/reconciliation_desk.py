"""The daily comparison with the platform, as the rest of the program sees it."""

from __future__ import annotations

import logging

from contract.reconciliation import QueueDigest, Reconciliation
from offline_queue import reconcile
from offline_queue.clock import Clock
from offline_queue.database import QueueDatabase

_log = logging.getLogger(__name__)


class ReconciliationDesk:
    """``Outbox.reconciliation``. Safe to use from several threads."""

    def __init__(self, database: QueueDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def is_due(self) -> bool:
        """Once a day, and an hour after a difference."""
        with self._database.read() as connection:
            return reconcile.is_due(connection, self._clock.now())

    def digest(self) -> QueueDigest:
        """What this machine holds, for the platform to compare. Reads every row, without holding anybody up."""
        with self._database.snapshot() as connection:
            return reconcile.make_digest(connection, self._clock.now())

    def settle(self, told: QueueDigest, answer: Reconciliation) -> reconcile.Reconciled:
        """Act on the platform's answer: what differs is sent again, what that cannot settle becomes an alarm."""
        with self._database.write() as connection:
            outcome = reconcile.apply(connection, self._clock.now(), told, answer)
        if outcome.differing_days:
            _log.warning(
                "reconciliation: %d days differ, %d cases are sent again, %d need a person",
                outcome.differing_days,
                outcome.sent_again,
                len(outcome.alarms),
            )
        return outcome

    def alarms(self) -> tuple[reconcile.Alarm, ...]:
        """What the last comparison with the platform left open."""
        with self._database.read() as connection:
            return reconcile.alarms(connection)
