from __future__ import annotations

from pathlib import Path

import pytest

from offline_queue.models import CaseCommitted
from offline_queue.store import Outbox
from tests.helpers.cases import FakeClock, FixedIdentity, make_identity, sample_draft
from tests.helpers.platform_stand_in import Platform

pytestmark = pytest.mark.expects_warnings


def take(path: Path, identity: FixedIdentity, clock: FakeClock, count: int = 1) -> list[int]:
    with Outbox.open(path, identity, clock=clock) as outbox:
        taken = [outbox.accept(sample_draft()) for _ in range(count)]
    return [case.sequence for case in taken if isinstance(case, CaseCommitted)]


def test_counting_goes_on_after_a_restart(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> None:
    assert take(tmp_path / "q", identity, clock, 3) == [1, 2, 3]
    assert take(tmp_path / "q", identity, clock, 2) == [4, 5]


def test_no_number_is_given_twice_after_the_file_is_lost(tmp_path: Path, identity: FixedIdentity, clock: FakeClock) -> None:
    before = take(tmp_path / "q", identity, clock, 300)
    for path in tmp_path.glob("q*"):
        if not path.name.endswith(".reserve"):
            path.unlink()
    with Outbox.open(tmp_path / "q", identity, clock=clock) as outbox:
        assert outbox.damage
        assert outbox.damage.code == "vanished"
    after = take(tmp_path / "q", identity, clock, 2)
    assert min(after) > max(before)


@pytest.mark.parametrize("content", [b"", b"{", b'{"k": "x"}'])
def test_a_broken_reserve_is_written_anew(tmp_path: Path, identity: FixedIdentity, clock: FakeClock, content: bytes) -> None:
    take(tmp_path / "q", identity, clock, 2)
    reserve = tmp_path / "q.reserve"
    reserve.write_bytes(content)
    assert take(tmp_path / "q", identity, clock) == [3]
    assert b"k-330304-0001" in reserve.read_bytes()


def test_each_kiosk_id_counts_for_itself(tmp_path: Path, identity: FixedIdentity, clock: FakeClock, platform: Platform) -> None:
    take(tmp_path / "q", identity, clock, 2)
    identity.identity = make_identity(platform.sealing_keys, platform.receipt_keys, kiosk_id="k-new", device_code="A002")
    assert take(tmp_path / "q", identity, clock, 2) == [1, 2]


def test_a_reserve_that_cannot_be_written_refuses_the_case(
    tmp_path: Path, identity: FixedIdentity, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("offline_queue.sequences.write_durably", full)
    with Outbox.open(tmp_path / "q", identity, clock=clock) as outbox:
        refused = outbox.accept(sample_draft())
        assert not isinstance(refused, CaseCommitted)
        assert refused.code == "disk_full"
        monkeypatch.undo()
        taken = outbox.accept(sample_draft())
    assert isinstance(taken, CaseCommitted)
    assert taken.sequence == 1
