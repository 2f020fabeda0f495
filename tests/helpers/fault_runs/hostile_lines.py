"""Cases over a line that cuts, delays, repeats, reorders, lies and shows wrong certificates, while the clock jumps."""

from __future__ import annotations

import random
import ssl
from collections import Counter
from pathlib import Path

from offline_queue.clock import Stamp, SystemClock
from offline_queue.models import CaseCommitted
from offline_queue.policy import Failure
from offline_queue.settings import TransportSettings
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.fault_world import World, draft, keep_both, materials_are_sent, open_queue
from tests.helpers.hostile_line import FAULTS, HostileLine
from tests.helpers.queue_invariants import check_all, check_claims, check_once, drain, new_syncer
from tests.helpers.tls_server import Authority, new_key

CERTIFICATES = ("expired", "not_yet_valid", "other_host", "self_signed", "other_authority")
_TEN_YEARS_MS = 10 * 365 * 86_400_000
_HURRIED = {"connect_timeout_s": 2.0, "io_timeout_s": 0.4}


class JumpingClock:
    """The machine's clocks, with a wall clock that is off by whatever it was told."""

    def __init__(self) -> None:
        self._true = SystemClock()
        self.off_ms = 0

    def now(self) -> Stamp:
        stamp = self._true.now()
        return Stamp(stamp.wall_ms + self.off_ms, stamp.boot_id, stamp.monotonic_ms)


class HostileLines:
    """One queue and one platform; a new line, with a mind of its own, in every run."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder, None, "--process-after", "0")
        self.acknowledged: set[str] = set()
        self.faults: Counter[str] = Counter()
        self.jumps = 0
        trusted, strange = folder / "authority", folder / "stranger"
        trusted.mkdir()
        strange.mkdir()
        self.authority, self.stranger = Authority(trusted), Authority(strange)

    def close(self) -> None:
        """End the platform."""
        self.world.platform.stop()

    def run(self, seed: int) -> list[str]:
        """Some cases over a bad line that gets good in the end, and what is wrong then."""
        chance = random.Random(seed)
        clock = JumpingClock()
        wrong: list[str] = []
        world = self.world
        with (
            open_queue(world.terminal, clock=clock) as outbox,
            HostileLine(world.url, seed) as line,
            PlatformClient(
                line.url, world.identities, outbox.platform_time, clock=clock, settings=TransportSettings(**_HURRIED)
            ) as client,
        ):
            syncer = new_syncer(outbox, client, world.terminal)
            line.faults.extend(chance.choices(FAULTS, k=chance.randrange(1, 9)))
            for _ in range(14):
                wrong += self._step(outbox, syncer, chance, clock)
                if not line.faults:
                    break
            line.faults.clear()
            wrong += check_claims(outbox, world.held())
            wrong += drain(outbox, syncer)
            held = world.held()
            wrong += check_all(outbox, held, self.acknowledged) + check_once(outbox, held, self.acknowledged, beyond=0)
            self.faults.update(fault for fault in line.done if fault)
        return [f"seed {seed} {[fault for fault in line.done if fault]}: {one}" for one in wrong]

    def _step(self, outbox: Outbox, syncer: Syncer, chance: random.Random, clock: JumpingClock) -> list[str]:
        """Up to three cases, perhaps a jump of the clock, and one pass."""
        wrong = []
        for number in range(chance.randrange(4)):
            named = keep_both(outbox) if number == 2 and materials_are_sent() else ()
            outcome = outbox.accept(draft(named))
            if isinstance(outcome, CaseCommitted):
                self.acknowledged.add(outcome.case_id)
            else:
                wrong.append(f"not taken: {outcome.code} {outcome.detail}")
        if chance.random() < 0.25:
            self.jumps += 1
            clock.off_ms = chance.choice((0, _TEN_YEARS_MS, -_TEN_YEARS_MS))
        syncer.run_once()
        return wrong

    def show_certificate(self, kind: str) -> list[str]:
        """The platform behind a wrong certificate; not a byte of a request may be sent."""
        world = self.world
        settings = TransportSettings(ca_file=str(self.authority.ca_file), **_HURRIED)
        with (
            open_queue(world.terminal) as outbox,
            HostileLine(world.url, 0, self._context(kind)) as line,
            PlatformClient(line.url, world.identities, outbox.platform_time, settings=settings) as client,
        ):
            answer = client.status("", 10)
            if kind == "right":
                return [f"the right certificate was refused: {answer}"] if isinstance(answer, Failure) else []
            refused = isinstance(answer, Failure) and answer.code in {"certificate_not_trusted", "tls_failed"}
            wrong = [] if refused else [f"{kind} certificate: {answer}"]
            return wrong + [f"{kind} certificate: {len(line.received)} bytes were sent"] * bool(line.received)

    def _context(self, kind: str) -> ssl.SSLContext:
        key = new_key()
        match kind:
            case "right":
                return self.authority.server(key)
            case "expired":
                return self.authority.server(key, from_day=-20, to_day=-1)
            case "not_yet_valid":
                return self.authority.server(key, from_day=1, to_day=20)
            case "other_host":
                return self.authority.server(key, host="127.0.0.2")
            case "self_signed":
                return self.authority.server(key, self_signed=True)
        return self.stranger.server(key)
