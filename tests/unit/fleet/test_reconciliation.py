"""The comparison: the answer names exactly the days that differ, with what the platform holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.reconciliation import MAX_DAYS, DayDigest, QueueDigest, StateDigest, ids_digest, ids_of_day
from fleet import reconciliation
from fleet.database import Database
from fleet.heartbeats import heartbeat_problem
from fleet.reconciliation import answer, digest_problem, find_differences, reconcile
from tests.helpers.terminal import queue_digest, sample_heartbeat

FIRST = date(2026, 11, 1)
TODAY = "2026-11-25"
NOW_MS = 1_795_600_000_000
SHA = "0" * 64


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "platform.sqlite3")
    with database.transaction() as connection:
        for kiosk_id in ("k", "former", "other"):
            connection.execute(
                "INSERT INTO kiosks VALUES (?, '330304', ?, 'n', 'v', 1, NULL, 1, NULL, NULL)", (kiosk_id, kiosk_id)
            )
    yield database
    database.close()


def case_id(day: int, number: int) -> str:
    """Case ``number`` of the ``day``-th day after ``FIRST``."""
    first, _ = ids_of_day((FIRST + timedelta(days=day)).isoformat())
    return str(UUID(int=UUID(first).int + (number << 80) + (0x7 << 76) + (0b10 << 62) + number))


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def hold(database: Database, ids: dict[str, str]) -> None:
    """Let the platform hold exactly these cases, each of a terminal."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM cases")
        connection.executemany(
            "INSERT INTO cases VALUES (?,?,'k','r','i',1,'d',1,1,'received','',1,NULL,'r',x'',x'',x'',x'',x'',0,1,x'')",
            list(ids.items()),
        )


_PLACES = st.tuples(st.integers(0, 24), st.integers(1, 4))


