"""What each command of ``kiosk-fleet`` does, apart from reading arguments and printing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fleet.audit_trails import close_alarms
from fleet.bundle_import import ImportReport, import_bundle
from fleet.clock import Clock
from fleet.database import FILE_NAME, Database
from fleet.decoding import is_plain_text
from fleet.errors import PlatformError
from fleet.keys import KeyUse, SigningKey, add_key
from fleet.operators import Operators
from fleet.platform import Platform, open_database
from fleet.processing import Tally
from fleet.reports import (
    Record,
    report_cases,
    report_certificates,
    report_kiosks,
    report_portraits,
    report_ratings,
    report_reconciliation,
    report_searches,
)
from fleet.sealing_keys import OpeningKey
from fleet.tokens import Grant, IssuedToken, issue

_REPORTS = {
    "cases": report_cases,
    "certificates": report_certificates,
    "kiosks": report_kiosks,
    "portraits": report_portraits,
    "ratings": report_ratings,
    "reconciliation": report_reconciliation,
    "searches": report_searches,
}
REPORTS = tuple(_REPORTS)


def issue_token(data: Path, grant: Grant, clock: Clock) -> IssuedToken:
    """A new enrolment token. Raises ``PlatformError``."""
    if grant.name and not is_plain_text(grant.name, 80):
        raise PlatformError("a name has 1 to 80 characters that can be seen")
    database = open_database(data)
    try:
        return issue(database, grant, clock())
    finally:
        database.close()


def process(data: Path, *, again: bool) -> Tally:
    """Process what waits, now. Raises ``PlatformError``."""
    check_exists(data)
    with Platform(data) as platform:
        return platform.processor.run(again=again)


def report(data: Path, subject: str) -> list[Record]:
    """The records of ``subject``, one of ``REPORTS``. Raises ``PlatformError``."""
    with existing_database(data) as database:
        return _REPORTS[subject](database)


def set_password(data: Path, name: str, password: str) -> None:
    """Add an operator or change the password of one. Raises ``PlatformError``."""
    open_database(data).close()
    Operators(data).set_password(name, password)


def import_from(data: Path, folder: Path) -> ImportReport:
    """Take in a bundle. Raises ``PlatformError``."""
    check_exists(data)
    with Platform(data) as platform:
        return import_bundle(platform, folder)


def list_keys(data: Path) -> list[Record]:
    """The platform's own keys, newest first of each kind; nothing secret. Raises ``PlatformError``."""
    check_exists(data)
    with Platform(data) as platform:
        ring = platform.keys
    by_use: dict[KeyUse, Sequence[OpeningKey | SigningKey]] = {"sealing": ring.opening, "receipt": ring.signing}
    return [
        {"key_id": key.key_id, "use": use, "created_at_ms": key.created_at_ms, "in_use": number == 0}
        for use, keys in by_use.items()
        for number, key in enumerate(keys)
    ]


def rotate_keys(data: Path, clock: Clock, *, with_receipt: bool) -> list[str]:
    """Make new keys that become the newest; their ids. Raises ``PlatformError``."""
    check_exists(data)
    uses: tuple[KeyUse, ...] = ("sealing", "receipt") if with_receipt else ("sealing",)
    with Platform(data) as platform:
        return [add_key(data, platform.keys, use, clock()) for use in uses]


def close_audit_alarms(data: Path, kiosk_id: str, note: str, clock: Clock) -> int:
    """Close a terminal's audit alarms; how many there were. Raises ``PlatformError``."""
    if note and not is_plain_text(note, 200):
        raise PlatformError("a note has at most 200 characters that can be seen")
    with existing_database(data) as database:
        return close_alarms(database, kiosk_id, note, clock())


@contextmanager
def existing_database(data: Path) -> Iterator[Database]:
    """The database of a platform that is there. Raises ``PlatformError``."""
    check_exists(data)
    database = open_database(data)
    try:
        yield database
    finally:
        database.close()


def check_exists(data: Path) -> None:
    """A mistyped folder must not come out as an empty, fresh platform."""
    try:
        exists = (data / FILE_NAME).is_file()
    except OSError as error:
        raise PlatformError(f"{data}: {error.strerror or error}") from error
    if not exists:
        raise PlatformError(f"{data} holds no platform: there is no {FILE_NAME} in it")
