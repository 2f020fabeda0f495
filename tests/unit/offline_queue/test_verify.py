"""An untouched queue has no findings, and every kind of damage planted in one is found by its name."""
# ruff: noqa: S608 - the statements are put together from words of this file

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from contract import merkle, receipt_number
from contract.cases import receipt_signed_bytes
from offline_queue.errors import KnownError
from offline_queue.verify import Finding, Kind, verify
from tests.helpers.queues import Built, build, open_outbox, take


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("pristine") / "data")


@pytest.fixture
def built(pristine: Built, tmp_path: Path) -> Built:
    """A copy that a test may ruin."""
    shutil.copytree(pristine.data, tmp_path / "data")
    return Built(tmp_path / "data", pristine.platform, pristine.identity, dict(pristine.cases), dict(pristine.numbers))


def findings(built: Built) -> list[Finding]:
    return list(verify(built.path, built.data / "identity"))


def errors(built: Built) -> set[str]:
    return {finding.kind.value for finding in findings(built) if not finding.is_note}


def test_an_untouched_queue_has_no_findings(built: Built) -> None:
    before = snapshot(built.data)
    assert [finding for finding in findings(built) if not finding.is_note] == []
    # A material no case names, and the file of a purged case, which goes after a day.
    assert [finding.kind for finding in findings(built)] == [Kind.NOTE_ORPHANS] * 2
    assert snapshot(built.data) == before


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file but SQLite's companions, which a reader may lay beside the queue."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    return {str(path): path.read_bytes() + oct(path.stat().st_mode).encode() for path in files}


def test_every_state_is_in_the_queue_that_is_tried(built: Built) -> None:
    with closing(sqlite3.connect(built.path)) as connection:
        states = {row[0] for row in connection.execute("SELECT DISTINCT state FROM cases")}
    assert states == {"committed", "sending", "waiting", "needs_staff", "accepted", "processed", "purged", "void"}


def test_a_queue_in_use_has_no_findings(built: Built) -> None:
    with open_outbox(built) as outbox:
        for number in range(3):
            take(outbox, built, f"more {number}")
        assert errors(built) == set()


Damage = Callable[[Built, sqlite3.Connection], object]


def on(name: str, change: str, *values: object) -> Damage:
    """Change the row of the case ``name``."""

    def ruin(built: Built, connection: sqlite3.Connection) -> None:
        done = connection.execute(f"UPDATE cases SET {change} WHERE case_id = ?", (*values, built.cases[name]))
        assert done.rowcount == 1

    return ruin


def sql(text: str, *values: object) -> Damage:
    def ruin(_: Built, connection: sqlite3.Connection) -> None:
        assert connection.execute(text, values).rowcount != 0

    return ruin


def sealed(name: str, change: str) -> Damage:
    """Change or take away the sealed bytes of the case ``name``."""

    def ruin(built: Built, connection: sqlite3.Connection) -> None:
        where = "WHERE position = (SELECT position FROM cases WHERE case_id = ?)"
        assert connection.execute(f"{change} {where}", (built.cases[name],)).rowcount == 1

    return ruin


def beside(name: str, change: Callable[[Path], object]) -> Damage:
    def ruin(built: Built, _: sqlite3.Connection) -> None:
        change(built.path.with_name(built.path.name + name))

    return ruin


def material_file(change: Callable[[Path], object]) -> Damage:
    def ruin(built: Built, _: sqlite3.Connection) -> None:
        folder = built.path.with_name(built.path.name + ".materials")
        with closing(sqlite3.connect(built.path)) as connection:
            digest = connection.execute("SELECT digest FROM materials WHERE content IS NULL").fetchone()[0]
        change(folder / digest)

    return ruin


def wrong_serial(built: Built, connection: sqlite3.Connection) -> None:
    body = built.numbers["committed"][:16] + "00777"
    number = body + receipt_number.check_character(body)
    on("committed", "receipt_number = ?", number)(built, connection)


