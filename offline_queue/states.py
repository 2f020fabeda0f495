"""Delivery states of a case and the moves between them. The table is the documentation."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class CaseState(StrEnum):
    """Where a case is on its way from this machine to the platform."""

    COMMITTED = "committed"
    """Durable on this disk; nobody is sending it at the moment."""
    SENDING = "sending"
    """Under a lease of a sender. The answer may be lost; then it is sent again."""
    ACCEPTED = "accepted"
    """The platform's signed receipt for these very bytes is stored here."""
    PROCESSED = "processed"
    """The platform says it is done with the case; the sealed bytes may go after a grace period."""
    PURGED = "purged"
    """Sealed bytes wiped; ids, times and receipt stay."""
    WAITING = "waiting"
    """Not before a certain time: the platform or our own backoff asked for patience."""
    NEEDS_STAFF = "needs_staff"
    """Will not go through by itself; the reason is stored, and a person decides."""
    VOID = "void"
    """Withdrawn by a person, with name and reason. The sealed bytes stay."""


TRANSITIONS: MappingProxyType[CaseState, frozenset[CaseState]] = MappingProxyType(
    {
        # A verified receipt is the truth whoever holds the lease by then, so it is welcome in every pending state.
        CaseState.COMMITTED: frozenset({CaseState.SENDING, CaseState.ACCEPTED, CaseState.NEEDS_STAFF, CaseState.VOID}),
        CaseState.SENDING: frozenset(
            {CaseState.SENDING, CaseState.COMMITTED, CaseState.ACCEPTED, CaseState.WAITING, CaseState.NEEDS_STAFF}
        ),
        CaseState.WAITING: frozenset({CaseState.SENDING, CaseState.COMMITTED, CaseState.ACCEPTED, CaseState.VOID}),
        CaseState.NEEDS_STAFF: frozenset({CaseState.COMMITTED, CaseState.ACCEPTED, CaseState.VOID}),
        # Back to committed only to be shown again: to a platform that knows this machine by a new name, or that lacks the case.
        CaseState.ACCEPTED: frozenset({CaseState.PROCESSED, CaseState.COMMITTED}),
        # Back to committed only when the daily comparison finds that the platform does not hold it after all.
        CaseState.PROCESSED: frozenset({CaseState.PURGED, CaseState.COMMITTED}),
        CaseState.PURGED: frozenset(),
        CaseState.VOID: frozenset(),
    }
)

PENDING = frozenset({CaseState.COMMITTED, CaseState.SENDING, CaseState.WAITING, CaseState.NEEDS_STAFF})
"""States in which only this machine holds the case for certain."""

SENDABLE = frozenset({CaseState.COMMITTED, CaseState.SENDING, CaseState.WAITING})
"""States from which a sender may claim a case (``sending`` only after its lease has lapsed)."""


def may_move(old: CaseState, new: CaseState) -> bool:
    """True when the table allows the move."""
    return new in TRANSITIONS[old]
