"""What must be true of a queue and its platform after anything. Each check returns what is wrong, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from contract.materials import material_digest
from offline_queue.identity import IdentityStore
from offline_queue.materials import MaterialReader
from offline_queue.policy import Failure
from offline_queue.settings import SyncSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.canaries import search
from tests.helpers.fault_world import Held

SYNC = SyncSettings(batch_cases=7)
_CLAIMED = {CaseState.ACCEPTED, CaseState.PROCESSED, CaseState.PURGED}


def rows_of(outbox: Outbox) -> list[dict[str, str]]:
    """Id, digest, state and number of every case in the queue, as its file says."""
    with outbox._database.read() as connection:
        rows = connection.execute("SELECT case_id, digest, state, receipt_number FROM cases ORDER BY position").fetchall()
    return [{name: str(row[name]) for name in row.keys()} for row in rows]  # noqa: SIM118 - a Row iterates over values


def check_once(outbox: Outbox, held: Held, acknowledged: Collection[str], *, beyond: int) -> list[str]:
    """Every acknowledged id is here or there, none twice, and at most ``beyond`` cases exist that were never acknowledged."""
    ids = [row["case_id"] for row in rows_of(outbox)]
    everywhere = set(ids) | set(held.digests)
    wrong = [f"{case_id} was acknowledged and is gone" for case_id in sorted(set(acknowledged) - everywhere)]
    wrong += [f"{case_id} is in the queue twice" for case_id in sorted(set(ids)) if ids.count(case_id) > 1]
    wrong += [f"{case_id} was entered {times} times by the platform" for case_id, times in held.received.items() if times != 1]
    wrong += [f"receipt number {number} was given twice" for number in held.shared_numbers]
    wrong += [f"material {digest[:16]} of a delivered case is not whole on the platform" for digest in held.broken_materials]
    strangers = sorted(everywhere - set(acknowledged))
    if len(strangers) > beyond:
        wrong.append(f"{len(strangers)} cases exist that nobody was told of, at most {beyond} may: {strangers[:5]}")
    return wrong


def check_claims(outbox: Outbox, held: Held) -> list[str]:
    """Nothing is said to be delivered that the platform does not hold with the same digest; nor processed before it is."""
    wrong = []
    for row in rows_of(outbox):
        case_id, state = row["case_id"], row["state"]
        if case_id in held.digests and held.digests[case_id] != row["digest"]:
            wrong.append(f"{case_id}: the platform holds other bytes under this id")
        if state in _CLAIMED and case_id not in held.digests:
            wrong.append(f"{case_id} is {state} here, and the platform does not hold it")
        if state in {CaseState.PROCESSED, CaseState.PURGED} and held.states.get(case_id) != "processed":
            wrong.append(f"{case_id} is {state} here, and {held.states.get(case_id)} on the platform")
    return wrong


def check_file(outbox: Outbox) -> list[str]:
    """The audit chain holds, the counts are those of the rows, no number stands twice, and what is to be sent is whole."""
    wrong = []
    broken = outbox.first_broken_audit_entry()
    if broken is not None:
        wrong.append(f"the audit chain breaks at entry {broken}")
    rows = rows_of(outbox)
    counted = {state: sum(row["state"] == state for row in rows) for state in CaseState}
    if outbox.counts() != counted:
        wrong.append(f"the counts say {outbox.counts()}, the rows {counted}")
    if len({row["receipt_number"] for row in rows}) != len(rows):
        wrong.append("a receipt number stands twice in the queue")
    return wrong + list(_incomplete(outbox))


def _incomplete(outbox: Outbox) -> Iterator[str]:
    with outbox._database.read() as connection:
        bare = connection.execute(
            "SELECT case_id FROM cases WHERE state <> 'purged' AND position NOT IN (SELECT position FROM envelopes)"
        ).fetchall()
        named = connection.execute("SELECT DISTINCT digest FROM case_materials").fetchall()
        store = outbox._acceptance.materials
        gone = [row["digest"] for row in named if not _is_whole(store.reader(connection, row["digest"]))]
    yield from (f"{row['case_id']} has lost its sealed bytes" for row in bare)
    yield from (f"material {digest[:16]}, which a case names, is not whole" for digest in gone)


def _is_whole(reader: MaterialReader | None) -> bool:
    return reader is not None and material_digest(reader.read(0, reader.size_bytes)) == reader.digest


def check_all(outbox: Outbox, held: Held, acknowledged: Collection[str], *, beyond: int = 0) -> list[str]:
    """All of the above, for a queue that must have come through without damage."""
    damage = [] if outbox.damage is None else [f"the file counts as {outbox.damage.code}: {outbox.damage.detail}"]
    return damage + check_once(outbox, held, acknowledged, beyond=beyond) + check_claims(outbox, held) + check_file(outbox)


def check_secrets(*folders: Path) -> list[str]:
    """No file below ``folders`` tells who the resident is."""
    return [f"{Path(path).name} gives away {', '.join(hits)}" for path, hits in search(*folders).items()]


def drain(outbox: Outbox, syncer: Syncer, *, passes: int = 12) -> list[str]:
    """Over a good line everything arrives; staff send again what stands on their desk, or waits."""
    failure: Failure | None = None
    for _ in range(passes):
        for state in (CaseState.NEEDS_STAFF, CaseState.WAITING):
            for _, case in outbox.list_cases(state, limit=10_000):
                outbox.retry(case.case_id, by="W001")
        failure = syncer.run_once().failure
        if failure is None and outbox.pending_count() == 0:
            return []
    return [f"over a good line {outbox.counts()} are left; {failure}"]


def new_syncer(outbox: Outbox, line: object, terminal: Path) -> Syncer:
    """A sync with small batches, so that there are many of them."""
    return Syncer(outbox, line, IdentityStore(terminal / "identity"), settings=SYNC)  # type: ignore[arg-type]
