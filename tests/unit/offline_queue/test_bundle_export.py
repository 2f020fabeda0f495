"""The way out by stick: every byte of the bundle, repeats, cuts at every step, full sticks, and receipts read back."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.bundle import (
    BUNDLE_PREFIX,
    MANIFEST,
    MATERIALS,
    RECEIPTS,
    SIGNATURE,
    BundleManifest,
    BundleReceipts,
    BundleSignature,
)
from contract.cases import Accepted, CaseHeader, CaseOutcome, Conflict, Later, Rejected, SealedCase, SubmitCases
from offline_queue import bundle_export, bundle_files
from offline_queue.bundle_export import Exported, ExportProblem, NotExported, export
from offline_queue.bundle_receipts import ReadBack, read_receipts, take_receipts
from offline_queue.guests import join
from offline_queue.leases import new_owner
from offline_queue.sealing import signature_holds
from offline_queue.states import CaseState
from offline_queue.verify import verify
from tests.helpers.platform_stand_in import Platform
from tests.helpers.queues import KIOSK, Built, build, import_stick, open_outbox, take

PENDING = ("waiting", "desk", "put back", "sending", "committed")


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return build(tmp_path / "data")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder / "bundle"


def write(built: Built, folder: Path) -> Exported | NotExported:
    return export(built.path, built.identity.current(), folder, data_folder=built.data)


def read(folder: Path, built: Built) -> tuple[BundleManifest, list[SealedCase]]:
    """A bundle as a careful reader takes it; raises when anything in it is not as the contract says."""
    content = (folder / MANIFEST).read_bytes()
    signed = msgspec.json.decode((folder / SIGNATURE).read_bytes(), type=BundleSignature)
    public_key = built.identity.known_public_keys()[0]
    Ed25519PublicKey.from_public_bytes(public_key).verify(signed.signature, BUNDLE_PREFIX + content)
    manifest = msgspec.json.decode(content, type=BundleManifest)
    assert (manifest.version, manifest.kiosk_id, signed.kiosk_id) == (1, KIOSK, KIOSK)
    cases: list[SealedCase] = []
    for part in manifest.parts:
        body = (folder / part.file).read_bytes()
        assert hashlib.sha256(body).hexdigest() == part.sha256
        held = msgspec.msgpack.decode(body, type=SubmitCases).cases
        assert len(held) == part.cases <= 500
        assert len(body) <= 4 * 1024 * 1024
        cases += held
    for digest in manifest.materials:
        assert hashlib.sha256((folder / MATERIALS / digest).read_bytes()).hexdigest() == digest
    return manifest, cases


def headers(cases: list[SealedCase]) -> list[CaseHeader]:
    return [msgspec.json.decode(case.header, type=CaseHeader) for case in cases]


def states(built: Built) -> dict[str, CaseState | None]:
    with open_outbox(built) as outbox:
        return {name: outbox.state_of(case_id) for name, case_id in built.cases.items()}


def test_a_bundle_holds_all_pending_cases_oldest_first_with_their_materials(built: Built, stick: Path) -> None:
    before = states(built)
    outcome = write(built, stick)
    assert isinstance(outcome, Exported)
    manifest, cases = read(stick, built)
    assert [header.case_id for header in headers(cases)] == [built.cases[name] for name in PENDING]
    assert all(signature_holds(case, built.identity.known_public_keys()[0]) for case in cases)
    named = [digest for header in headers(cases) for digest in header.materials]
    assert list(manifest.materials) == named
    assert len(named) == 4
    assert (outcome.cases, outcome.damaged, outcome.missing_materials) == (5, 0, 0)
    assert {path.name for path in stick.iterdir()} == {MANIFEST, SIGNATURE, "cases-00001.msgpack", MATERIALS}
    assert {path.name for path in (stick / MATERIALS).iterdir()} == set(named)
    assert states(built) == before
    assert {finding.kind for finding in verify(built.path, built.data / "identity") if not finding.is_note} == set()


def test_large_queues_are_cut_into_parts(built: Built, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_export, "MAX_PART_CASES", 2)
    outcome = write(built, stick)
    assert isinstance(outcome, Exported)
    manifest, _ = read(stick, built)
    assert [part.cases for part in manifest.parts] == [2, 2, 1]
    monkeypatch.setattr(bundle_export, "MAX_PART_CONTENT", 5000)
    assert isinstance(write(built, stick), Exported)
    manifest, cases = read(stick, built)
    assert all((stick / part.file).stat().st_size <= 5000 for part in manifest.parts)
    assert len(cases) == 5


def test_a_repeated_export_replaces_its_own_files_and_no_others(built: Built, stick: Path) -> None:
    assert isinstance(write(built, stick), Exported)
    first, _ = read(stick, built)
    (stick / "holiday.jpg").write_bytes(b"mine")
    (stick / "cases-1.msgpack").write_bytes(b"mine")
    (stick / MATERIALS / "notes.txt").write_bytes(b"mine")
    with open_outbox(built) as outbox:
        assert outbox.void(built.cases["desk"], "测试员", "test")
        take(outbox, built, "later")
    assert isinstance(write(built, stick), Exported)
    manifest, cases = read(stick, built)
    assert [header.case_id for header in headers(cases)] == [
        built.cases[name] for name in ("waiting", "put back", "sending", "committed", "later")
    ]
    assert not {part.file for part in first.parts} & {part.file for part in manifest.parts}
    assert {path.name for path in stick.iterdir()} == {
        *(MANIFEST, SIGNATURE, MATERIALS, "holiday.jpg", "cases-1.msgpack"),
        *(part.file for part in manifest.parts),
    }
    assert {path.name for path in (stick / MATERIALS).iterdir()} == {"notes.txt", *manifest.materials}


class Cut(BaseException):
    """The power goes: no ``except OSError`` may see it."""


def cut_after(step: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """End everything at the ``step``-th file operation. Returns the operations passed, for the end of the count."""
    passed: list[str] = []

    def passing(name: str) -> None:
        if len(passed) == step:
            raise Cut
        passed.append(name)

    for owner, attribute, name in ((Path, "replace", "replace"), (Path, "unlink", "unlink"), (os, "fsync", "sync")):
        original = getattr(owner, attribute)

        def wrapped(*arguments: object, original: object = original, name: str = name, **keywords: object) -> object:
            passing(name)
            return original(*arguments, **keywords)  # type: ignore[operator]

        monkeypatch.setattr(owner, attribute, wrapped)
    return passed


def test_a_cut_at_any_step_leaves_the_old_bundle_or_the_new(built: Built, stick: Path) -> None:
    assert isinstance(write(built, stick), Exported)
    old = (stick / MANIFEST).read_bytes()
    with open_outbox(built) as outbox:
        assert outbox.void(built.cases["desk"], "测试员", "test")
        take(outbox, built, "later", 500, 70_000)
    unsigned, ended, step = 0, False, 0
    seen: set[str] = set()
    while not ended:
        with pytest.MonkeyPatch.context() as patch:
            passed = cut_after(step, patch)
            try:
                assert isinstance(write(built, stick), Exported)
                ended = True
            except Cut:
                step += 1
        try:
            read(stick, built)
        except InvalidSignature:
            # The moment between the two last renames: nobody takes it for a bundle, and writing again heals it.
            unsigned += 1
            assert passed[-1] == "replace"
        seen.add("old" if (stick / MANIFEST).read_bytes() == old else "new")
        if (stick / MANIFEST).read_bytes() != old:
            # Begin again from the old bundle, so that every step is cut on the same way.
            restore(built, stick, old)
    assert seen == {"old", "new"}
    assert unsigned == 1
    assert step > 10


def restore(built: Built, stick: Path, manifest: bytes) -> None:
    """Put back the first bundle: its parts and materials are made from the same queue, so only the manifest tells them apart."""
    for path in (*stick.glob("cases-*"), *stick.glob("manifest*")):
        path.unlink()
    for path in (stick / MATERIALS).iterdir():
        path.unlink()
    for name, content in FIRST[stick].items():
        (stick / name).write_bytes(content)
    assert (stick / MANIFEST).read_bytes() == manifest


FIRST: dict[Path, dict[str, bytes]] = {}


@pytest.fixture(autouse=True)
def _remember_first(stick: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keeps what the first export of a test wrote, for ``restore``."""
    original = bundle_export._Writer.run

    def run(writer: bundle_export._Writer, made_at_ms: int) -> Exported:
        done = original(writer, made_at_ms)
        if stick not in FIRST:
            files = (path for path in stick.rglob("*") if path.is_file())
            FIRST[stick] = {str(path.relative_to(stick)): path.read_bytes() for path in files}
        return done

    monkeypatch.setattr(bundle_export._Writer, "run", run)
    yield
    FIRST.pop(stick, None)


