"""What a heartbeat tells of the queue: reconciliation and the audit chain, over the API."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from contract.kiosks import Heartbeat
from contract.reconciliation import DayDifference, DayDigest, QueueDigest, day_of
from fleet.audit_trails import close_alarms
from fleet.platform import Platform
from fleet.reports import report_kiosks, report_reconciliation
from tests.helpers.terminal import Terminal, new_case_id, queue_digest, sample_heartbeat
from tests.integration.fleet.conftest import MovableClock
from tests.integration.fleet.test_requests import problem_of

ONE, TWO = "1" * 64, "2" * 64


def _deliver(terminal: Terminal, *ids: str) -> None:
    terminal.submit(*(terminal.case(terminal.header(case_id=case_id)) for case_id in ids))


def test_both_sides_agree(terminal: Terminal, platform: Platform) -> None:
    ids = [new_case_id(days_ago=days) for days in (0, 0, 2, 40)]
    _deliver(terminal, *ids)
    answer = terminal.beat(queue_digest=queue_digest(*ids)).reconciliation
    assert answer is not None
    assert answer.differences == ()
    assert terminal.beat().reconciliation is None
    assert report_reconciliation(platform.database) == []
    assert report_kiosks(platform.database)[0]["reconciled_at_ms"] == answer.compared_at_ms


def test_days_that_differ_are_answered_with_what_is_held(terminal: Terminal, platform: Platform, clock: MovableClock) -> None:
    old, lost, today = new_case_id(days_ago=9), new_case_id(days_ago=3), new_case_id()
    _deliver(terminal, old, today)
    answer = terminal.beat(queue_digest=queue_digest(old, lost)).reconciliation
    assert answer is not None
    assert answer.differences == (DayDifference(day_of(lost), ()), DayDifference(day_of(today), (today,)))
    assert [
        (record["day"], record["told_count"], record["held_count"]) for record in report_reconciliation(platform.database)
    ] == [
        (day_of(lost), 1, 0),
        (day_of(today), 0, 1),
    ]
    assert report_kiosks(platform.database)[0]["days_differing"] == 2

    _deliver(terminal, lost)
    clock.ahead_ms = 60_000
    answer = terminal.beat(queue_digest=queue_digest(old, lost, today)).reconciliation
    assert answer is not None
    assert answer.differences == ()
    assert {record["closed_because"] for record in report_reconciliation(platform.database)} == {"agreed"}


def test_other_terminals_cases_do_not_count_and_those_of_the_line_do(
    new_terminal: Callable[..., Terminal], platform: Platform
) -> None:
    former, other = new_terminal(), new_terminal()
    first, second = new_case_id(days_ago=1), new_case_id(days_ago=1)
    _deliver(former, first)
    _deliver(other, second)
    former.beat(queue_digest=queue_digest(first, new_case_id(days_ago=1)))
    successor = new_terminal(succeeds=former.identity.kiosk_id)
    answer = successor.beat(queue_digest=queue_digest(first)).reconciliation
    assert answer is not None
    assert answer.differences == ()
    (record,) = report_reconciliation(platform.database)
    assert (record["kiosk_id"], record["closed_because"]) == (former.identity.kiosk_id, "succeeded")


def test_a_digest_out_of_bounds_is_refused(terminal: Terminal) -> None:
    bad = QueueDigest(made_at_ms=1, states=(), delivered=(DayDigest("yesterday", 1, "0" * 64),))
    response = terminal.send("POST", "/v1/heartbeats", msgspec.json.encode(sample_heartbeat(queue_digest=bad)))
    assert (response.status_code, problem_of(response).code) == (400, "bad_request")


@pytest.mark.parametrize(
    "changes", [{"audit_entry": -1}, {"audit_chain": "x"}, {"reconciliation_alarms": -1}, {"reconciliation_alarms": 2**70}]
)
def test_a_heartbeat_out_of_bounds_is_refused(terminal: Terminal, changes: dict[str, object]) -> None:
    response = terminal.send("POST", "/v1/heartbeats", msgspec.json.encode(sample_heartbeat(**changes)))
    assert (response.status_code, problem_of(response).code) == (400, "bad_request")


def test_an_audit_trail_that_goes_backwards_is_reported_until_it_is_closed(terminal: Terminal, platform: Platform) -> None:
    terminal.beat(audit_entry=40, audit_chain=ONE)
    terminal.beat(audit_entry=41, audit_chain=TWO)
    assert report_kiosks(platform.database)[0]["audit_alarms"] == []
    terminal.beat(audit_entry=7, audit_chain=ONE)
    terminal.beat(audit_entry=50, audit_chain=ONE)
    (alarm,) = report_kiosks(platform.database)[0]["audit_alarms"]
    assert (alarm["kind"], alarm["held_entry"], alarm["told_entry"]) == ("cut", 41, 7)
    assert close_alarms(platform.database, terminal.identity.kiosk_id, "", platform.clock()) == 1
    assert report_kiosks(platform.database)[0]["audit_alarms"] == []


def test_a_heartbeat_that_merely_comes_twice_raises_nothing(terminal: Terminal, platform: Platform) -> None:
    early = msgspec.json.encode(sample_heartbeat(sent_at_ms=5, audit_entry=7, audit_chain=ONE))
    terminal.send("POST", "/v1/heartbeats", early)
    terminal.beat(audit_entry=9, audit_chain=TWO)
    terminal.send("POST", "/v1/heartbeats", early)
    assert report_kiosks(platform.database)[0]["audit_alarms"] == []
    terminal.beat(audit_entry=9, audit_chain=TWO)
    assert report_kiosks(platform.database)[0]["audit_alarms"] == []
    terminal.beat(audit_entry=8, audit_chain=TWO)
    assert len(report_kiosks(platform.database)[0]["audit_alarms"]) == 1


def test_the_digest_is_not_kept_with_every_heartbeat(terminal: Terminal, platform: Platform) -> None:
    terminal.beat(queue_digest=queue_digest(new_case_id()), reconciliation_alarms=3)
    with platform.database.reading() as connection:
        body = connection.execute("SELECT body FROM heartbeats").fetchone()[0]
    kept = msgspec.json.decode(body, type=Heartbeat)
    assert (kept.queue_digest, kept.reconciliation_alarms) == (None, 3)
