"""The power goes while cases are taken and sent: the file system below the queue is shut down in the midst of it."""

from __future__ import annotations

import random
import signal
from pathlib import Path

from offline_queue.transport import PlatformClient
from tests.helpers.canaries import traces_in
from tests.helpers.fault_runs.load import Load
from tests.helpers.fault_world import World, open_queue
from tests.helpers.loop_disk import LoopDisk
from tests.helpers.queue_invariants import check_all, check_claims, check_once, check_secrets, drain, new_syncer, rows_of


class PowerCuts:
    """One disk with one queue, whose power goes again and again; the platform stands elsewhere and has its own."""

    def __init__(self, folder: Path, kind: str, *, reckless: bool = False) -> None:
        """``reckless`` turns off SQLite's syncs, and sending with them: then cases must be lost. Raises ``NoLoopDisk``."""
        self._words = ("--reckless", "--no-sync") if reckless else ()
        self.disk = LoopDisk(folder, kind)
        try:
            self.world = World(folder, self.disk.mount / "terminal", "--process-after", "0")
        except BaseException:
            self.disk.close()
            raise
        self.acknowledged: set[str] = set()
        self.late: list[str] = []

    def close(self) -> None:
        """End the platform and take down the disk."""
        self.world.platform.stop()
        self.disk.close()

    def cut(self, seed: int) -> list[str]:
        """One life of the terminal up to the power cut, and the power's return. Returns what is wrong with the life."""
        chance = random.Random(seed)
        world = self.world
        load = Load(world.terminal, world.url, seed, *self._words, scratch=world.folder / "scratch")
        told = None
        try:
            load.wait_ready()
            load.wait(chance.uniform(0.0, 1.0))
            if chance.random() < 0.5:
                load.freeze()
            else:
                # Here the disk goes and the processor lives on for a while. The kernel's shutdown is not of one moment: a sync
                # under way may report success and be lost. What is told from here on, no machine without power could tell.
                told = len(load.acknowledged)
        finally:
            self.disk.cut_power()
            load.wait(chance.choice((0.0, 0.05, 0.3)))
            code = load.kill()
            self.disk.restore_power()
        self.acknowledged.update(load.acknowledged[:told])
        self.late = load.acknowledged[told:] if told is not None else []
        # A page of a mapped file that the dead disk cannot bring ends a process by SIGBUS, as it would on a terminal.
        return [] if code == -signal.SIGBUS else load.crash(code)

    def run(self, seed: int) -> list[str]:
        """A power cut and all that is wrong afterwards."""
        wrong = self.cut(seed)
        world = self.world
        with open_queue(world.terminal) as outbox:
            held = world.held()
            wrong += check_all(outbox, held, self.acknowledged, beyond=1 + len(self.late))
            self.acknowledged |= {row["case_id"] for row in rows_of(outbox)} | set(held.digests)
            with PlatformClient(world.url, world.identities, outbox.platform_time) as client:
                wrong += drain(outbox, new_syncer(outbox, client, world.terminal))
            held = world.held()
            wrong += check_once(outbox, held, self.acknowledged, beyond=0) + check_claims(outbox, held)
        return wrong + check_secrets(world.terminal, world.folder / "scratch")

    def lost_after_cut(self, seed: int) -> int:
        """How many acknowledged cases a cut took: the count that must be above zero where nothing is synced."""
        self.cut(seed)
        with open_queue(self.world.terminal) as outbox:
            there = {row["case_id"] for row in rows_of(outbox)}
        lost = self.acknowledged - there
        self.acknowledged &= there
        return len(lost)

    def raw_traces(self) -> list[str]:
        """Canaries anywhere on the disk, its free blocks and its journal included."""
        return [f"the raw {self.disk.kind} gives away {hit}" for hit in traces_in(self.disk.image)]
