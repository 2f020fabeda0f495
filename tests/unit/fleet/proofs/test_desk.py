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
from fleet.proofs.keys import FILE_NAME, load_proof_keys

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
