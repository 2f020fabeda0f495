"""Catalogues at the platform: draft, review, published, retired; two people a publication; a history that is only added to."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import yaml

from contract.catalogues import (
    CATALOGUE_PREFIX,
    CatalogueStatement,
    SignedCatalogue,
    digest_of,
    etag_of,
    files_problem,
    pack,
)
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_plain_text
from fleet.errors import PlatformError
from fleet.keys import KeyCabinet

_FROM = {"review": ("draft",), "draft": ("review",), "published": ("review", "retired"), "retired": ("published",)}
"""From which states each can be reached."""


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One version and where it stands."""

    version: str
    state: str
    digest: str
    size_bytes: int
    serial: int
    """Of its newest publication; 0 for never."""
    changed_by: str
    changed_at_ms: int


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One step of one version."""

    version: str
    state: str
    by: str
    reason: str
    at_ms: int


class CatalogueRegister:
    """Safe to use from several threads, and beside a second process."""

    def __init__(self, database: Database, cabinet: KeyCabinet, clock: Clock) -> None:
        self._database = database
        self._cabinet = cabinet
        self._clock = clock

    def take_in(self, files: Mapping[str, str], by: str) -> CatalogueRow:
        """A new version as a draft. Raises ``PlatformError`` for files that are no catalogue, and for a version known already."""
        version = _version_in(files)
        packed = pack(files)
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM catalogues WHERE version = ?", (version,)).fetchone():
                raise PlatformError(f"version {version} is here already; a changed catalogue needs a new version")
            connection.execute(
                "INSERT INTO catalogues (version, state, digest, packed, serial) VALUES (?, 'draft', ?, ?, 0)",
                (version, digest_of(packed), packed),
            )
            self._note(connection, version, "draft", by, "taken in")
        return self.row(version)

    def move(self, version: str, state: str, by: str, reason: str = "") -> CatalogueRow:
        """Take a version one step on, or back. Raises ``PlatformError`` for a step that there is not."""
        _check_words(by, reason)
        with self._database.transaction() as connection:
            row = connection.execute("SELECT state FROM catalogues WHERE version = ?", (version,)).fetchone()
            if row is None:
                raise PlatformError(f"there is no catalogue {version}")
            if row["state"] not in _FROM[state]:
                raise PlatformError(f"{version} is {row['state']}; {state} is reached from {' or '.join(_FROM[state])}")
            if state == "published":
                self._publish(connection, version, by)
            else:
                connection.execute("UPDATE catalogues SET state = ? WHERE version = ?", (state, version))
            self._note(connection, version, state, by, reason)
        return self.row(version)

    def _publish(self, connection: sqlite3.Connection, version: str, by: str) -> None:
        """Who looked it through may not be who publishes it; the version in force till now retires."""
        reviewer = connection.execute(
            "SELECT by FROM catalogue_history WHERE version = ? AND state = 'review' ORDER BY rowid DESC LIMIT 1", (version,)
        ).fetchone()
        if reviewer is None or reviewer["by"] == by:
            raise PlatformError("a catalogue is published by somebody else than who reviewed it")
        for row in connection.execute("SELECT version FROM catalogues WHERE state = 'published'").fetchall():
            connection.execute("UPDATE catalogues SET state = 'retired' WHERE version = ?", (row["version"],))
            self._note(connection, row["version"], "retired", by, f"replaced by {version}")
        serial = connection.execute("SELECT coalesce(max(serial), 0) + 1 FROM catalogues").fetchone()[0]
        connection.execute("UPDATE catalogues SET state = 'published', serial = ? WHERE version = ?", (serial, version))
        digest = connection.execute("SELECT digest FROM catalogues WHERE version = ?", (version,)).fetchone()["digest"]
        statement = CatalogueStatement(serial=serial, version=version, digest=digest, published_at_ms=self._clock())
        body = msgspec.json.encode(statement)
        key = self._cabinet.present.signing[0]
        connection.execute(
            "UPDATE catalogues SET statement = ?, key_id = ?, signature = ? WHERE version = ?",
            (body, key.key_id, key.sign_bytes(CATALOGUE_PREFIX + body), version),
        )

    def published(self) -> tuple[SignedCatalogue, str] | None:
        """The catalogue in force, and its entity tag."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT statement, key_id, signature, packed FROM catalogues WHERE state = 'published'"
            ).fetchone()
        if row is None:
            return None
        signed = SignedCatalogue(
            statement=row["statement"], key_id=row["key_id"], signature=row["signature"], packed=row["packed"]
        )
        return signed, etag_of(msgspec.json.decode(row["statement"], type=CatalogueStatement))

    def rows(self) -> tuple[CatalogueRow, ...]:
        """All versions, newest change first."""
        with self._database.reading() as connection:
            found = connection.execute(f"{_ROWS} ORDER BY h.at_ms DESC, h.rowid DESC").fetchall()
        return tuple(CatalogueRow(**dict(row)) for row in found)

    def row(self, version: str) -> CatalogueRow:
        """One version. Raises ``PlatformError`` for one that there is not."""
        with self._database.reading() as connection:
            found = connection.execute(f"{_ROWS} WHERE c.version = ?", (version,)).fetchone()
        if found is None:
            raise PlatformError(f"there is no catalogue {version}")
        return CatalogueRow(**dict(found))

    def history(self, version: str) -> tuple[HistoryRow, ...]:
        """Every step of a version, oldest first."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT version, state, by, reason, at_ms FROM catalogue_history WHERE version = ? ORDER BY rowid", (version,)
            ).fetchall()
        return tuple(HistoryRow(**dict(row)) for row in found)

    def _note(self, connection: sqlite3.Connection, version: str, state: str, by: str, reason: str) -> None:
        _check_words(by, reason)
        connection.execute(
            "INSERT INTO catalogue_history (version, state, by, reason, at_ms) VALUES (?, ?, ?, ?, ?)",
            (version, state, by, reason, self._clock()),
        )


_ROWS = """SELECT c.version, c.state, c.digest, length(c.packed) AS size_bytes, c.serial,
                  h.by AS changed_by, h.at_ms AS changed_at_ms
           FROM catalogues c JOIN catalogue_history h
           ON h.rowid = (SELECT max(rowid) FROM catalogue_history WHERE version = c.version)"""


def _check_words(by: str, reason: str) -> None:
    if not is_plain_text(by, 60) or (reason and not is_plain_text(reason, 300)):
        raise PlatformError("name who does it in at most 60 characters, and why in at most 300")


def _version_in(files: Mapping[str, str]) -> str:
    if problem := files_problem(files):
        raise PlatformError(problem)
    head = files.get("catalogue.yaml") or files.get("catalogue.json") or ""
    try:
        found = yaml.safe_load(head)
    except (yaml.YAMLError, RecursionError) as error:
        raise PlatformError("catalogue.yaml cannot be read") from error
    version = found.get("version") if isinstance(found, dict) else None
    if not isinstance(version, str) or not is_plain_text(version, 20):
        raise PlatformError("catalogue.yaml names no version")
    return version
