"""Sizes told from headers alone, checked against pictures that OpenCV wrote."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.picture_size import declared_size


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp"])
@pytest.mark.parametrize(("width", "height"), [(102, 126), (1, 1), (640, 3)])
def test_tells_the_size_of_what_opencv_writes(suffix: str, width: int, height: int) -> None:
    is_encoded, data = cv2.imencode(suffix, np.zeros((height, width, 3), np.uint8))
    assert is_encoded
    assert declared_size(bytes(data)) == (width, height)


def test_tells_the_size_of_lossless_webp() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (31, 77, 3), dtype=np.uint8)
    _, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 101])
    assert bytes(data)[12:16] == b"VP8L"
    assert declared_size(bytes(data)) == (77, 31)


def test_tells_the_size_of_extended_webp() -> None:
    header = (
        b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" + bytes(4) + (16382).to_bytes(3, "little") + (99).to_bytes(3, "little")
    )
    assert declared_size(header) == (16383, 100)


def test_a_bmp_stored_from_the_top_has_a_positive_height() -> None:
    header = b"BM" + bytes(16) + (102).to_bytes(4, "little") + (-126).to_bytes(4, "little", signed=True)
    assert declared_size(header) == (102, 126)


def test_an_endless_jpeg_of_fill_bytes_ends() -> None:
    assert declared_size(b"\xff\xd8\xff" + b"\xff" * 5000) is None


@pytest.mark.parametrize("data", [b"", b"WLf\x00" + bytes(1020), b"\x89PNG\r\n\x1a\n", b"RIFF", b"BM", b"GIF89a" + bytes(100)])
def test_says_nothing_about_what_it_does_not_know(data: bytes) -> None:
    assert declared_size(data) is None


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"RIFF\0\0\0\0WEBP", b""]), st.binary(max_size=200))
def test_never_fails_and_never_tells_nonsense(magic: bytes, rest: bytes) -> None:
    size = declared_size(magic + rest)
    assert size is None or (size[0] > 0 and size[1] > 0)
