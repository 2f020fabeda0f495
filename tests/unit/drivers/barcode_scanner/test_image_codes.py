"""Codes in pictures: those we draw ourselves, those of the shared sample set, and files that are no pictures."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
import qrcode
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.barcode_scanner import image_codes
from drivers.barcode_scanner.image_codes import UnreadablePicture, read_codes, read_codes_file, read_codes_live
from drivers.receipt_printer.symbols import qr_modules
from drivers.types import Image

SAMPLES = Path(__file__).parents[5] / "shared" / "qr"
GOOD_SETS = {"code128-1": 6, "qrcode-1": 8, "qrcode-2": 56, "qrcode-3": 18}
PICTURES = (".png", ".webp", ".jpg")


def qr_picture(payload: bytes, pixels: int = 6) -> Image:
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(qrcode.util.QRData(payload, mode=qrcode.util.MODE_8BIT_BYTE))
    code.make(fit=True)
    dark = np.array(code.get_matrix())
    return np.kron(np.where(dark, 0, 255).astype(np.uint8), np.ones((pixels, pixels), np.uint8))


def pictures_of(name: str) -> list[Path]:
    folder = SAMPLES / name
    if not folder.is_dir():
        pytest.skip(f"the shared sample pictures are not here ({folder})")
    return sorted(path for path in folder.iterdir() if path.suffix in PICTURES)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_chinese_is_read_exactly(encoding: str) -> None:
    raw = "受理号330302202611230001，测试".encode(encoding)
    (code,) = read_codes(qr_picture(raw))
    assert (code.raw, code.text, code.symbology) == (raw, "受理号330302202611230001，测试", "QRCode")
    assert not code.has_control_characters


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("text", ["预约", "受理号330302202611230001，测试", "林小𠮷"])
def test_chinese_in_a_camera_frame_is_read_exactly(encoding: str, text: str) -> None:
    frame = np.full((1080, 1920, 3), 120, np.uint8)
    code = qr_picture(text.encode(encoding))
    frame[300 : 300 + len(code), 700 : 700 + len(code)] = code[..., None]
    for reader in (read_codes, read_codes_live):
        (found,) = reader(frame)
        assert (found.raw, found.text) == (text.encode(encoding), text)


def test_light_on_dark_is_read_in_frames_too() -> None:
    assert [code.text for code in read_codes_live(255 - qr_picture(b"dark mode"))] == ["dark mode"]


def test_frames_are_not_searched_for_what_nobody_holds_up() -> None:
    data_matrix = zxingcpp.create_barcode("other", zxingcpp.BarcodeFormat.DataMatrix)
    picture = np.array(zxingcpp.write_barcode_to_image(data_matrix, scale=8))
    assert [code.symbology for code in read_codes(picture)] == ["DataMatrix"]
    assert read_codes_live(picture) == []


def test_small_modules_are_read_at_twice_the_size() -> None:
    code = qr_picture(b"tiny modules " * 6, pixels=2)
    soft = cv2.GaussianBlur(np.pad(code, 30, constant_values=255), (0, 0), 0.9)
    assert zxingcpp.read_barcodes(soft) == []
    assert [found.raw for found in read_codes(soft)] == [b"tiny modules " * 6]


def test_a_code_of_three_kilobytes_is_read() -> None:
    raw = b"0123456789abcdef" * 180
    (code,) = read_codes(qr_picture(raw, pixels=4))
    assert code.raw == raw


def test_control_characters_are_flagged() -> None:
    (code,) = read_codes(qr_picture(b"a\x1b[2J\r\nb\x00"))
    assert code.has_control_characters
    assert code.raw == b"a\x1b[2J\r\nb\x00"


def test_two_codes_are_two_and_one_twice_is_one() -> None:
    first, second = qr_picture(b"first--"), qr_picture(b"second-")
    assert {code.text for code in read_codes(np.hstack([first, second]))} == {"first--", "second-"}
    assert [code.text for code in read_codes(np.hstack([first, first]))] == ["first--"]


def test_colour_and_grey_and_parts_of_frames_are_pictures() -> None:
    grey = qr_picture(b"any picture")
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    for picture in (grey, colour, np.pad(grey, 50)[50:-50, 50:-50], colour[:, ::-1]):
        assert [code.text for code in read_codes(picture)] == ["any picture"]


def test_black_on_transparent_is_black_on_white(tmp_path: Path) -> None:
    dark = qr_picture(b"see-through") == 0
    pixels = np.zeros((*dark.shape, 4), np.uint8)
    pixels[dark, 3] = 255
    PIL.Image.fromarray(pixels).save(tmp_path / "code.png")
    found = read_codes_file(tmp_path / "code.png")
    assert [code.text for code in found] == ["see-through"]


def test_sixteen_bit_grey_is_a_picture(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "code.png"), qr_picture(b"deep grey").astype(np.uint16) * 257)
    assert [code.text for code in read_codes_file(tmp_path / "code.png")] == ["deep grey"]


def test_zbar_is_asked_only_when_zxing_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyzbar.pyzbar", reason="libzbar is not installed", exc_type=ImportError)
    picture = qr_picture(b"second opinion")
    monkeypatch.setattr(zxingcpp, "read_barcodes", lambda *_, **__: [])
    (code,) = read_codes(picture)
    assert (code.raw, code.text, code.symbology) == (b"second opinion", "second opinion", "QRCode")
    assert read_codes(qr_picture("测试，受理号".encode())) == [], "zbar's guess at other encodings is not believed"


def test_without_zbar_the_terminal_still_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyzbar", None)
    assert read_codes(np.full((80, 80), 200, np.uint8)) == []
    assert [code.text for code in read_codes(qr_picture(b"zxing alone"))] == ["zxing alone"]


@pytest.mark.parametrize(("seed", "bars"), [(222, "D37B"), (861, "B$3C"), (912, "0610"), (1244, "D86B")])
def test_rows_of_a_qr_code_are_no_bar_code(seed: int, bars: str) -> None:
    """In these payloads a row of modules spells a short Codabar or ITF code, as about one slip in 250 does by chance."""
    payload = "".join(random.Random(seed).choices("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", k=280))
    picture = np.kron(np.where(np.pad(qr_modules(payload), 4), 0, 255).astype(np.uint8), np.ones((5, 5), np.uint8))
    assert bars in [found.text for found in zxingcpp.read_barcodes(picture, binarizer=zxingcpp.Binarizer.LocalAverage)]
    assert [code.text for code in read_codes(picture)] == [payload]


def test_bars_beside_a_qr_code_are_read() -> None:
    beside = zxingcpp.create_barcode("20261127", zxingcpp.BarcodeFormat.ITF).to_image(scale=3)
    picture = np.full((600, 900), 255, np.uint8)
    code = qr_picture(b"here", pixels=5)
    picture[: len(code), : len(code)] = code
    bars = np.asarray(beside)
    picture[400 : 400 + bars.shape[0], 300 : 300 + bars.shape[1]] = bars
    assert {found.text for found in read_codes(picture)} == {"here", "20261127"}


@pytest.mark.parametrize("shape", [(1, 1), (1, 100), (100, 1, 3), (2, 2, 3)])
def test_tiny_pictures_hold_nothing(shape: tuple[int, ...]) -> None:
    assert read_codes(np.zeros(shape, np.uint8)) == []


def test_a_picture_longer_than_zxing_takes_holds_nothing(tmp_path: Path) -> None:
    assert read_codes(np.full((40_000, 60), 200, np.uint8)) == [], "doubled it would be too long"
    assert read_codes(np.full((70_000, 60), 200, np.uint8)) == []
    PIL.Image.new("L", (70_000, 60)).save(tmp_path / "long.png")
    assert reason_code(tmp_path / "long.png") == "too_large"


def reason_code(path: Path) -> str:
    outcome = read_codes_file(path)
    assert isinstance(outcome, UnreadablePicture)
    assert "\n" not in outcome.reason
    return outcome.code


def test_files_that_are_no_pictures_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason_code(tmp_path / "none.png") == "missing"
    assert reason_code(tmp_path) == "unreadable"
    assert reason_code(Path("/dev/zero")) == "unreadable"
    os.mkfifo(tmp_path / "pipe.png")
    assert reason_code(tmp_path / "pipe.png") == "unreadable"
    for content in (b"", b"hello", b"GIF89a" + bytes(50)):
        (tmp_path / "text.png").write_bytes(content)
        assert reason_code(tmp_path / "text.png") == "not_a_picture"
    good = cv2.imencode(".png", qr_picture(b"x"))[1].tobytes()
    (tmp_path / "cut.png").write_bytes(good[: len(good) // 2])
    assert reason_code(tmp_path / "cut.png") == "broken"
    (tmp_path / "bomb.png").write_bytes(good[:16] + (65_535).to_bytes(4, "big") * 2 + good[24:])
    assert reason_code(tmp_path / "bomb.png") == "too_large"
    monkeypatch.setattr(image_codes, "_LONGEST_FILE_BYTES", 10)
    assert reason_code(tmp_path / "cut.png") == "too_large"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["PNG", "JPEG", "WEBP", "BMP"]), st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=10)
)
def test_damaged_files_give_a_value(tmp_path: Path, kind: str, damage: list[tuple[int, int]]) -> None:
    buffer = io.BytesIO()
    PIL.Image.fromarray(qr_picture(b"x", pixels=2)).save(buffer, kind)
    data = bytearray(buffer.getvalue())
    for place, value in damage:
        data[place % len(data)] = value
    path = tmp_path / "damaged"
    path.write_bytes(bytes(data))
    assert isinstance(read_codes_file(path), (list, UnreadablePicture))


@pytest.mark.parametrize(("name", "count"), GOOD_SETS.items())
def test_every_shared_sample_is_read_exactly(name: str, count: int) -> None:
    pictures = pictures_of(name)
    assert len(pictures) == count
    missed = []
    for path in pictures:
        expected = path.with_suffix(".txt").read_bytes().decode()
        found = read_codes_file(path)
        if isinstance(found, UnreadablePicture) or expected not in [code.text for code in found]:
            missed.append(path.name)
    assert missed == []


def test_nothing_is_found_where_nothing_is() -> None:
    found = {path.name: read_codes_file(path) for path in pictures_of("falsepositives-1")}
    assert {name: codes for name, codes in found.items() if codes} == {}
