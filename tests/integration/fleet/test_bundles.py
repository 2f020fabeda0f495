"""Taking in bundles from a stick: whole ones, repeated ones, damaged ones, forged ones."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.bundle import MANIFEST, MATERIALS, MAX_PART_BYTES, RECEIPTS, SIGNATURE, BundlePart
from contract.cases import Accepted, Conflict, Duplicate, Later, Rejected, SealedCase
from contract.materials import material_digest
from fleet import bundle_import, material_files
from fleet.bundle_import import ImportReport, import_bundle
from fleet.errors import PlatformError, StorageUnavailable
from fleet.intake import MAX_CASES
from fleet.platform import Platform
from fleet.processing import Tally
from fleet.reports import report_cases, report_kiosks
from tests.helpers.bundles import read_receipts, sign_bundle, write_bundle
from tests.helpers.terminal import Terminal
from tests.integration.fleet.conftest import MovableClock

PHOTO = b"sample picture SAMPLE " * 100_000
replace = msgspec.structs.replace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "stick" / "bundle"


def _counts(report: ImportReport) -> dict[str, int]:
    return {name: count for name, count in report.counts.items() if count}


def test_a_bundle_goes_in_and_its_receipts_come_out(terminal: Terminal, platform: Platform, folder: Path) -> None:
    packed, material = terminal.seal_material(PHOTO)
    cases = [terminal.case_with(material), terminal.case(), terminal.case()]
    write_bundle(folder, terminal, [cases[:2], cases[2:]], [packed])

    report = import_bundle(platform, folder)

    assert (_counts(report), report.faults, report.materials, report.is_whole) == ({"accepted": 3}, [], 1, True)
    receipts = read_receipts(folder)
    assert (folder / RECEIPTS).stat().st_mode & 0o077 == 0o044
    assert receipts.kiosk_id == terminal.identity.kiosk_id
    for case, outcome in zip(cases, receipts.outcomes, strict=True):
        assert isinstance(outcome, Accepted)
        assert terminal.check_receipt(outcome.receipt).digest == case.digest
    assert platform.processor.run() == Tally(processed=3)
    assert isinstance(terminal.submit(cases[0]).outcomes[0], Duplicate)


def test_a_bundle_may_be_taken_in_again(terminal: Terminal, platform: Platform, folder: Path) -> None:
    packed, material = terminal.seal_material(PHOTO)
    write_bundle(folder, terminal, [[terminal.case_with(material)]], [packed])
    first = import_bundle(platform, folder)
    again = import_bundle(platform, folder)
    assert (_counts(again), again.materials, again.is_whole) == ({"duplicate": 1}, 1, True)
    assert read_receipts(folder).outcomes == (Duplicate(first.outcomes[0].case_id, first.outcomes[0].receipt),)  # type: ignore[union-attr]
    assert len(report_cases(platform.database)) == 1


def test_a_large_part_goes_in_batch_by_batch(terminal: Terminal, platform: Platform, folder: Path) -> None:
    write_bundle(folder, terminal, [[terminal.case() for _ in range(MAX_CASES + 3)]])
    assert _counts(import_bundle(platform, folder)) == {"accepted": MAX_CASES + 3}


def test_every_outcome_is_counted(terminal: Terminal, platform: Platform, folder: Path) -> None:
    header = terminal.header()
    held, other = terminal.case(header), terminal.case(header)
    terminal.submit(held)
    _, material = terminal.seal_material(PHOTO)
    cases = [held, other, terminal.case(), terminal.case_with(material), SealedCase(b"", b"", b"")]
    write_bundle(folder, terminal, [cases])
    report = import_bundle(platform, folder)
    assert report.counts == {"accepted": 1, "duplicate": 1, "conflict": 1, "rejected": 1, "later": 1}
    assert not report.is_whole
    assert [type(outcome) for outcome in read_receipts(folder).outcomes] == [Duplicate, Conflict, Accepted, Later, Rejected]


def test_carrying_cases_here_is_no_contact_of_the_terminal(
    terminal: Terminal, platform: Platform, folder: Path, clock: MovableClock
) -> None:
    write_bundle(folder, terminal, [[terminal.case()]])
    (before,) = report_kiosks(platform.database)
    clock.ahead_ms = 3_600_000
    import_bundle(platform, folder)
    (after,) = report_kiosks(platform.database)
    assert (after["last_contact_at_ms"], after["cases_held"]) == (before["last_contact_at_ms"], 1)


def test_a_retired_key_speaks_for_its_bundle(new_terminal: Callable[..., Terminal], platform: Platform, folder: Path) -> None:
    terminal = new_terminal()
    write_bundle(folder, terminal, [[terminal.case()]])
    new_terminal(kiosk_id=terminal.identity.kiosk_id)
    assert _counts(import_bundle(platform, folder)) == {"accepted": 1}


# What is damaged is told by name; the rest goes in


def test_a_damaged_part_is_told_and_the_rest_goes_in(terminal: Terminal, platform: Platform, folder: Path) -> None:
    write_bundle(folder, terminal, [[terminal.case()] for _ in range(7)])
    (folder / "cases-00001.msgpack").write_bytes(b"\0" * 50)
    (folder / "cases-00002.msgpack").unlink()
    (folder / "cases-00003.msgpack").unlink()
    (folder / "cases-00003.msgpack").symlink_to(folder / "cases-00007.msgpack")
    (folder / "cases-00004.msgpack").unlink()
    os.mkfifo(folder / "cases-00004.msgpack")
    (folder / "cases-00005.msgpack").unlink()
    (folder / "cases-00005.msgpack").mkdir()
    with (folder / "cases-00006.msgpack").open("wb") as file:
        file.truncate(MAX_PART_BYTES + 1)

    report = import_bundle(platform, folder)

    assert [fault.split()[0] for fault in report.faults] == [f"cases-0000{number}.msgpack" for number in range(1, 7)]
    assert (_counts(report), report.is_whole) == ({"accepted": 1}, False)


def test_a_part_that_is_not_as_told_is_told(terminal: Terminal, platform: Platform, folder: Path) -> None:
    manifest = write_bundle(folder, terminal, [[terminal.case()], [terminal.case()]])
    first = replace(manifest.parts[0], cases=2)
    sign_bundle(folder, terminal, replace(manifest, parts=(first, manifest.parts[1])))
    report = import_bundle(platform, folder)
    assert ([fault.split()[0] for fault in report.faults], _counts(report)) == (["cases-00001.msgpack"], {"accepted": 1})


def test_a_damaged_material_is_told_and_the_rest_goes_in(terminal: Terminal, platform: Platform, folder: Path) -> None:
    good, material = terminal.seal_material(PHOTO)
    damaged, lost_material = terminal.seal_material(PHOTO)
    linked, _ = terminal.seal_material(b"SAMPLE")
    write_bundle(folder, terminal, [[terminal.case_with(material), terminal.case_with(lost_material)]], [damaged, good, linked])
    (folder / MATERIALS / material_digest(damaged)).write_bytes(damaged[:-1])
    (folder / MATERIALS / material_digest(linked)).unlink()
    (folder / MATERIALS / material_digest(linked)).symlink_to("/etc/hostname")
    report = import_bundle(platform, folder)
    assert [fault.split()[1].rstrip(":") for fault in report.faults] == [material_digest(damaged), material_digest(linked)]
    assert (_counts(report), report.materials) == ({"accepted": 1, "later": 1}, 1)


def test_materials_behind_a_link_are_not_read(terminal: Terminal, platform: Platform, folder: Path, tmp_path: Path) -> None:
    packed, _ = terminal.seal_material(PHOTO)
    write_bundle(folder, terminal, [[terminal.case()]], [packed])
    (folder / MATERIALS).rename(tmp_path / "elsewhere")
    (folder / MATERIALS).symlink_to(tmp_path / "elsewhere")
    report = import_bundle(platform, folder)
    assert (len(report.faults), report.materials, _counts(report)) == (1, 0, {"accepted": 1})


def test_a_material_that_began_over_the_line_is_finished(terminal: Terminal, platform: Platform, folder: Path) -> None:
    packed, material = terminal.seal_material(PHOTO)
    wrong, other = terminal.seal_material(PHOTO)
    terminal.put_chunk(material.digest, 0, len(packed), packed[:1000])
    terminal.put_chunk(other.digest, 0, len(wrong), b"\0" * 1000)
    write_bundle(folder, terminal, [[terminal.case_with(material, other)]], [packed, wrong])
    report = import_bundle(platform, folder)
    assert (_counts(report), report.faults) == ({"accepted": 1}, [])


def test_a_full_disk_breaks_off_with_the_receipts_so_far(
    terminal: Terminal, platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bundle(folder, terminal, [[terminal.case()], [terminal.case()]])
    submit, calls = platform.intake.submit, []

    def full(*arguments, **words):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN003, ANN202
        calls.append(arguments)
        if len(calls) == 2:
            raise StorageUnavailable("the disk is full")
        return submit(*arguments, **words)

    with monkeypatch.context() as patch:
        patch.setattr(platform.intake, "submit", full)
        report = import_bundle(platform, folder)
    assert (report.faults, _counts(report)) == (["the import broke off: the disk is full"], {"accepted": 1})
    assert len(read_receipts(folder).outcomes) == 1
    assert _counts(import_bundle(platform, folder)) == {"duplicate": 1, "accepted": 1}


def test_a_disk_without_room_for_materials_is_told(
    terminal: Terminal, platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed, _ = terminal.seal_material(PHOTO)
    write_bundle(folder, terminal, [[terminal.case()]], [packed])
    monkeypatch.setattr(material_files, "RESERVE_BYTES", 1 << 62)
    report = import_bundle(platform, folder)
    assert "disk is full" in report.faults[0]
    assert not report.is_whole


def test_a_stick_that_cannot_be_written_is_told(
    terminal: Terminal, platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bundle(folder, terminal, [[terminal.case()]])

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(bundle_import, "write_durably", read_only)
    report = import_bundle(platform, folder)
    assert (report.is_whole, _counts(report)) == (True, {"accepted": 1})
    assert "Read-only file system" in report.receipts_problem


# What is no bundle of a known terminal is refused whole


def _refused(platform: Platform, folder: Path) -> str:
    with pytest.raises(PlatformError) as caught:
        import_bundle(platform, folder)
    assert report_cases(platform.database) == []
    assert not (folder / RECEIPTS).exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_forged_manifest_is_refused(new_terminal: Callable[..., Terminal], platform: Platform, folder: Path) -> None:
    terminal, other = new_terminal(), new_terminal()
    manifest = write_bundle(folder, terminal, [[terminal.case()]])
    sign_bundle(folder, terminal, manifest, key=Ed25519PrivateKey.generate())
    assert "not made by" in _refused(platform, folder)
    sign_bundle(folder, terminal, manifest, key=other.key)
    assert "not made by" in _refused(platform, folder)
    sign_bundle(folder, other, manifest)
    assert "another terminal" in _refused(platform, folder)
    sign_bundle(folder, terminal, manifest, kiosk_id="330304-9999")
    assert "not known" in _refused(platform, folder)
    sign_bundle(folder, terminal, manifest)
    (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes() + b" ")
    assert "changed" in _refused(platform, folder)


@pytest.mark.parametrize(
    "name",
    [
        "../cases-00001.msgpack",
        "/etc/passwd",
        "cases-1.msgpack",
        "cases-00001.msgpack\n",
        "manifest.json",
        "cases-٠٠٠٠١.msgpack",
        "",
    ],
)
def test_names_that_are_none_are_refused(terminal: Terminal, platform: Platform, folder: Path, name: str) -> None:
    manifest = write_bundle(folder, terminal, [[terminal.case()]])
    sign_bundle(folder, terminal, replace(manifest, parts=(BundlePart(name, "0" * 64, 1),)))
    assert "none of a bundle" in _refused(platform, folder)
    sign_bundle(folder, terminal, replace(manifest, materials=(name,)))
    assert "none of a bundle" in _refused(platform, folder)


def test_names_that_stand_twice_and_other_versions_are_refused(terminal: Terminal, platform: Platform, folder: Path) -> None:
    manifest = write_bundle(folder, terminal, [[terminal.case()]])
    sign_bundle(folder, terminal, replace(manifest, parts=manifest.parts * 2))
    assert "twice" in _refused(platform, folder)
    sign_bundle(folder, terminal, replace(manifest, materials=("a" * 64,) * 2))
    assert "twice" in _refused(platform, folder)
    sign_bundle(folder, terminal, replace(manifest, version=2))
    assert "version" in _refused(platform, folder)


def test_what_is_no_bundle_is_told(terminal: Terminal, platform: Platform, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="nowhere"):
        import_bundle(platform, tmp_path / "nowhere")
    folder.mkdir(parents=True)
    assert MANIFEST in _refused(platform, folder)
    write_bundle(folder, terminal, [[terminal.case()]])
    (folder / SIGNATURE).write_bytes(b"{}")
    assert SIGNATURE in _refused(platform, folder)
    (folder / SIGNATURE).unlink()
    assert SIGNATURE in _refused(platform, folder)


def test_a_line_and_a_stick_may_bring_the_same_at_once(terminal: Terminal, platform: Platform, folder: Path) -> None:
    packed, material = terminal.seal_material(PHOTO)
    cases = [terminal.case_with(material), *(terminal.case() for _ in range(20))]
    write_bundle(folder, terminal, [cases], [packed])
    reports: list[ImportReport] = []
    thread = threading.Thread(target=lambda: reports.append(import_bundle(platform, folder)))
    thread.start()
    terminal.bring(packed, chunk_bytes=200_000)
    outcomes = terminal.submit(*cases).outcomes
    thread.join()
    assert reports[0].is_whole
    assert {type(outcome) for outcome in (*outcomes, *reports[0].outcomes)} <= {Accepted, Duplicate}
    assert len(report_cases(platform.database)) == 21
    assert platform.processor.run() == Tally(processed=21)
