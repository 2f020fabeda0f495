"""Audit chains that go backwards are noticed, and stay noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.audit_trails import AuditAlarm, close_alarms, follow, open_alarms
from fleet.database import Database
from fleet.errors import PlatformError

ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "platform.sqlite3")
    with database.transaction() as connection:
        connection.execute("INSERT INTO kiosks VALUES ('k', '330304', '0001', 'n', 'v', 1, NULL, 1, NULL, NULL)")
    yield database
    database.close()


def _tell(database: Database, *ends: tuple[int, str]) -> tuple[AuditAlarm, ...]:
    for number, (entry, chain) in enumerate(ends):
        with database.transaction() as connection:
            follow(connection, "k", entry, chain, 1000 + number)
    with database.reading() as connection:
        return open_alarms(connection).get("k", ())


@pytest.mark.parametrize(
    "ends",
    [
        [(0, "")],
        [(0, ""), (0, "")],
        [(0, ""), (5, ONE), (5, ONE), (9, TWO)],
        [(7, ONE), (8, TWO)],
    ],
)
def test_a_trail_that_grows_raises_nothing(subject: Database, ends: list[tuple[int, str]]) -> None:
    assert _tell(subject, *ends) == ()


@pytest.mark.parametrize(
    ("ends", "alarm"),
    [
        ([(9, ONE), (8, TWO)], AuditAlarm("cut", 9, 8, 1001, 1)),
        ([(9, ONE), (0, "")], AuditAlarm("cut", 9, 0, 1001, 1)),
        ([(9, ONE), (9, TWO)], AuditAlarm("rewritten", 9, 9, 1001, 1)),
        ([(9, ONE), (8, TWO), (20, ONE), (21, ONE)], AuditAlarm("cut", 9, 8, 1001, 1)),
        ([(9, ONE), (8, TWO), (20, ONE), (3, ONE)], AuditAlarm("cut", 9, 8, 1001, 2)),
    ],
)
def test_a_trail_that_goes_backwards_raises_an_alarm_that_stays(
    subject: Database, ends: list[tuple[int, str]], alarm: AuditAlarm
) -> None:
    assert _tell(subject, *ends) == (alarm,)


def test_only_an_operator_closes_an_alarm(subject: Database) -> None:
    assert len(_tell(subject, (9, ONE), (8, ONE), (8, TWO))) == 2
    assert close_alarms(subject, "k", "disk exchanged", 5000) == 2
    assert _tell(subject) == ()
    assert close_alarms(subject, "k", "", 6000) == 0
    assert len(_tell(subject, (7, ONE))) == 1
    with subject.reading() as connection:
        kept = connection.execute("SELECT kind, closed_at_ms, closed_note FROM audit_alarms ORDER BY alarm").fetchall()
    assert [tuple(row) for row in kept] == [
        ("cut", 5000, "disk exchanged"),
        ("rewritten", 5000, "disk exchanged"),
        ("cut", None, None),
    ]


def test_an_unknown_terminal_is_told(subject: Database) -> None:
    with pytest.raises(PlatformError, match="no terminal"):
        close_alarms(subject, "x", "", 1)
