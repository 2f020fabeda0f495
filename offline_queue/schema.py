"""The tables of the queue file, step by step. Steps are only ever appended; ``migrations`` takes them."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database
from sqlite_utils.db import ForeignKey

from offline_queue.states import SENDABLE, CaseState

Migration = Callable[[Database], None]


_STATES = ", ".join(f"'{state}'" for state in CaseState)
_HEX = "[0-9a-f]"
_CREATE_CASES = f"""
CREATE TABLE cases (
    position INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE CHECK (case_id GLOB '{_HEX * 8}-{_HEX * 4}-7{_HEX * 3}-{_HEX * 4}-{_HEX * 12}'),
    kiosk_id TEXT NOT NULL CHECK (kiosk_id NOT GLOB '*[^A-Za-z0-9._-]*'),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    receipt_number TEXT NOT NULL UNIQUE CHECK (length(receipt_number) = 22 AND receipt_number NOT GLOB '*[^0-9A-Z]*'),
    item_code TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
    size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
    state TEXT NOT NULL CHECK (state IN ({_STATES})),
    committed_at_ms INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    monotonic_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    reason_code TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    due_at_ms INTEGER,
    due_boot_id TEXT,
    due_monotonic_ms INTEGER,
    lease_owner TEXT,
    lease_boot_id TEXT,
    lease_until_ms INTEGER,
    receipt_body BLOB,
    receipt_key_id TEXT,
    receipt_signature BLOB,
    platform_state TEXT NOT NULL DEFAULT '' CHECK (platform_state IN ('', 'received', 'needs_staff', 'processed')),
    platform_reason TEXT NOT NULL DEFAULT '',
    processed_at_ms INTEGER,
    processed_boot_id TEXT,
    processed_monotonic_ms INTEGER,
    UNIQUE (kiosk_id, sequence),
    CHECK ((state = 'sending') = (lease_until_ms IS NOT NULL AND lease_owner IS NOT NULL AND lease_boot_id IS NOT NULL)),
    CHECK ((state = 'waiting') = (due_at_ms IS NOT NULL AND due_boot_id IS NOT NULL AND due_monotonic_ms IS NOT NULL)),
    CHECK (state NOT IN ('accepted', 'processed', 'purged') OR receipt_body IS NOT NULL),
    CHECK (state NOT IN ('processed', 'purged') OR processed_at_ms IS NOT NULL)
) STRICT
"""
"""The checks hold the states together while we run, and let the check at opening find rotten bytes."""


_CREATE_LEAN_CASES = """
CREATE TABLE cases_3 (
    position INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE CHECK (length(case_id) = 36),
    kiosk_id TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    receipt_number TEXT NOT NULL CHECK (length(receipt_number) = 22),
    item_code TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
    state TEXT NOT NULL,
    last_entry INTEGER NOT NULL DEFAULT 0,
    committed_at_ms INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    monotonic_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    reason_code TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    due_at_ms INTEGER,
    due_boot_id TEXT,
    due_monotonic_ms INTEGER,
    lease_owner TEXT,
    lease_boot_id TEXT,
    lease_until_ms INTEGER,
    receipt_body BLOB,
    receipt_key_id TEXT,
    receipt_signature BLOB,
    receipt_leaf_index INTEGER,
    receipt_tree_size INTEGER,
    receipt_proof BLOB,
    platform_state TEXT NOT NULL DEFAULT ''
        CHECK (platform_state = '' OR platform_state IN ('received', 'needs_staff', 'processed')),
    platform_reason TEXT NOT NULL DEFAULT '',
    processed_at_ms INTEGER,
    processed_boot_id TEXT,
    processed_monotonic_ms INTEGER,
    CHECK (CASE state
        WHEN 'committed' THEN lease_until_ms IS NULL AND due_at_ms IS NULL
        WHEN 'sending' THEN lease_until_ms IS NOT NULL AND lease_owner IS NOT NULL AND lease_boot_id IS NOT NULL
            AND due_at_ms IS NULL
        WHEN 'waiting' THEN due_at_ms IS NOT NULL AND due_boot_id IS NOT NULL AND due_monotonic_ms IS NOT NULL
            AND lease_until_ms IS NULL
        WHEN 'accepted' THEN receipt_body IS NOT NULL
        WHEN 'processed' THEN receipt_body IS NOT NULL AND processed_at_ms IS NOT NULL
        WHEN 'purged' THEN receipt_body IS NOT NULL AND processed_at_ms IS NOT NULL
        ELSE state IN ('needs_staff', 'void') AND lease_until_ms IS NULL AND due_at_ms IS NULL
    END)
) STRICT
"""
"""As before, with checks that cost little where a case begins: what its bytes say is proved by digest and signature anyway."""


def _one_create(db: Database) -> None:
    """Cases, their sealed bytes apart (so that a change of state rewrites a small row), and the audit trail."""
    db.execute(_CREATE_CASES)
    _create_companions(db)
    _create_state_keeping(db)


def _create_companions(db: Database) -> None:
    db.table("envelopes").create(
        {"position": int, "header": bytes, "sealed": bytes, "signature": bytes},
        pk="position",
        not_null={"header", "sealed", "signature"},
        foreign_keys=[ForeignKey("envelopes", "position", "cases", "position")],
        strict=True,
    )
    db.table("audit").create(
        {
            "entry": int,
            "case_id": str,
            "at_ms": int,
            "boot_id": str,
            "monotonic_ms": int,
            "from_state": str,
            "to_state": str,
            "code": str,
            "detail": str,
            "chain": bytes,
        },
        pk="entry",
        not_null={"case_id", "at_ms", "boot_id", "monotonic_ms", "from_state", "to_state", "code", "detail", "chain"},
        strict=True,
    )
    db.table("audit").create_index(["case_id", "entry"])
    db.table("sequences").create({"kiosk_id": str, "last": int}, pk="kiosk_id", not_null={"last"}, strict=True)
    db.table("facts").create({"name": str, "value": str}, pk="name", not_null={"value"}, strict=True)


def _create_state_keeping(db: Database) -> None:
    """Indexes for the few live rows among many finished ones, and a tally kept by triggers: counting must not cost a scan."""
    sendable = ", ".join(f"'{state}'" for state in sorted(SENDABLE))
    db.execute(f"CREATE INDEX cases_sendable ON cases(position) WHERE state IN ({sendable})")
    db.execute("CREATE INDEX cases_leased ON cases(lease_owner) WHERE state = 'sending'")
    db.execute("CREATE INDEX cases_by_state ON cases(state, position)")
    db.table("tallies").create({"state": str, "cases": int}, pk="state", not_null={"cases"}, strict=True)
    db.table("tallies").insert_all({"state": state.value, "cases": 0} for state in CaseState)
    up = "UPDATE tallies SET cases = cases + 1 WHERE state = new.state;"
    down = "UPDATE tallies SET cases = cases - 1 WHERE state = old.state;"
    db.execute(f"CREATE TRIGGER tally_added AFTER INSERT ON cases BEGIN {up} END")
    db.execute(f"CREATE TRIGGER tally_moved AFTER UPDATE OF state ON cases BEGIN {down} {up} END")
    db.execute(f"CREATE TRIGGER tally_removed AFTER DELETE ON cases BEGIN {down} END")


def _two_ratings(db: Database) -> None:
    """Ratings on their way to the platform; a row is gone once the platform has settled it."""
    db.table("ratings").create(
        {"case_id": str, "grade": int, "rated_at_ms": int}, pk="case_id", not_null={"grade", "rated_at_ms"}, strict=True
    )


_COPIED = (
    "position, case_id, kiosk_id, sequence, receipt_number, item_code, digest, size_bytes, state, committed_at_ms, boot_id,"
    " monotonic_ms, attempts, reason_code, reason, due_at_ms, due_boot_id, due_monotonic_ms, lease_owner, lease_boot_id,"
    " lease_until_ms, receipt_body, receipt_key_id, receipt_signature, platform_state, platform_reason, processed_at_ms,"
    " processed_boot_id, processed_monotonic_ms"
)


def _three_lean_commit(db: Database) -> None:
    """Half the pages to write for each new case, and receipts that share a signature.

    Gone are an index that another one covers; those on receipt number, kiosk id and sequence, for a number is one more than the
    last (see ``sequences``); the counter, which follows from the rows; the tallies, which each connection now keeps in memory
    (see ``tallies``); and the index of the audit trail, whose rows are linked instead.
    """
    db.execute(_CREATE_LEAN_CASES)
    db.execute(f"INSERT INTO cases_3 ({_COPIED}) SELECT {_COPIED} FROM cases")  # noqa: S608 - ours
    db.execute("DROP TABLE cases")
    db.execute("DROP TABLE tallies")
    db.execute("ALTER TABLE cases_3 RENAME TO cases")
    db.execute("CREATE INDEX cases_leased ON cases(lease_owner) WHERE state = 'sending'")
    db.execute("CREATE INDEX cases_by_state ON cases(state, position)")
    db.execute("DROP INDEX idx_audit_case_id_entry")
    db.execute("ALTER TABLE audit ADD COLUMN previous INTEGER NOT NULL DEFAULT 0")
    _link_audit_rows(db)
    db.execute("INSERT INTO facts SELECT 'sequence_floor ' || kiosk_id, last FROM sequences")
    db.execute("DROP TABLE sequences")


def _link_audit_rows(db: Database) -> None:
    db.execute(
        "UPDATE audit SET previous = linked.before FROM"
        " (SELECT entry, lag(entry, 1, 0) OVER (PARTITION BY case_id ORDER BY entry) AS before FROM audit WHERE case_id <> '')"
        " AS linked WHERE linked.entry = audit.entry"
    )
    db.execute(
        "UPDATE cases SET last_entry = newest.entry FROM (SELECT case_id, max(entry) AS entry FROM audit GROUP BY case_id)"
        " AS newest WHERE newest.case_id = cases.case_id"
    )


def _four_materials(db: Database) -> None:
    """Materials by the digest of their sealed bytes; large ones are files beside the queue. A row lives while a case names it."""
    db.table("materials").create(
        {"digest": str, "size_bytes": int, "content": bytes, "kept_at_ms": int, "is_sent": int},
        pk="digest",
        not_null={"size_bytes", "kept_at_ms", "is_sent"},
        strict=True,
    )
    db.table("case_materials").create(
        {"position": int, "ordinal": int, "digest": str},
        pk=("position", "ordinal"),
        not_null={"digest"},
        foreign_keys=[("position", "cases", "position"), ("digest", "materials", "digest")],
        strict=True,
    ).create_index(["digest"])


def _five_rating_reasons(db: Database) -> None:
    """What residents who were not satisfied pointed at, as codes with a space between."""
    db.execute("ALTER TABLE ratings ADD COLUMN reasons TEXT NOT NULL DEFAULT ''")


_CREATE_SEARCH_MISSES = """
CREATE TABLE search_misses (
    report_id TEXT NOT NULL PRIMARY KEY CHECK (length(report_id) = 32),
    day TEXT NOT NULL CHECK (length(day) = 10),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 2 AND 20),
    count INTEGER NOT NULL CHECK (count > 0),
    is_sent INTEGER NOT NULL DEFAULT 0 CHECK (is_sent IN (0, 1))
) STRICT, WITHOUT ROWID
"""
"""Without row ids, so that not even the order of the day's searches is kept."""


def _six_search_misses(db: Database) -> None:
    """Searches that found nothing, counted by text and day. What was sent once no longer counts up: see ``search_misses``."""
    db.execute(_CREATE_SEARCH_MISSES)
    db.execute("CREATE UNIQUE INDEX search_misses_counting ON search_misses(day, text) WHERE is_sent = 0")


MIGRATIONS: tuple[Migration, ...] = (
    _one_create,
    _two_ratings,
    _three_lean_commit,
    _four_materials,
    _five_rating_reasons,
    _six_search_misses,
)
