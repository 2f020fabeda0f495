from __future__ import annotations

import os
from pathlib import Path

import pytest

from contract.cases import Material
from contract.materials import MAX_MATERIAL_BYTES, material_digest, unpack
from offline_queue.materials import INLINE_BYTES, ORPHAN_AGE_MS
from offline_queue.models import CaseCommitted, CaseRefused, MaterialDraft, MaterialKept, RefusalCode
from offline_queue.settings import QueueSettings
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from tests.helpers.cases import FakeClock, FixedIdentity, sample_draft
from tests.helpers.platform_stand_in import Platform
from tests.unit.offline_queue.conftest import MemoryLine

LARGE = INLINE_BYTES * 3


def scan(size: int, fill: bytes = b"scan") -> MaterialDraft:
    content = bytearray((fill * (size // len(fill) + 1))[:size])
    return MaterialDraft(kind="id_card_copy", name="测试 身份证复印件", media_type="image/jpeg", content=content)


def keep(outbox: Outbox, size: int, fill: bytes = b"scan") -> Material:
    kept = outbox.materials.keep(scan(size, fill))
    assert isinstance(kept, MaterialKept)
    return kept.material


def folder_of(outbox: Outbox) -> Path:
    path = outbox._database.path
    return path.with_name(path.name + ".materials")


def rows(outbox: Outbox) -> int:
    with outbox._database.read() as connection:
        return int(connection.execute("SELECT count(*) FROM materials").fetchone()[0])


@pytest.mark.parametrize("size", [1, 1000, INLINE_BYTES - 2000, LARGE])
def test_a_material_is_sealed_named_by_its_digest_and_forgotten_in_plain(outbox: Outbox, platform: Platform, size: int) -> None:
    draft = scan(size)
    plain = bytes(draft.content)
    kept = outbox.materials.keep(draft)
    assert isinstance(kept, MaterialKept)
    assert draft.content == bytes(size), "the plain bytes are overwritten"
    reader = outbox.materials.reader(kept.material.digest)
    assert reader
    packed = reader.read(0, reader.size_bytes)
    assert material_digest(packed) == kept.material.digest
    assert plain not in packed or size < 16
    header, sealed = unpack(packed)
    assert platform.open_material(header, sealed) == plain
    assert (folder_of(outbox) / kept.material.digest).exists() is (len(packed) > INLINE_BYTES)


@pytest.mark.expects_warnings
@pytest.mark.parametrize("size", [0, MAX_MATERIAL_BYTES + 1])
def test_an_empty_or_oversized_material_is_refused_and_wiped(outbox: Outbox, size: int) -> None:
    draft = scan(size)
    refused = outbox.materials.keep(draft)
    assert isinstance(refused, CaseRefused)
    assert refused.code is RefusalCode.MATERIAL_TOO_LARGE
    assert not any(draft.content)
    assert rows(outbox) == 0
    assert not folder_of(outbox).exists()


@pytest.mark.expects_warnings
def test_a_case_that_names_a_material_that_is_not_here_is_refused_whole(outbox: Outbox) -> None:
    here = keep(outbox, 100)
    gone = Material(digest="0" * 64, kind="x", name="x", media_type="x", plain_sha256="0" * 64, size_bytes=1)
    refused = outbox.accept(sample_draft(materials=(here, gone)))
    assert isinstance(refused, CaseRefused)
    assert refused.code is RefusalCode.MATERIAL_MISSING
    assert outbox.pending_count() == 0
    taken = outbox.accept(sample_draft(materials=(here,)))
    assert isinstance(taken, CaseCommitted)
    assert taken.sequence == 1, "a refused case uses up no number"


def test_materials_travel_before_their_case_and_can_be_opened(
    outbox: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform
) -> None:
    materials = (keep(outbox, 5_000, b"one "), keep(outbox, 3 * 1024 * 1024, b"two "))
    taken = outbox.accept(sample_draft(materials=materials))
    plain = outbox.accept(sample_draft())
    assert isinstance(taken, CaseCommitted)
    assert isinstance(plain, CaseCommitted)
    report = Syncer(outbox, line, identity).run_once()
    assert (report.delivered, report.failure) == (2, None)
    held = platform.held[taken.case_id]
    assert held.header.materials == tuple(material.digest for material in materials)
    assert held.payload.materials == materials
    for material in materials:
        opened = platform.open_material(*unpack(platform.materials[material.digest]))
        assert len(opened) == material.size_bytes


def test_sending_goes_on_where_the_line_broke(
    outbox: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform
) -> None:
    material = keep(outbox, 3 * 1024 * 1024)
    reader = outbox.materials.reader(material.digest)
    assert reader
    platform.materials[material.digest] = reader.read(0, 1_234_567)
    assert isinstance(outbox.accept(sample_draft(materials=(material,))), CaseCommitted)
    offsets: list[int] = []
    honest = line.put_material
    line.put_material = lambda digest, offset, size, chunk: (offsets.append(offset), honest(digest, offset, size, chunk))[1]  # type: ignore[method-assign]
    assert Syncer(outbox, line, identity).run_once().delivered == 1
    assert offsets[0] == 1_234_567


def test_a_material_gone_from_the_disk_brings_its_case_to_the_desk_and_holds_up_nothing(
    outbox: Outbox, line: MemoryLine, identity: FixedIdentity
) -> None:
    lost = keep(outbox, LARGE)
    with_it, without = outbox.accept(sample_draft(materials=(lost,))), outbox.accept(sample_draft())
    assert isinstance(with_it, CaseCommitted)
    assert isinstance(without, CaseCommitted)
    (folder_of(outbox) / lost.digest).unlink()
    report = Syncer(outbox, line, identity).run_once()
    assert (report.delivered, report.needs_staff) == (1, 1)
    assert [(case.case_id, case.reason_code) for case in outbox.needs_staff()] == [(with_it.case_id, "material_missing")]


def test_a_rotten_material_is_noticed_by_its_digest(outbox: Outbox, line: MemoryLine, identity: FixedIdentity) -> None:
    rotten = keep(outbox, LARGE)
    taken = outbox.accept(sample_draft(materials=(rotten,)))
    assert isinstance(taken, CaseCommitted)
    path = folder_of(outbox) / rotten.digest
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    Syncer(outbox, line, identity).run_once()
    assert [case.reason_code for case in outbox.needs_staff()] == ["material_damaged"]


def test_a_platform_that_lost_a_material_gets_it_again(
    outbox: Outbox, line: MemoryLine, identity: FixedIdentity, platform: Platform, clock: FakeClock
) -> None:
    material = keep(outbox, LARGE)
    assert isinstance(outbox.accept(sample_draft(materials=(material,))), CaseCommitted)
    outbox.materials.mark([material.digest], are_sent=True)
    assert isinstance(outbox.accept(sample_draft(materials=(material,))), CaseCommitted)
    outbox.materials.mark([material.digest], are_sent=True)
    assert Syncer(outbox, line, identity).run_once().waiting == 2
    clock.advance(10)
    assert Syncer(outbox, line, identity).run_once().delivered == 2
    assert platform.material_state(material.digest).complete


def test_what_no_case_names_is_swept_after_a_day_and_nothing_else(
    outbox: Outbox, line: MemoryLine, identity: FixedIdentity, clock: FakeClock, platform: Platform
) -> None:
    orphans = [keep(outbox, 100), keep(outbox, LARGE)]
    named = [keep(outbox, 100), keep(outbox, LARGE)]
    taken = outbox.accept(sample_draft(materials=tuple(named)))
    assert isinstance(taken, CaseCommitted)
    for path in folder_of(outbox).iterdir():
        os.utime(path, (clock.wall_ms / 1000, clock.wall_ms / 1000))
    assert outbox.materials.sweep() == 0
    clock.advance(ORPHAN_AGE_MS / 1000 + 60)
    assert outbox.materials.sweep() == 2
    assert [outbox.materials.reader(material.digest) is None for material in (*orphans, *named)] == [True, True, False, False]
    Syncer(outbox, line, identity).run_once()
    platform.process()
    Syncer(outbox, line, identity).run_once()
    clock.advance(QueueSettings().purge_grace_s + 60)
    assert Syncer(outbox, line, identity).run_once().purged == 1
    assert outbox.state_of(taken.case_id) is CaseState.PURGED
    assert rows(outbox) == 0
    assert list(folder_of(outbox).iterdir()) == []


def test_a_half_written_file_is_swept_too(outbox: Outbox, clock: FakeClock) -> None:
    keep(outbox, LARGE)
    half = folder_of(outbox) / ("ab" * 32 + ".new")
    half.write_bytes(b"half")
    stranger = folder_of(outbox) / "README"
    stranger.write_bytes(b"not ours")
    for path in folder_of(outbox).iterdir():
        os.utime(path, (clock.wall_ms / 1000 - 200_000, clock.wall_ms / 1000 - 200_000))
    assert outbox.materials.sweep() == 2
    assert list(folder_of(outbox).iterdir()) == [stranger]


@pytest.mark.expects_warnings
def test_salvage_ties_large_materials_whose_rows_are_lost_so_that_they_are_never_swept(
    outbox: Outbox, line: MemoryLine, identity: FixedIdentity, clock: FakeClock, tmp_path: Path
) -> None:
    materials = keep(outbox, LARGE), keep(outbox, LARGE, b"two ")
    taken = outbox.accept(sample_draft(materials=materials))
    assert isinstance(taken, CaseCommitted)
    folder, path = folder_of(outbox), tmp_path / "queue.sqlite"
    with outbox._database.read() as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'materials'").fetchone()[0]
    outbox.close()
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with Outbox.open(path, identity, clock=clock, free_disk_bytes=lambda: 10**12) as salvaged:
        assert salvaged.damage
        assert salvaged.damage.salvaged == 1
        for file in folder.iterdir():
            os.utime(file, (clock.wall_ms / 1000, clock.wall_ms / 1000))
        clock.advance(ORPHAN_AGE_MS / 1000 + 60)
        assert salvaged.materials.sweep() == 0
        assert len(list(folder.iterdir())) == 2
        assert Syncer(salvaged, line, identity).run_once().delivered == 1
