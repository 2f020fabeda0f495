"""Files of unknown origin: pictures come out upright, everything else as a reason."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from drivers import pictures
from drivers.face_models import load_face_recognition
from drivers.pictures import UnreadablePicture, decode_picture, read_picture


def _encoded(suffix: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:, :15] = (200, 20, 10)
    PillowImage.fromarray(pixels).save(buffer, suffix, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", ["jpeg", "png", "webp", "bmp"])
def test_reads_the_usual_formats_as_bgr(suffix: str) -> None:
    picture = decode_picture(_encoded(suffix))
    assert not isinstance(picture, UnreadablePicture)
    assert picture.shape == (20, 30, 3)
    assert abs(int(picture[10, 5, 2]) - 200) < 12
    assert picture[10, 5, 0] < 30


def test_turns_a_photograph_upright_as_its_exif_says() -> None:
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    picture = decode_picture(_encoded("jpeg", exif=exif))
    assert not isinstance(picture, UnreadablePicture)
    assert picture.shape == (30, 20, 3)


def test_a_truncated_picture_is_refused_even_when_the_face_library_is_loaded() -> None:
    load_face_recognition()
    whole = _encoded("jpeg", quality=100)
    assert isinstance(decode_picture(whole[: len(whole) * 2 // 3]), UnreadablePicture)


def test_a_picture_that_claims_to_be_huge_is_refused_before_it_is_unpacked() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 10_000, 9_900, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    refused = decode_picture(bomb)
    assert isinstance(refused, UnreadablePicture)
    assert "million pixels" in refused.reason


@pytest.mark.parametrize("side", [20_000, 60_000])
def test_decompression_bombs_are_refused(side: int) -> None:
    header = b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 0, 0, 0, 0, 0)
    assert isinstance(decode_picture(header), UnreadablePicture)


def test_a_file_that_is_too_long_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_FILE_BYTES", 100)
    path = tmp_path / "long.png"
    path.write_bytes(_encoded("bmp"))
    refused = read_picture(path)
    assert isinstance(refused, UnreadablePicture)
    assert "larger" in refused.reason


def test_a_missing_file_and_a_folder_are_reasons(tmp_path: Path) -> None:
    assert isinstance(read_picture(tmp_path / "none.jpg"), UnreadablePicture)
    assert isinstance(read_picture(tmp_path), UnreadablePicture)


@given(
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"BM"]), st.binary(max_size=300)
)
def test_any_bytes_give_a_picture_or_a_reason(magic: bytes, rest: bytes) -> None:
    outcome = decode_picture(magic + rest)
    assert isinstance(outcome, UnreadablePicture) or outcome.ndim == 3
