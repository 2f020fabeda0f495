from __future__ import annotations

import pytest

from offline_queue.states import PENDING, SENDABLE, TRANSITIONS, CaseState, may_move


def test_the_table_names_every_state() -> None:
    assert set(TRANSITIONS) == set(CaseState)


@pytest.mark.parametrize("state", [CaseState.PURGED, CaseState.VOID])
def test_an_end_is_an_end(state: CaseState) -> None:
    assert not TRANSITIONS[state]


def test_every_state_but_the_ends_leads_to_an_end() -> None:
    for start in CaseState:
        reached, frontier = {start}, {start}
        while frontier:
            frontier = {new for state in frontier for new in TRANSITIONS[state]} - reached
            reached |= frontier
        assert reached & {CaseState.PURGED, CaseState.VOID}


def test_only_a_processed_case_is_purged() -> None:
    assert [old for old in CaseState if may_move(old, CaseState.PURGED)] == [CaseState.PROCESSED]


def test_only_an_accepted_case_becomes_processed() -> None:
    assert [old for old in CaseState if may_move(old, CaseState.PROCESSED)] == [CaseState.ACCEPTED]


@pytest.mark.parametrize("state", sorted(PENDING))
def test_a_verified_receipt_is_welcome_in_every_pending_state(state: CaseState) -> None:
    assert may_move(state, CaseState.ACCEPTED)


def test_a_case_being_sent_cannot_be_withdrawn() -> None:
    assert not may_move(CaseState.SENDING, CaseState.VOID)


def test_what_can_be_sent_is_pending() -> None:
    assert SENDABLE < PENDING
