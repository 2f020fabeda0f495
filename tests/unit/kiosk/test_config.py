"""Settings: what is wrong is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.kiosks import Place
from kiosk.config import Settings, SettingsError, load
from kiosk.services import platform
from offline_queue.settings import SyncSettings, TransportSettings


def _file(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_left_out_keeps_its_default(tmp_path: Path) -> None:
    settings = load(_file(tmp_path, '[machine]\nname = "一号机"\n'))
    assert settings.machine.name == "一号机"
    assert settings.times == Settings().times


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    lines = ["[machine]", 'data_dir = "/var/lib/oueban"', "mm_per_px = 0.248", "[devices]", 'photo_library = "/opt/wlt.so"']
    settings = load(_file(tmp_path, "\n".join([*lines, 'receipt_width = "58mm"', "[times]", "farewell_s = 3"])))
    assert settings.machine.data_dir == Path("/var/lib/oueban")
    assert settings.devices.photo_library == Path("/opt/wlt.so")
    assert (settings.devices.receipt_width, settings.times.farewell_s) == ("58mm", 3.0)


def test_the_example_in_the_repository_can_be_read() -> None:
    assert load(Path(__file__).parents[3] / "deploy" / "kiosk.example.toml").platform.url.startswith("https://")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = '[machine]\nnaem = "x"\n[times]\nidle_warning_s = -1\n[platform]\nurl = "ftp://x"\n[devcies]\n'
    with pytest.raises(SettingsError) as caught:
        load(_file(tmp_path, text))
    for part in ("naem", "idle_warning_s", "https://", "devcies"):
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["[machine", "\x00", 'machine = "no table"'])
def test_unreadable_settings_are_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"kiosk\.toml"):
        load(_file(tmp_path, text))


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="none"):
        load(tmp_path / "none")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("latitude = 28.0", "stand together"),
        ("longitude = 120.7", "stand together"),
        ("latitude = 128.0\nlongitude = 20.7", "not on Earth"),
        ("latitude = 28.0\nlongitude = nan", "not on Earth"),
        (f'latitude = 28.0\nlongitude = 120.7\naddress = "{"路" * 121}"', "at most 120"),
    ],
)
def test_a_place_that_cannot_be_is_told(tmp_path: Path, lines: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load(_file(tmp_path, f"[machine]\n{lines}\n"))


def test_the_place_of_the_machine(tmp_path: Path) -> None:
    text = '[machine]\naddress = "娄桥街道测试路 1 号"\nlatitude = 27.97\nlongitude = 120.6\n'
    assert platform.place_of(load(_file(tmp_path, text)).machine) == Place(27.97, 120.6, "娄桥街道测试路 1 号")
    assert platform.place_of(Settings().machine) is None


PIN = "sha256/" + "A" * 43 + "="


def test_how_the_platform_must_prove_itself_can_be_set(tmp_path: Path) -> None:
    lines = ["[machine]", 'key_protection = "systemd-creds"', "[platform]", 'url = "https://p.example"']
    settings = load(_file(tmp_path, "\n".join([*lines, 'ca_file = "/etc/ca.pem"', f'pins = ["{PIN}", "{PIN[7:]}"]'])))
    assert settings.machine.key_protection == "systemd-creds"
    assert settings.platform.ca_file == Path("/etc/ca.pem")
    assert settings.platform.pins == (PIN, PIN[7:])
    assert platform.transport_settings(settings) == TransportSettings(ca_file="/etc/ca.pem", pins=(PIN, PIN[7:]))
    assert platform.transport_settings(Settings()) == TransportSettings()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[machine]\nkey_protection = "tpm"', "key_protection"),
        ('[platform]\nurl = "https://p.example"\npins = ["sha1/abc"]', "sha1/abc"),
        ('[platform]\nurl = "https://p.example"\npins = ["' + '", "'.join([PIN] * 17) + '"]', "more than 16"),
        (f'[platform]\nurl = "http://127.0.0.1:8000"\npins = ["{PIN}"]', "https://"),
        ('[platform]\nurl = "http://127.0.0.1:8000"\nca_file = "/etc/ca.pem"', "https://"),
    ],
)
def test_unusable_protection_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load(_file(tmp_path, text))


def test_the_cap_and_the_night_window_reach_the_sync(tmp_path: Path) -> None:
    settings = load(_file(tmp_path, '[platform]\nmax_kib_per_s = 64\nnight_window = "22:00-06:00"'))
    assert platform.transport_settings(settings).max_bytes_per_s == 64 * 1024
    assert platform.sync_settings(settings).night_window == "22:00-06:00"
    assert platform.sync_settings(settings).lanes == 1
    assert platform.sync_settings(Settings()) == SyncSettings()


@pytest.mark.parametrize(
    "text", ["max_kib_per_s = 8", "max_kib_per_s = -1", 'night_window = "22-6"', 'night_window = "22:00-22:00"']
)
def test_a_cap_or_window_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=text.split(maxsplit=1)[0]):
        load(_file(tmp_path, f"[platform]\n{text}"))


def test_a_camera_that_is_not_there_cannot_tell_who_is(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[devices]\ncamera = ""\npresence = "camera"\n')
    with pytest.raises(SettingsError, match="needs a camera"):
        load(path)
    path.write_text('[devices]\npresence = "camera"\n')
    assert load(path).devices.presence == "camera"
    assert Settings().devices.presence == "off"