def test_a_folder_within_the_data_is_refused(built: Built) -> None:
    for folder in (built.data / "out", built.data, built.data / "queue" / ".." / "out"):
        outcome = write(built, folder)
        assert isinstance(outcome, NotExported)
        assert outcome.problem is ExportProblem.INSIDE_DATA
    assert not (built.data / "out").exists()


def test_a_link_into_the_data_is_refused(built: Built, stick: Path) -> None:
    stick.symlink_to(built.data / "queue")
    outcome = write(built, stick)
    assert isinstance(outcome, NotExported)
    assert outcome.problem is ExportProblem.INSIDE_DATA


def test_another_terminals_bundle_is_left_alone(built: Built, stick: Path, tmp_path: Path) -> None:
    stick.mkdir()
    other = BundleManifest(version=1, kiosk_id="k-other", made_at_ms=1, parts=(), materials=())
    for content in (msgspec.json.encode(other), b'{"name": "an app"}', b"\x00"):
        (stick / MANIFEST).write_bytes(content)
        outcome = write(built, stick)
        assert isinstance(outcome, NotExported)
        assert outcome.problem is ExportProblem.FOREIGN_BUNDLE
        assert [path.name for path in stick.iterdir()] == [MANIFEST]
        assert (stick / MANIFEST).read_bytes() == content