def swapped_receipts(built: Built, connection: sqlite3.Connection) -> None:
    columns = "receipt_body, receipt_leaf_index, receipt_proof"
    other = connection.execute(f"SELECT {columns} FROM cases WHERE case_id = ?", (built.cases["noted"],)).fetchone()
    on("accepted", "receipt_body = ?, receipt_leaf_index = ?, receipt_proof = ?", *other)(built, connection)


def unreadable_receipt(built: Built, connection: sqlite3.Connection) -> None:
    signature = built.platform.receipt_key.sign(receipt_signed_bytes(1, merkle.leaf_hash(b"{}")))
    change = "receipt_body = ?, receipt_signature = ?, receipt_leaf_index = 0, receipt_tree_size = 1, receipt_proof = x''"
    on("accepted", change, b"{}", signature)(built, connection)


def foreign_signature(built: Built, connection: sqlite3.Connection) -> None:
    sealed("committed", "UPDATE envelopes SET signature = zeroblob(64)")(built, connection)


def gone_case(built: Built, connection: sqlite3.Connection) -> None:
    """As if a finished, then forgotten case had never been: rows of three tables taken out by hand."""
    case_id = built.cases["void"]
    connection.execute("DELETE FROM envelopes WHERE position = (SELECT position FROM cases WHERE case_id = ?)", (case_id,))
    connection.execute("DELETE FROM cases WHERE case_id = ?", (case_id,))


def twice(column: str) -> Damage:
    def ruin(built: Built, connection: sqlite3.Connection) -> None:
        query = f"SELECT {column} FROM cases WHERE case_id = ?"
        value = connection.execute(query, (built.cases["committed"],)).fetchone()[0]
        on("sending", f"{column} = ?", value)(built, connection)

    return ruin


def rotten_page(built: Built, connection: sqlite3.Connection) -> None:
    """Noise over the root page of the sealed bytes."""
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'envelopes'").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with built.path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)


def header_of(name: str, **changes: object) -> Damage:
    """A header that says something else than the row; digest and size are made to fit, the signature cannot."""

    def ruin(built: Built, connection: sqlite3.Connection) -> None:
        where = "position = (SELECT position FROM cases WHERE case_id = ?)"
        header = connection.execute(f"SELECT header FROM envelopes WHERE {where}", (built.cases[name],)).fetchone()[0]
        changed = msgspec.json.encode(msgspec.json.decode(header) | changes)
        connection.execute(f"UPDATE envelopes SET header = ? WHERE {where}", (changed, built.cases[name]))

    return ruin


