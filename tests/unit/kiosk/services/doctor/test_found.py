from __future__ import annotations

import os
from pathlib import Path

import pytest

from drivers.discovery import Candidate, Certainty, DeviceClass
from kiosk.services.doctor.found import candidates, how_found


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sim://", "simulated"),
        ("socket://192.0.2.7:9100", "network address"),
        ("usb://04b8:0e15", "on USB"),
        ("http://192.0.2.7/video", "network stream"),
        ("ipp://localhost:631/printers/a4", "queue of CUPS"),
        ("spy://something", "by spy://"),
        ("/dev/serial/by-id/no-such-reader", "is not there"),
        ("input:///dev/input/by-id/no-such-scanner", "/dev/input/by-id/no-such-scanner is not there"),
    ],
)
def test_it_says_by_which_way_a_device_was_found(url: str, words: str) -> None:
    assert words in how_found("id_card_reader", url)


def test_a_path_is_followed_to_what_it_means_today(tmp_path: Path) -> None:
    master, slave = os.openpty()
    try:
        terminal = os.ttyname(slave)
        assert terminal in how_found("id_card_reader", terminal)
        assert "folder" in how_found("camera", str(tmp_path))
    finally:
        os.close(master)
        os.close(slave)


def test_candidates_are_plain_texts() -> None:
    for one in candidates():
        assert set(one) == {"device_class", "url", "reason", "certainty"}
        assert all(one.values())


def test_a_path_that_cannot_be_looked_at_is_not_there() -> None:
    assert "is not there" in how_found("id_card_reader", "/dev/" + "x" * 300)


def test_a_scanner_that_types_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "input:///dev/null"
    candidate = Candidate(DeviceClass.BARCODE_SCANNER, url, "types like a keyboard", Certainty.LIKELY)
    monkeypatch.setattr("kiosk.services.doctor.found.discover", lambda: (candidate,))
    assert "types like a keyboard" in how_found("barcode_scanner", url)
