"""A true platform in a process of its own, and a terminal enrolled with it, for runs in which much goes wrong."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from contract.cases import Consent, FieldValue, Material
from contract.materials import material_digest
from offline_queue.clock import Clock
from offline_queue.enrolment import Enrolled, enrol
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseDraft, MaterialDraft, MaterialKept
from offline_queue.settings import QueueSettings
from offline_queue.store import Outbox
from offline_queue.transport import PlatformClient
from tests.helpers.canaries import CANARY_REMARKS
from tests.helpers.cases import CANARY_ID_NUMBER, sample_draft
from tests.helpers.platform_process import PlatformProcess, fleet

SMALL_BYTES, LARGE_BYTES = 5_000, 80_000
_CONSENT = Consent(purpose="case_data", text_version="1", language="zh", granted=True, at_ms=1_795_420_800_000)


def materials_are_sent() -> bool:
    """True once this version's client can send materials; before, cases of these runs name none, and the runs say so."""
    return any("material" in name for name in dir(PlatformClient))


def draft(materials: tuple[Material, ...] = ()) -> CaseDraft:
    """A whole case with a canary in each field that could leak."""
    fields = (
        FieldValue(name="id_number", value=CANARY_ID_NUMBER, source="card"),
        FieldValue(name="remarks", value=CANARY_REMARKS, source="resident"),
    )
    return sample_draft(consents=(_CONSENT,), fields=fields, materials=materials)


def material(size_bytes: int) -> MaterialDraft:
    """A scan whose bytes name the resident over and over, and that is like no other."""
    words = CANARY_REMARKS.encode()
    content = bytearray(os.urandom(32) + words * (size_bytes // len(words)))
    return MaterialDraft(kind="scan", name="测试 SAMPLE", media_type="image/jpeg", content=content)


def keep_both(outbox: Outbox) -> tuple[Material, ...]:
    """A small and a large material, as far as the queue took them."""
    kept = [outbox.materials.keep(material(size)) for size in (SMALL_BYTES, LARGE_BYTES)]
    return tuple(one.material for one in kept if isinstance(one, MaterialKept))


def queue_settings(**changes: float) -> QueueSettings:
    """Everything happens at once: purging without grace, letting go of old rows, folding the log in."""
    chosen: dict[str, float] = {"purge_grace_s": 0.0, "max_purged": 200, "checkpoint_pause_s": 0.02, "checkpoint_every": 40}
    return QueueSettings(**(chosen | changes))  # type: ignore[arg-type]


def open_queue(terminal: Path, *, clock: Clock | None = None, **settings: float) -> Outbox:
    """The queue of a terminal's folder. The free disk is not asked: in these runs the disk itself has to say no."""
    identities = IdentityStore(terminal / "identity")
    chosen = queue_settings(**settings)
    return Outbox.open(terminal / "queue.sqlite", identities, settings=chosen, clock=clock, free_disk_bytes=lambda: 10**12)


@dataclass(frozen=True, slots=True)
class Held:
    """What the platform's own database says."""

    digests: dict[str, str]
    states: dict[str, str]
    received: dict[str, int]
    """How often each case was entered."""
    shared_numbers: tuple[str, ...]
    """Receipt numbers that more than one case bears."""
    broken_materials: tuple[str, ...]
    """Materials that a case on the platform names and that are not whole there."""


class World:
    """The platform, and one terminal's folder ``terminal`` with ``identity/`` and ``queue.sqlite``."""

    def __init__(self, folder: Path, terminal: Path | None = None, *platform_words: str) -> None:
        self.folder, self.data = folder, folder / "platform"
        self.terminal = terminal or folder / "terminal"
        self.terminal.mkdir(parents=True, exist_ok=True)
        self._words = platform_words
        self._whole: set[str] = set()
        self.platform = PlatformProcess(self.data, *platform_words)
        self.url = self.platform.url
        self.identities = IdentityStore(self.terminal / "identity")
        try:
            self._enrol()
        except BaseException:
            self.platform.stop()
            raise

    def _enrol(self) -> None:
        told = fleet("enrol-token", "--region", "330304", "--data", self.data, "--json")
        assert told.returncode == 0, told.stderr
        outcome = enrol(self.url, json.loads(told.stdout)["token"], "测试机", "0.1", self.identities)
        assert isinstance(outcome, Enrolled), outcome

    def __enter__(self) -> World:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.platform.stop()

    def kill_platform(self) -> None:
        """As the power would."""
        self.platform.stop(signal.SIGKILL)

    def start_platform(self) -> None:
        """At the old address; nothing happens when it runs."""
        if self.platform.process.poll() is not None:
            self.platform.stop()
            self.platform = PlatformProcess(self.data, *self._words, listen=self.url.removeprefix("http://"))

    def held(self) -> Held:
        """Read past the running platform, from its file."""
        with closing(sqlite3.connect(f"file:{self.data / 'platform.sqlite3'}?mode=ro", uri=True, timeout=10)) as connection:
            rows = connection.execute("SELECT case_id, digest, state FROM cases").fetchall()
            entered = connection.execute(
                "SELECT case_id, count(*) FROM case_changes WHERE state = 'received' GROUP BY case_id"
            ).fetchall()
            shared = connection.execute("SELECT receipt_number FROM cases GROUP BY receipt_number HAVING count(*) > 1").fetchall()
            named = self._materials_named(connection)
        digests = {str(case_id): str(digest) for case_id, digest, _ in rows}
        states = {str(case_id): str(state) for case_id, _, state in rows}
        return Held(digests, states, dict(entered), tuple(str(row[0]) for row in shared), self._broken(named))

    @staticmethod
    def _materials_named(connection: sqlite3.Connection) -> set[str]:
        if not materials_are_sent():
            return set()
        return {str(row[0]) for row in connection.execute("SELECT digest FROM case_materials")}

    def _broken(self, digests: set[str]) -> tuple[str, ...]:
        """Each is read once; it has been whole since."""
        broken = []
        for digest in sorted(digests - self._whole):
            path = self.data / "materials" / digest[:2] / digest
            if path.exists() and material_digest(path.read_bytes()) == digest:
                self._whole.add(digest)
            else:
                broken.append(digest)
        return tuple(broken)