PLANTED: dict[str, tuple[Damage, str]] = {
    "rotten page": (rotten_page, "integrity"),
    "orphaned envelope": (sql("INSERT INTO envelopes VALUES (999, x'01', x'01', x'01')"), "foreign_key"),
    "lost index": (sql("DROP INDEX cases_by_state"), "schema_changed"),
    "foreign table": (sql("CREATE TABLE mine (x)"), "schema_changed"),
    "foreign trigger": (
        sql("CREATE TRIGGER t AFTER UPDATE ON cases BEGIN DELETE FROM audit; END"),
        "schema_changed",
    ),
    "fact of nonsense": (sql("INSERT INTO facts VALUES ('platform_offset_ms', 'soon')"), "fact_unreadable"),
    "cursor of nonsense": (sql("UPDATE facts SET value = '[1]' WHERE name = 'status_cursor'"), "fact_unreadable"),
    "base of nonsense": (sql("INSERT INTO facts VALUES ('audit_base', 'x')"), "fact_unreadable"),
    "state that does not exist": (on("committed", "state = 'lost'"), "state_unknown"),
    "envelope gone": (sealed("committed", "DELETE FROM envelopes"), "envelope_missing"),
    "envelope left": (
        sql("INSERT INTO envelopes SELECT position, x'01', x'01', x'01' FROM cases WHERE state = 'purged'"),
        "envelope_left",
    ),
    "a sealed byte": (sealed("committed", "UPDATE envelopes SET sealed = CAST(sealed || x'00' AS BLOB)"), "digest_wrong"),
    "digest": (on("desk", "digest = ?", "0" * 64), "digest_wrong"),
    "size": (on("waiting", "size_bytes = 7"), "size_wrong"),
    "header of nonsense": (sealed("waiting", "UPDATE envelopes SET header = x'7b'"), "header_unreadable"),
    "header of another item": (header_of("waiting", item_code="X"), "header_differs"),
    "item code": (on("waiting", "item_code = 'X'"), "header_differs"),
    "kiosk id": (on("desk", "kiosk_id = 'k-2'"), "header_differs"),
    "time of commitment": (on("desk", "committed_at_ms = 1"), "header_differs"),
    "signature": (foreign_signature, "signature_wrong"),
    "receipt number": (on("committed", "receipt_number = ?", "3303042611250A00100013"), "receipt_number_wrong"),
    "serial": (wrong_serial, "serial_wrong"),
    "sequence twice": (twice("sequence"), "sequence_twice"),
    "receipt number twice": (twice("receipt_number"), "receipt_number_twice"),
    "sequence gap": (on("committed", "sequence = 500"), "sequence_gap"),
    "lease left": (on("committed", "lease_owner = 'x'"), "lease_wrong"),
    "lease gone": (on("sending", "lease_until_ms = NULL"), "lease_wrong"),
    "wait gone": (on("waiting", "due_boot_id = NULL"), "wait_wrong"),
    "wait left": (on("desk", "due_at_ms = 5"), "wait_wrong"),
    "end without a time": (on("processed", "processed_at_ms = NULL"), "progress_wrong"),
    "end nobody told": (on("purged", "platform_state = ''"), "progress_wrong"),
    "receipt gone": (on("accepted", "receipt_body = NULL"), "receipt_missing"),
    "receipt's key": (on("accepted", "receipt_key_id = 'other'"), "receipt_key_unknown"),
    "receipt's signature": (on("accepted", "receipt_signature = zeroblob(64)"), "receipt_signature_wrong"),
    "receipt's proof": (on("accepted", "receipt_proof = zeroblob(64)"), "receipt_signature_wrong"),
    "receipt of a purged case": (on("purged", "receipt_body = CAST(receipt_body || ' ' AS BLOB)"), "receipt_signature_wrong"),
    "receipts swapped": (swapped_receipts, "receipt_of_another_case"),
    "receipt of nonsense": (unreadable_receipt, "receipt_unreadable"),
    "receipt too large": (on("accepted", "receipt_body = zeroblob(5000)"), "receipt_too_large"),
    "audit row changed": (sql("UPDATE audit SET detail = 'x' WHERE entry = 3"), "audit_broken"),
    "audit row gone": (sql("DELETE FROM audit WHERE entry = 4"), "audit_broken"),
    "audit link": (sql("UPDATE audit SET previous = 1 WHERE entry = (SELECT max(entry) FROM audit)"), "audit_link_wrong"),
    "last entry": (on("committed", "last_entry = 1"), "audit_missing"),
    "move that is none": (sql("UPDATE audit SET to_state = 'purged' WHERE code = 'void'"), "audit_move_wrong"),
    "state against the trail": (on("desk", "state = 'void'"), "audit_state_differs"),
    "case gone": (gone_case, "case_missing"),
    "material unnamed": (sql("DELETE FROM case_materials WHERE ordinal = 1"), "materials_differ"),
    "material of a purged case": (
        sql(
            "INSERT INTO case_materials SELECT c.position, 0, m.digest FROM cases c, materials m WHERE c.state = 'purged' LIMIT 1"
        ),
        "materials_differ",
    ),
    "material row gone": (
        sql("DELETE FROM materials WHERE digest = (SELECT digest FROM case_materials LIMIT 1)"),
        "material_row_missing",
    ),
    "material's bytes": (
        sql(
            "UPDATE materials SET content = CAST(content || x'00' AS BLOB) WHERE content IS NOT NULL AND digest IN (SELECT digest FROM case_materials)"
        ),
        "material_damaged",
    ),
    "material's file gone": (material_file(lambda path: path.unlink()), "material_file_missing"),
    "material's file cut": (material_file(lambda path: path.write_bytes(path.read_bytes()[:-1])), "material_damaged"),
    "reserve of nonsense": (beside(".reserve", lambda path: path.write_bytes(b"{")), "reserve_unreadable"),
    "reserve gone": (beside(".reserve", lambda path: path.unlink()), "reserve_behind"),
    "reserve behind": (beside(".reserve", lambda path: path.write_bytes(b'{"k-330304-0001":2}')), "reserve_behind"),
    "damage found before": (beside(".suspect", lambda path: path.write_bytes(b"row 5 missing")), "suspect"),
    "comparison of nonsense": (sql("INSERT INTO facts VALUES ('reconciled', 'never')"), "fact_unreadable"),
    "queue open to others": (beside("", lambda path: path.chmod(0o644)), "open_to_others"),
    "rating of nobody": (
        sql("INSERT INTO ratings VALUES ('01900000-0000-7000-8000-000000000000', 3, 1, '')"),
        "rating_of_unknown_case",
    ),
    "grade that does not exist": (sql("UPDATE ratings SET grade = 9"), "rating_wrong"),
}


