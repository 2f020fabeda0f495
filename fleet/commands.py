"""What each command of ``kiosk-fleet`` does, apart from reading arguments and printing."""

from __future__ import annotations

from pathlib import Path

from fleet.clock import Clock
from fleet.database import FILE_NAME
from fleet.decoding import is_plain_text
from fleet.errors import PlatformError
from fleet.operators import Operators
from fleet.platform import Platform, open_database
from fleet.processing import Tally
from fleet.reports import Record, report_cases, report_kiosks, report_ratings
from fleet.tokens import Grant, IssuedToken, issue

_REPORTS = {"cases": report_cases, "kiosks": report_kiosks, "ratings": report_ratings}
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
    _check_exists(data)
    with Platform(data) as platform:
        return platform.processor.run(again=again)


def report(data: Path, subject: str) -> list[Record]:
    """The records of ``subject``, one of ``REPORTS``. Raises ``PlatformError``."""
    _check_exists(data)
    database = open_database(data)
    try:
        return _REPORTS[subject](database)
    finally:
        database.close()


def set_password(data: Path, name: str, password: str) -> None:
    """Add an operator or change the password of one. Raises ``PlatformError``."""
    open_database(data).close()
    Operators(data).set_password(name, password)


def _check_exists(data: Path) -> None:
    """A mistyped folder must not come out as an empty, fresh platform."""
    try:
        exists = (data / FILE_NAME).is_file()
    except OSError as error:
        raise PlatformError(f"{data}: {error.strerror or error}") from error
    if not exists:
        raise PlatformError(f"{data} holds no platform: there is no {FILE_NAME} in it")