def test_without_an_identity_nothing_is_written(built: Built, stick: Path) -> None:
    outcome = export(built.path, None, stick, data_folder=built.data)
    assert isinstance(outcome, NotExported)
    assert outcome.problem is ExportProblem.NOT_ENROLLED
    assert not stick.exists()


def test_nothing_pending_writes_nothing(built: Built, stick: Path, tmp_path: Path) -> None:
    platform_takes(built, stick)
    outcome = write(built, tmp_path / "empty")
    assert isinstance(outcome, NotExported)
    assert outcome.problem is ExportProblem.NOTHING_PENDING
    assert not (tmp_path / "empty").exists()


def test_too_small_a_stick_is_told_before_anything_is_written(built: Built, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stick.mkdir()
    monkeypatch.setattr(bundle_export.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    outcome = write(built, stick)
    assert isinstance(outcome, NotExported)
    assert outcome.problem is ExportProblem.NO_ROOM
    assert "1." in outcome.detail
    assert [path.name for path in stick.rglob("*")] == [MATERIALS]


def test_folders_that_cannot_be_synced_are_tolerated_and_failing_ones_told(
    built: Built, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = os.fsync

    def failing(code: int) -> None:
        def fsync(descriptor: int) -> None:
            if Path(f"/proc/self/fd/{descriptor}").is_dir():
                raise OSError(code, os.strerror(code))
            original(descriptor)

        monkeypatch.setattr(bundle_files.os, "fsync", fsync)

    failing(errno.EINVAL)
    assert isinstance(write(built, stick), Exported)
    read(stick, built)
    failing(errno.EIO)
    outcome = write(built, stick)
    assert isinstance(outcome, NotExported)
    assert outcome.problem is ExportProblem.STICK_FAILED
    read(stick, built)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_small_stick_that_fills_up_keeps_its_old_bundle(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount = tmp_path / "mount"
    mount.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip(f"cannot mount here: {mounted.stderr.decode().strip()}")
    try:
        outcome = write(built, mount)
        assert isinstance(outcome, NotExported)
        assert outcome.problem is ExportProblem.NO_ROOM
        monkeypatch.setattr(bundle_export, "clusters", lambda _folder, _size_bytes: 0)  # as if the reckoning were wrong
        assert isinstance(write(built, mount), Exported)
        manifest, _ = read(mount, built)
        with open_outbox(built) as outbox:
            take(outbox, built, "large", 900_000)
        monkeypatch.setattr(bundle_export._Writer, "_check_room", lambda _: None)
        outcome = write(built, mount)
        assert isinstance(outcome, NotExported)
        assert outcome.problem is ExportProblem.NO_ROOM
        assert read(mount, built)[0] == manifest
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_damaged_cases_and_lost_materials_are_left_out_and_counted(built: Built, stick: Path) -> None:
    with closing(sqlite3.connect(built.path)) as connection, connection:
        where = "WHERE position = (SELECT position FROM cases WHERE case_id = ?)"
        damaged = f"UPDATE envelopes SET sealed = zeroblob(9) {where}"  # noqa: S608 - ours
        connection.execute(damaged, (built.cases["waiting"],))
        digest = connection.execute(
            f"SELECT digest FROM case_materials {where} AND ordinal = 1",  # noqa: S608 - ours
            (built.cases["desk"],),
        ).fetchone()[0]
    (built.path.with_name("cases.db.materials") / digest).unlink()
    outcome = write(built, stick)
    assert isinstance(outcome, Exported)
    manifest, cases = read(stick, built)
    assert (outcome.damaged, outcome.missing_materials, len(cases), len(manifest.materials)) == (1, 1, 4, 3)


# Receipts


def read_back(built: Built, folder: Path, outcomes: list[CaseOutcome]) -> ReadBack:
    """What the platform wrote to the stick, read back."""
    folder.mkdir(exist_ok=True)
    receipts = BundleReceipts(kiosk_id=KIOSK, imported_at_ms=1, outcomes=tuple(outcomes))
    (folder / RECEIPTS).write_bytes(msgspec.msgpack.encode(receipts))
    found = read_receipts(folder)
    assert isinstance(found, BundleReceipts)
    identity = built.identity.current()
    assert identity
    with join(built.path, built.identity) as guest:
        return take_receipts(guest, identity, found)


def platform_takes(built: Built, stick: Path) -> ReadBack:
    assert isinstance(write(built, stick), Exported)
    read(stick, built)
    return read_back(built, stick, list(import_stick(built, stick)))


def test_receipts_from_the_stick_deliver_cases_in_every_pending_state(built: Built, stick: Path) -> None:
    assert platform_takes(built, stick) == ReadBack(delivered=5)
    after = states(built)
    assert {after[name] for name in PENDING} == {CaseState.ACCEPTED}
    assert {finding.kind for finding in verify(built.path, built.data / "identity") if not finding.is_note} == set()
    again = read_receipts(stick)
    assert isinstance(again, BundleReceipts)
    assert read_back(built, stick, list(again.outcomes)) == ReadBack(already=5)


def test_forged_and_foreign_receipts_are_not_believed(built: Built, stick: Path) -> None:
    assert isinstance(write(built, stick), Exported)
    _, cases = read(stick, built)
    before = states(built)
    stranger = Ed25519PrivateKey.generate()
    outcomes: list[CaseOutcome] = []
    for case, header in zip(cases, headers(cases), strict=True):
        outcomes.append(Accepted(header.case_id, built.platform.sign_receipt(header, case.digest, stranger)))
    first = headers(cases)[0]
    told = read_back(built, stick, outcomes)
    assert told.not_believed == {"receipt_signature_wrong": 5}
    swapped = Accepted(headers(cases)[1].case_id, built.platform.sign_receipt(first, cases[0].digest))
    assert read_back(built, stick, [swapped]).not_believed == {"receipt_of_another_case": 1}
    assert states(built) == before


def test_rejections_and_conflicts_go_to_the_desk_as_by_the_line(built: Built, stick: Path) -> None:
    outcomes: list[CaseOutcome] = [
        Rejected(built.cases["committed"], "bad_payload", "not as it should be"),
        Conflict(built.cases["waiting"], "0" * 64),
        Later(built.cases["put back"], 600.0),
        Rejected(built.cases["desk"], "bad_header", "other words"),
        Rejected(built.cases["void"], "bad_payload", ""),
        Rejected(built.cases["accepted"], "bad_payload", ""),
        Rejected("01900000-0000-7000-8000-000000000000", "bad_payload", ""),
    ]
    assert read_back(built, stick, outcomes) == ReadBack(to_desk=2, waiting=1, already=3, unknown=1)
    after = states(built)
    assert after["committed"] is after["waiting"] is CaseState.NEEDS_STAFF
    assert after["put back"] is CaseState.WAITING
    assert after["accepted"] is CaseState.ACCEPTED
    with open_outbox(built) as outbox:
        desk = {case.case_id: case.reason_code for case in outbox.needs_staff()}
    assert desk[built.cases["committed"]] == "bad_payload"
    assert desk[built.cases["waiting"]] == "conflict"
    assert desk[built.cases["desk"]] == "bad_payload"
    assert {finding.kind for finding in verify(built.path, built.data / "identity") if not finding.is_note} == set()


def test_a_case_that_a_living_sender_holds_is_left_to_it(built: Built, stick: Path) -> None:
    with open_outbox(built) as outbox:
        owner = new_owner("sync")
        held = outbox.claim(owner, after_position=0, max_cases=1, max_bytes=10**9)[0].header.case_id
        assert read_back(built, stick, [Rejected(held, "bad_payload", "")]) == ReadBack(being_sent=1)
        assert outbox.state_of(held) is CaseState.SENDING


def test_what_is_no_file_of_receipts_is_told(stick: Path, tmp_path: Path) -> None:
    stick.mkdir()
    assert read_receipts(stick) is None
    (stick / RECEIPTS).write_bytes(b"\xc1")
    assert "damaged" in str(read_receipts(stick))
    (stick / RECEIPTS).unlink()
    (stick / RECEIPTS).symlink_to(tmp_path)
    assert isinstance(read_receipts(stick), str)
    (stick / RECEIPTS).unlink()
    os.mkfifo(stick / RECEIPTS)
    assert "no plain file" in str(read_receipts(stick))


def test_a_stand_in_platform_takes_the_whole_bundle(built: Built, stick: Path) -> None:
    assert isinstance(built.platform, Platform)
    platform_takes(built, stick)
    assert set(built.platform.held) == {built.cases[name] for name in PENDING}
