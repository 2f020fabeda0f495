"""A platform in memory, an outbox on a fresh file, and a clock that is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.cases import SealedCase, StatusFeed, SubmitAnswer
from contract.materials import MaterialState
from offline_queue.models import CaseCommitted
from offline_queue.policy import Failure, FailureKind
from offline_queue.settings import QueueSettings
from offline_queue.store import Outbox
from tests.helpers.cases import FakeClock, FixedIdentity, make_identity, sample_draft
from tests.helpers.platform_stand_in import Platform, Refused


class MemoryLine:
    """The platform without a network. ``script`` holds, one a request, a failure to answer with instead (``None``: honest)."""

    def __init__(self, platform: Platform, kiosk_id: str) -> None:
        self.platform, self.kiosk_id = platform, kiosk_id
        self.script: list[Failure | None] = []
        self.batches: list[int] = []

    def submit(self, cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        self.batches.append(len(cases))
        scripted = self.script.pop(0) if self.script else None
        if scripted is not None:
            return scripted
        try:
            return self.platform.submit(self.kiosk_id, cases)
        except Refused as refusal:
            return Failure(FailureKind.PERMANENT, refusal.code, refusal.detail)

    def material_state(self, digest: str) -> MaterialState | Failure:
        return self.platform.material_state(digest)

    def put_material(self, digest: str, offset: int, size: int, chunk: bytes) -> MaterialState | Failure:
        try:
            return self.platform.put_material(digest, offset, size, chunk)
        except Refused as refusal:
            return Failure(FailureKind.PERMANENT, refusal.code, refusal.detail)

    def status(self, after: str, limit: int) -> StatusFeed | Failure:
        return self.platform.status(self.kiosk_id, after, limit)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def identity(platform: Platform) -> FixedIdentity:
    made = make_identity(platform.sealing_keys, platform.receipt_keys)
    platform.kiosk_keys[made.kiosk_id] = [made.public_key]
    return FixedIdentity(made)


@pytest.fixture
def line(platform: Platform, identity: FixedIdentity) -> MemoryLine:
    assert identity.identity
    return MemoryLine(platform, identity.identity.kiosk_id)


@pytest.fixture
def outbox(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> Iterator[Outbox]:
    settings = QueueSettings(max_pending=1000)
    with Outbox.open(
        tmp_path / "queue.sqlite", identity, clock=clock, settings=settings, free_disk_bytes=lambda: 10**12
    ) as opened:
        yield opened


def commit(outbox: Outbox, count: int = 1) -> list[str]:
    """Ids of so many fresh cases."""
    ids = []
    for _ in range(count):
        outcome = outbox.accept(sample_draft())
        assert isinstance(outcome, CaseCommitted), outcome
        ids.append(outcome.case_id)
    return ids