@given(told=st.sets(_PLACES, max_size=25), held=st.dictionaries(_PLACES, st.sampled_from(["k", "former", "other"]), max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exactly_the_days_that_differ_are_named_with_what_is_held(
    subject: Database, told: set[tuple[int, int]], held: dict[tuple[int, int], str]
) -> None:
    hold(subject, {case_id(*place): kiosk for place, kiosk in held.items()})
    ours = {place for place, kiosk in held.items() if kiosk != "other"}
    first = min((number for number, _ in told), default=99)
    expected = {
        number: sorted(case_id(*place) for place in ours if place[0] == number)
        for number in range(25)
        if number >= first and {place for place in told if place[0] == number} != {place for place in ours if place[0] == number}
    }

    digest = queue_digest(*(case_id(*place) for place in told))
    assert digest_problem(digest) == ""
    found = find_differences(subject, ("k", "former"), digest, TODAY)

    assert [difference.day for difference in found] == [day(number) for number in sorted(expected)]
    assert [list(difference.held_ids) for difference in found] == [expected[number] for number in sorted(expected)]
    assert [difference.told_count for difference in found] == [
        sum(place[0] == number for place in told) for number in sorted(expected)
    ]
    told_to_the_terminal = answer(found, NOW_MS)
    assert [told.day for told in told_to_the_terminal.differences] == [difference.day for difference in found]


def test_days_after_today_are_compared_when_told_and_not_otherwise(subject: Database) -> None:
    """A terminal whose clock ran ahead made cases of tomorrow."""
    hold(subject, {case_id(24, 1): "k", case_id(30, 1): "k"})
    assert find_differences(subject, ("k",), queue_digest(case_id(24, 1)), TODAY) == ()
    (difference,) = find_differences(subject, ("k",), queue_digest(case_id(24, 1), case_id(30, 2)), TODAY)
    assert (difference.day, difference.held_ids) == (day(30), (case_id(30, 1),))


def test_an_answer_is_bounded(subject: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "MAX_IDS_A_DAY", 3)
    monkeypatch.setattr(reconciliation, "MAX_IDS_AN_ANSWER", 7)
    hold(subject, {case_id(number, case): "k" for number in range(5) for case in range(1, 6)})
    found = find_differences(subject, ("k",), queue_digest(case_id(0, 9)), TODAY)
    assert [(difference.held_count, len(difference.held_ids)) for difference in found] == [(5, 3)] * 5
    assert [told.day for told in answer(found, NOW_MS).differences] == [day(0), day(1)]


def test_the_largest_digest_passes_in_a_heartbeat(subject: Database) -> None:
    delivered = tuple(
        DayDigest((date(2025, 11, 1) + timedelta(days=number)).isoformat(), 2**53, SHA) for number in range(MAX_DAYS)
    )
    states = tuple(StateDigest("needs_staff", 2**53, SHA) for _ in range(10))
    digest = QueueDigest(made_at_ms=NOW_MS, states=states, delivered=delivered)
    heartbeat = sample_heartbeat(queue_digest=digest, audit_entry=2**53, audit_chain=SHA)
    assert heartbeat_problem(heartbeat) == ""
    assert len(msgspec.json.encode(heartbeat)) < 64 * 1024
    assert len(reconcile(subject, "k", digest, NOW_MS).differences) == MAX_DAYS


@pytest.mark.parametrize(
    "delivered",
    [
        ("2026-11-25", "2026-11-24"),
        ("2026-11-24", "2026-11-24"),
        ("20261124",),
        ("2026-W48-3",),
        ("2026-02-30",),
        ("1969-12-31",),
        ("9999-12-31",),
        ("",),
        ("٢٠٢٦-١١-٢٤",),
        ("2026-11-24'; DROP TABLE cases; --",),
        tuple((date(2024, 1, 1) + timedelta(days=number)).isoformat() for number in range(MAX_DAYS + 1)),
    ],
)
def test_days_out_of_form_are_refused(delivered: tuple[str, ...]) -> None:
    digest = QueueDigest(made_at_ms=1, states=(), delivered=tuple(DayDigest(day, 1, SHA) for day in delivered))
    assert digest_problem(digest)


@given(text=st.text(max_size=12))
def test_no_day_however_spelt_does_harm(text: str) -> None:
    digest = QueueDigest(made_at_ms=1, states=(), delivered=(DayDigest(text, 1, SHA),))
    if digest_problem(digest) == "":
        assert date.fromisoformat(text).isoformat() == text


@pytest.mark.parametrize(
    "digest",
    [
        QueueDigest(made_at_ms=-1, states=(), delivered=()),
        QueueDigest(made_at_ms=1, states=(StateDigest("pending", -1, SHA),), delivered=()),
        QueueDigest(made_at_ms=1, states=(StateDigest("pending", 1, "x"),), delivered=()),
        QueueDigest(made_at_ms=1, states=(StateDigest("a\u202eb", 1, SHA),), delivered=()),
        QueueDigest(made_at_ms=1, states=(StateDigest("pending", 1, SHA),) * 33, delivered=()),
        QueueDigest(made_at_ms=1, states=(), delivered=(DayDigest("2026-11-24", 2**60, SHA),)),
    ],
)
def test_a_digest_out_of_bounds_is_refused(digest: QueueDigest) -> None:
    assert digest_problem(digest)


# What is kept


def _kept(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        rows = connection.execute(
            """SELECT day, told_count, held_count, since_ms, seen_at_ms, closed_at_ms, closed_because
               FROM reconciliation_differences WHERE kiosk_id = 'k' ORDER BY day"""
        )
        return [tuple(_after(value) for value in row) for row in rows]


def _after(value: object) -> object:
    return value - NOW_MS if isinstance(value, int) and value >= NOW_MS else value


def test_a_difference_is_open_until_it_disappears_and_is_never_deleted(subject: Database) -> None:
    hold(subject, {case_id(0, 1): "k", case_id(1, 1): "k"})
    reconcile(subject, "k", queue_digest(case_id(0, 1), case_id(1, 1), case_id(1, 2)), NOW_MS + 1)
    reconcile(subject, "k", queue_digest(case_id(0, 1), case_id(1, 1), case_id(1, 2), case_id(1, 3)), NOW_MS + 2)
    assert _kept(subject) == [(day(1), 3, 1, 1, 2, None, "")]
    agreed = queue_digest(case_id(0, 1), case_id(1, 1))
    assert reconcile(subject, "k", agreed, NOW_MS + 3).differences == ()
    assert _kept(subject) == [(day(1), 3, 1, 1, 2, 3, "agreed")]
    reconcile(subject, "k", agreed, NOW_MS + 4)
    assert _kept(subject) == [(day(1), 3, 1, 1, 2, 3, "agreed")]
    reconcile(subject, "k", queue_digest(case_id(0, 1)), NOW_MS + 5)
    assert _kept(subject) == [(day(1), 0, 1, 5, 5, None, "")]


def test_a_day_that_is_no_longer_told_is_closed_with_that_reason(subject: Database) -> None:
    hold(subject, {case_id(0, 1): "k", case_id(5, 1): "k"})
    reconcile(subject, "k", queue_digest(case_id(0, 2), case_id(5, 1)), NOW_MS + 1)
    reconcile(subject, "k", queue_digest(case_id(5, 1)), NOW_MS + 2)
    assert _kept(subject) == [(day(0), 1, 1, 1, 1, 2, "not_compared")]


def test_the_last_digest_of_each_terminal_is_kept(subject: Database) -> None:
    for number in (1, 2):
        reconcile(subject, "k", queue_digest(case_id(0, number)), number)
    with subject.reading() as connection:
        (row,) = connection.execute("SELECT kiosk_id, received_at_ms, body FROM queue_digests").fetchall()
    assert (row["kiosk_id"], row["received_at_ms"]) == ("k", 2)
    assert msgspec.json.decode(row["body"], type=QueueDigest) == queue_digest(case_id(0, 2))


def test_ids_digest_and_sql_agree_on_the_order() -> None:
    ids = [case_id(0, number) for number in range(1, 5)]
    assert queue_digest(*reversed(ids)).delivered[0].ids_sha256 == ids_digest(ids)[1]
