"""What the desk does when no document can be drawn, and what its keys outlive."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract import receipt_number
from contract.proofs import ProofRequest
from fleet.errors import KeysUnusable, PlatformError
from fleet.platform import Platform
from fleet.progress import ProgressDesk
from fleet.proofs import fonts, layout
from fleet.proofs.check import check_code
from fleet.proofs.facts import Facts, SampleFacts
from fleet.proofs.keys import FILE_NAME, ProofKeyRing, load_proof_keys

NOW_MS = 1_795_728_000_000
DAY_MS = 86_400_000


@pytest.mark.expects_warnings
def test_without_the_fonts_the_resident_is_told_and_the_operator_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Past the cache: fonts that another test opened must not help here.
    monkeypatch.setattr(layout, "typeface", fonts.typeface.__wrapped__)
    monkeypatch.setattr(fonts, "_FOLDERS", (tmp_path,))
    # Whose the case is, is another test's matter (tests/integration/kiosk/test_proofs.py).
    monkeypatch.setattr(ProgressDesk, "owns", lambda *_: True)
    body = "330304261126000100018"
    asked = ProofRequest(
        kind="fund",
        item_code="1",
        case_id="01940000-0000-7000-8000-000000000000",
        receipt_number=body + receipt_number.check_character(body),
        id_number="42010219920214123X",
        name="测试·王小江",
    )
    with Platform(tmp_path / "data") as platform:
        answer = platform.proofs.issue("330304-0001", asked)
    assert (answer.outcome, answer.pdf) == ("refused", b"")
    assert "fonts-noto-cjk" in caplog.text
    with pytest.raises(PlatformError):
        layout.typeface("Bold")


def test_the_root_stays_and_the_signer_is_renewed_in_time(tmp_path: Path) -> None:
    first = load_proof_keys(tmp_path, NOW_MS)
    assert load_proof_keys(tmp_path, NOW_MS + 600 * DAY_MS) == first
    assert load_proof_keys(tmp_path, NOW_MS + 609 * DAY_MS) == first, "a proof of today holds for 90 days, and so does its signer"
    renewed = load_proof_keys(tmp_path, NOW_MS + 700 * DAY_MS)
    assert renewed.root == first.root
    assert renewed.signer != first.signer


def test_a_damaged_or_open_file_stops_the_platform(tmp_path: Path) -> None:
    load_proof_keys(tmp_path, NOW_MS)
    path = tmp_path / "keys" / FILE_NAME
    path.chmod(0o644)
    with pytest.raises(KeysUnusable, match="chmod"):
        load_proof_keys(tmp_path, NOW_MS)
    path.write_bytes(b"{}")
    path.chmod(0o600)
    with pytest.raises(KeysUnusable, match="damaged"):
        load_proof_keys(tmp_path, NOW_MS)


def test_a_platform_that_runs_for_years_signs_with_a_certificate_that_is_valid(tmp_path: Path) -> None:
    ring = ProofKeyRing(tmp_path, NOW_MS)
    first = ring.at(NOW_MS)
    assert ring.at(NOW_MS + DAY_MS // 2) is first
    assert ring.at(NOW_MS + 800 * DAY_MS).signer != first.signer
    assert ring.at(NOW_MS + 800 * DAY_MS).root == first.root


def test_a_signer_from_the_future_is_replaced_when_the_clock_is_right_again(tmp_path: Path) -> None:
    load_proof_keys(tmp_path, NOW_MS)
    ahead = load_proof_keys(tmp_path, NOW_MS + 1000 * DAY_MS)
    assert load_proof_keys(tmp_path, NOW_MS).signer != ahead.signer


def test_no_root_is_made_by_a_clock_that_was_never_set(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="clock"):
        load_proof_keys(tmp_path, DAY_MS)
    assert not (tmp_path / "keys" / FILE_NAME).exists()


@pytest.mark.skipif(not any(folder.is_dir() for folder in fonts._FOLDERS), reason="no fonts are installed")
@pytest.mark.parametrize(("kind", "label"), [("household", "同户人员"), ("chronic_disease", "病种")])
def test_what_concerns_health_or_others_stands_on_the_paper_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, label: str
) -> None:
    monkeypatch.setattr(ProgressDesk, "owns", lambda *_: True)
    body = "330304261126000100018"
    asked = ProofRequest(
        kind=kind,
        item_code="1",
        case_id="01940000-0000-7000-8000-000000000000",
        receipt_number=body + receipt_number.check_character(body),
        id_number="330304195803080026",
        name="测试·林小瓯",
    )
    with Platform(tmp_path / "data") as platform:
        with platform.database.transaction() as connection:
            connection.execute("INSERT INTO kiosks VALUES ('330304-0001', '330304', '0001', 'n', 'v', 1, NULL, 1, NULL, NULL)")
        answer = platform.proofs.issue("330304-0001", asked)
        verdict = check_code(platform.database, answer.verification_code, platform.clock())
    assert dict(verdict.facts)[label] == "已隐去，以纸面为准"
    facts = SampleFacts().facts_of(kind, "330304195803080026", "测试·林小瓯")
    assert isinstance(facts, Facts)
    (hidden,) = [value for name, value in facts.rows if name.zh == label]
    assert hidden not in str(verdict)
