"""A terminal at work, until it is killed: one thread takes cases, another sends them.

``python -m tests.helpers.queue_load FOLDER URL SEED [--no-sync] [--reckless] [--materials] [--die POINT CALL]`` prints ``ready``, then
the id of every case once its commit was reported; the id is in the pipe before the next case is begun. ``--reckless`` turns off
SQLite's syncs: what a power cut then takes shows that the run can fail at all. Ends by itself when the disk refuses.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import random
import signal
import threading
from pathlib import Path

from offline_queue import database
from offline_queue.errors import KnownError
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted
from offline_queue.store import Outbox
from offline_queue.transport import PlatformClient
from tests.helpers.fault_world import draft, keep_both, open_queue
from tests.helpers.queue_child import die_at
from tests.helpers.queue_invariants import new_syncer

_PR_SET_PDEATHSIG = 1


def tell(word: str) -> None:
    os.write(1, f"{word}\n".encode())


def take_cases(outbox: Outbox, chance: random.Random, over: threading.Event, with_materials: bool) -> None:
    number = 0
    while not over.is_set():
        number += 1
        # Bursts and pauses, so that the log is folded in and begun anew in between.
        over.wait(chance.choice((0.0, 0.0, 0.005, 0.03)))
        named = keep_both(outbox) if with_materials and number % 8 == 0 else ()
        outcome = outbox.accept(draft(named))
        if not isinstance(outcome, CaseCommitted):
            return
        tell(outcome.case_id)


def send_cases(outbox: Outbox, folder: Path, url: str, over: threading.Event) -> None:
    with PlatformClient(url, IdentityStore(folder / "identity"), outbox.platform_time) as client:
        syncer = new_syncer(outbox, client, folder)
        while not over.wait(0.01):
            try:
                syncer.run_once()
            except KnownError:
                return


def be_reckless() -> None:
    original = database.connect

    def connect(*given: object) -> object:
        connection = original(*given)  # type: ignore[arg-type]
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    database.connect = connect  # type: ignore[assignment]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("seed", type=int)
    parser.add_argument("--no-sync", action="store_true")
    parser.add_argument("--reckless", action="store_true")
    parser.add_argument("--materials", action="store_true")
    parser.add_argument("--die", nargs=2, metavar=("POINT", "CALL"))
    asked = parser.parse_args()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if asked.reckless:
        be_reckless()
    if asked.die:
        die_at(asked.die[0], int(asked.die[1]))
    over = threading.Event()
    with open_queue(asked.folder) as outbox:
        tell("ready")
        chance = random.Random(asked.seed)
        sending = threading.Thread(target=send_cases, args=(outbox, asked.folder, asked.url, over), daemon=True)
        if not asked.no_sync:
            sending.start()
        take_cases(outbox, chance, over, asked.materials)
        over.set()
        if not asked.no_sync:
            sending.join()


if __name__ == "__main__":
    main()