def plant(built: Built, damage: Damage) -> None:
    with closing(sqlite3.connect(built.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        damage(built, connection)


@pytest.mark.parametrize("name", PLANTED)
def test_planted_damage_is_found_by_its_name(built: Built, name: str) -> None:
    damage, expected = PLANTED[name]
    plant(built, damage)
    before = snapshot(built.data)
    assert expected in errors(built)
    assert snapshot(built.data) == before


def test_all_kinds_of_error_but_two_are_planted() -> None:
    kinds = {kind.value for kind in Kind if not kind.startswith("note_")}
    # These two need a page that SQLite cannot read in the middle of a check: see the test below.
    assert kinds - {expected for _, expected in PLANTED.values()} == {"unreadable", "row_unreadable"}


def test_a_rotten_page_ends_no_other_check(built: Built) -> None:
    plant(built, rotten_page)
    plant_ratings = sql("UPDATE ratings SET grade = 9")
    plant(built, plant_ratings)
    assert {"integrity", "row_unreadable", "rating_wrong"} <= errors(built)


def test_a_rotten_trail_ends_only_its_own_checks(built: Built) -> None:
    with closing(sqlite3.connect(built.path)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'audit'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with built.path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)
    built.path.chmod(0o640)
    assert {"integrity", "unreadable", "open_to_others"} <= errors(built)


def test_an_identity_open_to_others_is_found(built: Built) -> None:
    key = next((built.data / "identity").glob("signing-*.key"))
    key.chmod(0o640)
    assert [(f.kind, f.subject) for f in findings(built) if not f.is_note] == [(Kind.OPEN_TO_OTHERS, key.name)]


def test_without_an_identity_signatures_are_noted_as_unchecked(built: Built) -> None:
    shutil.rmtree(built.data / "identity")
    assert errors(built) == set()
    assert {Kind.NOTE_KEYS_UNKNOWN, Kind.NOTE_RECEIPTS_UNCHECKED} <= {finding.kind for finding in findings(built)}
    assert not (built.data / "identity").exists()


def test_what_is_kept_beside_the_queue_is_a_note(built: Built) -> None:
    built.path.with_name("cases.db.damaged-20261125T000000Z").write_bytes(b"x")
    built.path.with_name("cases.db.before-step-3").write_bytes(b"x")
    assert errors(built) == set()
    assert {Kind.NOTE_SET_ASIDE, Kind.NOTE_COPY_KEPT} <= {finding.kind for finding in findings(built)}


def test_a_gap_of_forgotten_cases_is_explained(built: Built) -> None:
    with open_outbox(built, purge_grace_s=0.0, max_purged=0) as outbox:
        outbox.purge()
        assert outbox.list_cases(limit=1)[0][1].case_id != built.cases["purged"]
    assert "sequence_gap" not in errors(built)
    assert "case_missing" not in errors(built)


def test_a_file_that_is_no_queue_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    path.write_bytes(b"no database at all, but long enough to be looked at" * 30)
    with pytest.raises(KnownError, match="corrupt"):
        list(verify(path, tmp_path / "identity"))
