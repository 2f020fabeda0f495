"""The benchmark of the path from pictures to codes counts right and judges what must hold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import zxingcpp

from benchmarks import codes
from benchmarks.code_frames import chinese_texts, frame_with_code, frame_without_code


def draw(path: Path, content: str) -> None:
    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    PIL.Image.fromarray(np.array(zxingcpp.write_barcode_to_image(barcode, scale=4))).save(path)


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    for folder in ("qr-1", "falsepositives-1"):
        (tmp_path / folder).mkdir()
    for number, text in enumerate(["first", "second", "third"]):
        draw(tmp_path / "qr-1" / f"{number}.png", text)
        (tmp_path / "qr-1" / f"{number}.txt").write_text(text if number else "something else", encoding="utf-8")
    (tmp_path / "qr-1" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "qr-1" / "broken.txt").write_text("never read", encoding="utf-8")
    draw(tmp_path / "qr-1" / "bytes.png", "bytes")
    (tmp_path / "qr-1" / "bytes.bin").write_bytes(b"bytes")
    draw(tmp_path / "qr-1" / "unknown.png", "nobody says what is in it")
    draw(tmp_path / "falsepositives-1" / "1.png", "should not be here")
    return tmp_path


def test_it_counts_what_is_exact_and_what_is_wrong(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes.main(["--dir", str(samples), "--quick", "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    expected = {"images": 6, "exact": 3, "false_hits": 1, "zxing_exact": 3, "zxing_false_hits": 1}
    assert result["sets"]["qr-1"] == expected
    assert result["sets"]["falsepositives-1"]["false_hits"] == 1
    assert result["shortfalls"] == ["falsepositives-1: something was read where nothing is"]
    for name in ("chinese-utf-8", "chinese-gb18030"):
        counts = result["frames"][name]
        assert counts["exact"] == counts["live_exact"] == counts["images"] > 0
    assert result["ms_with"] > 0
    assert result["ms_without"] > 0


def test_a_folder_without_sets_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes.main(["--dir", str(tmp_path), "--json"]) == 2
    assert "no sets of pictures" in capsys.readouterr().err


def test_fewer_than_zxing_alone_is_a_shortfall() -> None:
    counts = {"images": 2, "exact": 1, "live_exact": 2, "false_hits": 0, "zxing_exact": 2}
    assert codes.shortfalls({"sets": {"a": counts}, "frames": {"chinese-utf-8": counts}}) == [
        "a: 1 fewer than zxing-cpp alone",
        "chinese-utf-8: 1 fewer than zxing-cpp alone",
        "chinese-utf-8: not all exact",
    ]


def test_frames_are_the_same_in_every_run() -> None:
    assert chinese_texts(5) == chinese_texts(5)
    assert (frame_with_code(b"x", 3) == frame_with_code(b"x", 3)).all()
    assert frame_without_code(3).shape == (1080, 1920, 3)
