"""kill -9 at random moments and at named points of commit, batch, receipt and purge; the platform dies now and then as well."""

from __future__ import annotations

import random
from pathlib import Path

from offline_queue.transport import PlatformClient
from tests.helpers.fault_runs.load import Load
from tests.helpers.fault_world import World, open_queue
from tests.helpers.queue_child import COMMIT_POINTS, SYNC_POINTS
from tests.helpers.queue_invariants import check_all, check_claims, check_once, check_secrets, drain, new_syncer

_POINTS = COMMIT_POINTS + SYNC_POINTS
_PLATFORM_DIES = 0.2


class Kills:
    """One queue and one platform that live through all the runs."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder, None, "--process-after", "0")
        self.acknowledged: set[str] = set()
        self.at_points = self.platform_deaths = self.unacknowledged = 0

    def close(self) -> None:
        """End the platform."""
        self.world.platform.stop()

    def run(self, seed: int) -> list[str]:
        """One life of the terminal, its violent end, and what is wrong afterwards."""
        chance = random.Random(seed)
        at_point = chance.random() < 0.5
        words = ("--die", chance.choice(_POINTS), str(chance.randrange(1, 8))) if at_point else ()
        load = Load(self.world.terminal, self.world.url, seed, *words, scratch=self.world.folder / "scratch")
        try:
            load.wait_ready()
            self._let_it_work(load, chance, at_point)
        finally:
            code = load.kill()
        self.acknowledged.update(load.acknowledged)
        wrong = load.crash(code)
        if chance.random() < _PLATFORM_DIES:
            self.platform_deaths += 1
            self.world.kill_platform()
        self.world.start_platform()
        return wrong + self._inspect()

    def _let_it_work(self, load: Load, chance: random.Random, at_point: bool) -> None:
        if chance.random() < _PLATFORM_DIES / 2:
            load.wait(chance.uniform(0.0, 0.5))
            self.world.kill_platform()
            self.platform_deaths += 1
        # A point that is not reached, for example a purge while nothing is processed, ends as a random moment.
        if load.wait(1.0 if at_point else chance.uniform(0.0, 0.8)) and at_point:
            self.at_points += 1

    def _inspect(self) -> list[str]:
        world = self.world
        with open_queue(world.terminal) as outbox:
            held = world.held()
            wrong = check_all(outbox, held, self.acknowledged, beyond=1)
            strangers = ({case.case_id for _, case in outbox.list_cases(limit=100_000)} | set(held.digests)) - self.acknowledged
            self.unacknowledged += len(strangers)
            self.acknowledged |= strangers  # committed, but the word of it was cut off: from here on it counts like any other
            with PlatformClient(world.url, world.identities, outbox.platform_time) as client:
                wrong += drain(outbox, new_syncer(outbox, client, world.terminal))
            held = world.held()
            wrong += check_once(outbox, held, self.acknowledged, beyond=0) + check_claims(outbox, held)
        return wrong + check_secrets(world.terminal, world.folder / "scratch")
