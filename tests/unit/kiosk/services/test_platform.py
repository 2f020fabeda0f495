"""The machine's key, as the settings want it kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.services import platform
from tests.helpers.fake_systemd_creds import FakeSystemdCreds
from tests.unit.offline_queue.test_identity import adopt


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSystemdCreds:
    made = FakeSystemdCreds(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(made.folder), prepend=os.pathsep)
    return made


def test_a_new_key_is_kept_as_the_settings_say(fake: FakeSystemdCreds, tmp_path: Path) -> None:
    identity = platform.open_identity(tmp_path, "systemd-creds")
    adopt(identity)
    platform.protect_key(identity, "systemd-creds")
    assert identity.key_protection == "systemd-creds"


def test_a_changed_setting_moves_the_present_key(fake: FakeSystemdCreds, tmp_path: Path) -> None:
    public_key = adopt(platform.open_identity(tmp_path))
    for wanted in ("systemd-creds", "file"):
        identity = platform.open_identity(tmp_path, wanted)
        platform.protect_key(identity, wanted)
        again = platform.open_identity(tmp_path)
        present = again.current()
        assert present
        assert (present.public_key, again.key_protection) == (public_key, wanted)


@pytest.mark.expects_warnings
def test_a_protection_that_cannot_be_had_is_told_and_the_machine_serves_on(
    fake: FakeSystemdCreds, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    adopt(platform.open_identity(tmp_path))
    fake.tell("refuse")
    identity = platform.open_identity(tmp_path, "systemd-creds")
    platform.protect_key(identity, "systemd-creds")
    assert identity.current()
    assert identity.key_protection == "file"
    (told,) = [record.getMessage() for record in caplog.records]
    assert "TPM2 refuses" in told
    assert "still kept by file" in told
