"""The machine's word on a case: it says where the case is at that moment, and nothing when it cannot be true."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.statements import Checked, Kind, check
from offline_queue.models import CaseCommitted
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FixedIdentity, make_identity, sample_draft
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import MemoryLine, commit


def _checked(outbox: Outbox, identity: FixedIdentity, case_id: str) -> Checked:
    text = outbox.statement(case_id)
    assert text is not None
    found = check(text, identity.known_public_keys())
    assert isinstance(found, Checked), found
    return found


def test_it_names_the_case_with_the_digest_of_its_sealed_bytes(outbox: Outbox, identity: FixedIdentity) -> None:
    committed = outbox.accept(sample_draft())
    assert isinstance(committed, CaseCommitted)
    (claimed,) = outbox.claim("test", after_position=0, max_cases=1, max_bytes=10**6)
    stated = _checked(outbox, identity, committed.case_id).statement
    assert (stated.case_id, stated.receipt_number) == (committed.case_id, committed.receipt_number)
    assert (stated.item_code, stated.committed_at_ms) == (sample_draft().item_code, committed.committed_at_ms)
    assert stated.digest == claimed.case.digest
    assert stated.kind is Kind.SAVED


def test_it_says_delivered_once_the_receipt_is_here(
    outbox: Outbox, identity: FixedIdentity, line: MemoryLine, platform: Platform
) -> None:
    (case_id,) = commit(outbox)
    claimed = outbox.claim("test", after_position=0, max_cases=1, max_bytes=10**6)
    assert _checked(outbox, identity, case_id).statement.kind is Kind.SAVED, "sending is not delivered"
    assert [case.header.case_id for case in claimed] == [case_id]
    Syncer(outbox, line, identity).run_once()
    assert list(platform.held) == [case_id]
    assert _checked(outbox, identity, case_id).statement.kind is Kind.DELIVERED


def test_a_withdrawn_or_unknown_case_has_none(outbox: Outbox) -> None:
    (case_id,) = commit(outbox)
    assert outbox.void(case_id, by="W001", why="test")
    assert outbox.statement(case_id) is None
    assert outbox.statement("019abc00-1234-7abc-8def-0123456789ab") is None


def test_without_an_identity_there_is_none(outbox: Outbox, identity: FixedIdentity) -> None:
    (case_id,) = commit(outbox)
    identity.identity = None
    assert outbox.statement(case_id) is None


def test_an_item_code_that_does_not_fit_the_layout_costs_the_statement_only(outbox: Outbox) -> None:
    committed = outbox.accept(sample_draft(item_code="SHORT"))
    assert isinstance(committed, CaseCommitted)
    assert outbox.statement(committed.case_id) is None


def test_after_enrolling_again_the_present_key_speaks_for_old_cases(
    outbox: Outbox, identity: FixedIdentity, platform: Platform
) -> None:
    (case_id,) = commit(outbox)
    assert identity.identity
    identity.earlier = (identity.identity.public_key,)
    identity.identity = make_identity(platform.sealing_keys, platform.receipt_keys, signing_key=Ed25519PrivateKey.generate())
    assert _checked(outbox, identity, case_id).public_key == identity.identity.public_key
