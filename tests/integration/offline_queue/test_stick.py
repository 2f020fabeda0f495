"""The whole way by stick: terminal, platform and back, without a line between them after enrolment."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from contract.cases import Consent
from offline_queue.bundle_export import Exported, export
from offline_queue.bundle_receipts import ReadBack, read_receipts, take_receipts
from offline_queue.enrolment import Enrolled, enrol
from offline_queue.guests import join
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted, MaterialDraft, MaterialKept
from offline_queue.states import CaseState
from offline_queue.store import Outbox
from offline_queue.verify import verify
from tests.helpers.cases import CANARIES, sample_draft
from tests.helpers.platform_process import PlatformProcess, fleet

pytestmark = pytest.mark.skipif(find_spec("fleet.bundle_import") is None, reason="this platform cannot import bundles yet")


def take_cases(outbox: Outbox, count: int) -> None:
    consent = Consent(purpose="case_data", text_version="1", language="zh", granted=True, at_ms=1_795_420_800_000)
    for number in range(count):
        content = bytearray(50 + 40_000 * number)
        kept = outbox.materials.keep(MaterialDraft(kind="photo", name="测试.jpg", media_type="image/jpeg", content=content))
        assert isinstance(kept, MaterialKept)
        taken = outbox.accept(sample_draft(consents=(consent,), materials=(kept.material,)))
        assert isinstance(taken, CaseCommitted)


def test_cases_reach_the_platform_by_stick_and_their_receipts_come_back(tmp_path: Path) -> None:
    platform_data, stick = tmp_path / "platform", tmp_path / "stick"
    identities = IdentityStore(tmp_path / "data" / "identity")
    platform = PlatformProcess(platform_data)
    try:
        told = fleet("enrol-token", "--region", "330304", "--data", platform_data, "--json")
        assert isinstance(enrol(platform.url, json.loads(told.stdout)["token"], "测试机", "0.1", identities), Enrolled)
    finally:
        platform.stop()
    identity = identities.current()
    assert identity
    path = tmp_path / "data" / "queue" / "cases.db"
    with Outbox.open(path, identities, free_disk_bytes=lambda: 10**12) as outbox:
        take_cases(outbox, 4)
        outcome = export(path, identity, stick, data_folder=tmp_path / "data")
        assert isinstance(outcome, Exported)
        assert (outcome.cases, len(outcome.materials)) == (4, 4)
        for file in stick.rglob("*"):
            assert file.is_dir() or not any(canary.encode() in file.read_bytes() for canary in CANARIES)

        imported = fleet("import", stick, "--data", platform_data, "--json")
        assert imported.returncode == 0, imported.stderr + imported.stdout
        receipts = read_receipts(stick)
        assert receipts is not None
        assert not isinstance(receipts, str), receipts
        with join(path, identities) as guest:
            assert take_receipts(guest, identity, receipts) == ReadBack(delivered=4)
        assert outbox.counts()[CaseState.ACCEPTED] == 4
        # Importing the same stick once more does no harm: the platform knows the cases, and so does the terminal.
        assert fleet("import", stick, "--data", platform_data).returncode == 0
        again = read_receipts(stick)
        assert again is not None
        assert not isinstance(again, str)
        with join(path, identities) as guest:
            assert take_receipts(guest, identity, again) == ReadBack(already=4)
    assert [finding for finding in verify(path, tmp_path / "data" / "identity") if not finding.is_note] == []


def test_a_bundle_changed_on_the_way_brings_no_false_receipts(tmp_path: Path) -> None:
    platform_data, stick = tmp_path / "platform", tmp_path / "stick"
    identities = IdentityStore(tmp_path / "data" / "identity")
    platform = PlatformProcess(platform_data)
    try:
        told = fleet("enrol-token", "--region", "330304", "--data", platform_data, "--json")
        assert isinstance(enrol(platform.url, json.loads(told.stdout)["token"], "测试机", "0.1", identities), Enrolled)
    finally:
        platform.stop()
    path = tmp_path / "data" / "queue" / "cases.db"
    with Outbox.open(path, identities, free_disk_bytes=lambda: 10**12) as outbox:
        take_cases(outbox, 2)
    assert isinstance(export(path, identities.current(), stick, data_folder=tmp_path / "data"), Exported)
    manifest = stick / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"cases":2', b'"cases":3'))
    assert fleet("import", stick, "--data", platform_data).returncode == 1
    assert read_receipts(stick) is None
    with closing(sqlite3.connect(path)) as connection:
        assert {row[0] for row in connection.execute("SELECT state FROM cases")} == {"committed"}
