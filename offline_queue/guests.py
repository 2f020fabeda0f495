"""Changing a queue that another process may be serving: staff's decisions and receipts from a stick, from a command.

A guest neither checks nor repairs nor migrates nor creates: all that is the terminal's, which may be running at this moment.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from offline_queue.acceptance import Acceptance
from offline_queue.case_ids import CaseIds
from offline_queue.clock import Clock, SystemClock
from offline_queue.database import QueueDatabase
from offline_queue.identity import IdentitySource
from offline_queue.inspection import connect_read_only
from offline_queue.materials import MaterialStore
from offline_queue.platform_time import PlatformTime
from offline_queue.sequences import SequenceReserve
from offline_queue.settings import QueueSettings
from offline_queue.store import Outbox


@dataclass(frozen=True, slots=True)
class Guest:
    """An open queue, to be changed."""

    outbox: Outbox
    database: QueueDatabase
    clock: Clock


@contextmanager
def join(
    path: Path, identity: IdentitySource, *, settings: QueueSettings | None = None, clock: Clock | None = None
) -> Iterator[Guest]:
    """Open the queue at ``path`` beside whoever else has it open, for the time of the ``with``.

    Raises ``KnownError``; for what is no queue of this version (see ``inspection``) the file stays untouched.
    """
    settings, clock = settings or QueueSettings(), clock or SystemClock()
    connect_read_only(path, settings.busy_timeout_s).close()
    reserve = SequenceReserve(path)
    with closing(QueueDatabase(path, settings)) as database:
        acceptance = Acceptance(
            settings,
            PlatformTime(clock),
            reserve,
            MaterialStore(path.with_name(path.name + ".materials")),
            CaseIds(os.urandom),
            lambda: shutil.disk_usage(path.parent).free,
        )
        yield Guest(Outbox(database, identity, acceptance, clock), database, clock)
