"""A terminal's queue in a process of its own, which can be told where to die.

``python -m tests.helpers.queue_child FOLDER commit|bundles|sync [POINT CALL]`` prints the id of every case whose commit was reported,
or ``done``; of a bundle of three all ids in one line. At the ``CALL``-th passing of ``POINT`` (``module:attribute:before|after``) it kills itself without any goodbye.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from pathlib import Path

from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted, CaseRefused
from offline_queue.settings import QueueSettings, SyncSettings
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.cases import sample_draft

CASES = 1000
COMMIT_POINTS = [
    "offline_queue.sequences:SequenceReserve.cover:before",
    "offline_queue.sequences:SequenceReserve.cover:after",
    "offline_queue.sequences:write_durably:before",
    "offline_queue.sequences:write_durably:after",
    "offline_queue.acceptance:seal_case:before",
    "offline_queue.acceptance:seal_case:after",
    "offline_queue.intake:intake_values:after",
    "offline_queue.database:QueueDatabase.execute_alone:before",
    "offline_queue.database:QueueDatabase.execute_alone:after",
    "offline_queue.store:Outbox.accept:after",
]
BUNDLE_POINTS = [
    "offline_queue.acceptance:seal_case:after",
    "offline_queue.intake:intake_values:after",
    "offline_queue.store:Outbox.accept_together:before",
    "offline_queue.store:Outbox.accept_together:after",
]
SYNC_POINTS = [
    "offline_queue.leases:move_all:before",
    "offline_queue.leases:claim:after",
    "offline_queue.store:Outbox.claim:after",
    "offline_queue.transport:PlatformClient.submit:before",
    "offline_queue.transport:PlatformClient.submit:after",
    "offline_queue.deliveries:record:before",
    "offline_queue.deliveries:move_all:after",
    "offline_queue.deliveries:record:after",
    "offline_queue.store:Outbox.record:after",
    "offline_queue.transport:PlatformClient.status:after",
    "offline_queue.deliveries:_end:after",
    "offline_queue.deliveries:_write_cursor:after",
    "offline_queue.store:Outbox.take_statuses:after",
    "offline_queue.deliveries:purge:after",
    "offline_queue.store:Outbox.purge:before",
    "offline_queue.store:Outbox.purge:after",
]


def die_at(point: str, call: int) -> None:
    module_name, path, when = point.split(":")
    owner = importlib.import_module(module_name)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original = getattr(owner, name)
    passed = 0

    def fatal(*args: object, **keywords: object) -> object:
        nonlocal passed
        passed += 1
        if when == "before" and passed == call:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **keywords)
        if when == "after" and passed == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, fatal)


def main(folder: Path, work: str) -> None:
    identities = IdentityStore(folder / "identity")
    settings = QueueSettings(purge_grace_s=0.0)
    with Outbox.open(folder / "queue.sqlite", identities, settings=settings, free_disk_bytes=lambda: 10**12) as outbox:
        if work == "commit":
            for _ in range(CASES):
                taken = outbox.accept(sample_draft())
                assert isinstance(taken, CaseCommitted), taken
                print(taken.case_id, flush=True)  # noqa: T201 - this is what the parent waits for
            return
        if work == "bundles":
            for _ in range(CASES // 3):
                parts = outbox.accept_together([sample_draft() for _ in range(3)])
                assert not isinstance(parts, CaseRefused), parts
                print(" ".join(part.case_id for part in parts), flush=True)  # noqa: T201 - as above
            return
        identity = identities.current()
        assert identity
        with PlatformClient(identity.base_url, identities, outbox.platform_time) as client:
            Syncer(outbox, client, identities, settings=SyncSettings(batch_cases=5)).run_once()
        print("done", flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    if len(sys.argv) > 3:
        die_at(sys.argv[3], int(sys.argv[4]))
    main(Path(sys.argv[1]), sys.argv[2])
