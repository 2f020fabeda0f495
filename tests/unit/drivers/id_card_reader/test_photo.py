"""Photo blocks: what is stored comes out again, what is hostile is refused, and a vendor's library is called as documented."""

from __future__ import annotations

import io
import resource
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.id_card_reader.emulate import packaged_portrait
from drivers.id_card_reader.photo import (
    OrdinaryImageDecoder,
    VendorLibraryDecoder,
    VendorPicture,
    VendorSignature,
    decode_photo,
    default_decoders,
    encode_photo,
)
from drivers.id_card_reader.protocol import PHOTO_BYTES
from drivers.id_card_reader.types import PhotoProblem
from drivers.types import Image

WLT_BLOCK = b"WLf\x00" + bytes(range(256)) * 3 + bytes(252)
VENDOR_SOURCE = """
#include <string.h>
static void head(unsigned char *bmp, int width, int height) {
    memset(bmp, 0, 54);
    bmp[0] = 'B'; bmp[1] = 'M'; bmp[10] = 54; bmp[14] = 40; bmp[26] = 1; bmp[28] = 24;
    memcpy(bmp + 18, &width, 4); memcpy(bmp + 22, &height, 4);
}
int unpack(const unsigned char *wlt, unsigned char *picture, int option) {
    if (memcmp(wlt, "WLf", 3) != 0) return -1;
    head(picture, 102, 126);
    memset(picture + 54, wlt[4 + 200], 126 * 308);
    return 1;
}
int unpack_bgr(const unsigned char *wlt, unsigned char *picture, int option) {
    for (int i = 0; i < 102 * 126; i++) { picture[3 * i] = 1; picture[3 * i + 1] = 2; picture[3 * i + 2] = option; }
    return 0;
}
int unpack_small(const unsigned char *wlt, unsigned char *picture, int option) { head(picture, 10, 12); return 1; }
int unpack_nothing(const unsigned char *wlt, unsigned char *picture, int option) { return 1; }
"""


@pytest.fixture(scope="module")
def vendor_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here to build a vendor's library with")
    folder = tmp_path_factory.mktemp("vendor")
    source, library = folder / "wlt.c", folder / "libwlt.so"
    source.write_text(VENDOR_SOURCE)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return library


@pytest.fixture
def subject() -> OrdinaryImageDecoder:
    return OrdinaryImageDecoder()


def as_picture(outcome: Image | PhotoProblem) -> Image:
    assert isinstance(outcome, np.ndarray), outcome
    return outcome


def encoded(suffix: str, height: int = 126, width: int = 102) -> bytes:
    _, data = cv2.imencode(suffix, np.full((height, width), 77, np.uint8))
    return bytes(data).ljust(1024, b"\0")


def test_a_portrait_is_stored_and_comes_out_much_the_same(subject: OrdinaryImageDecoder) -> None:
    portrait = packaged_portrait()
    block = encode_photo(portrait)
    picture = as_picture(subject.decode(block))
    assert len(block) == 1024
    assert picture.shape == (126, 102)
    small = cv2.resize(portrait, (102, 126), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(small.ravel(), picture.ravel())[0, 1] > 0.97


@pytest.mark.parametrize("shape", [(2000, 300, 3), (126, 102), (1, 900), (900, 1, 3)])
def test_a_picture_of_any_shape_is_cut_to_the_card_s(subject: OrdinaryImageDecoder, shape: tuple[int, ...]) -> None:
    assert as_picture(subject.decode(encode_photo(np.full(shape, 99, np.uint8)))).shape == (126, 102)


def test_even_noise_is_made_to_fit(subject: OrdinaryImageDecoder) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (126, 102), dtype=np.uint8)
    assert as_picture(subject.decode(encode_photo(noise))).shape == (126, 102)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".png"])
def test_ordinary_formats_are_told_by_their_first_bytes(suffix: str) -> None:
    assert as_picture(decode_photo(encoded(suffix), default_decoders())).shape == (126, 102)


@pytest.mark.parametrize(("height", "width"), [(102, 126), (125, 102), (1, 1)])
def test_another_size_is_refused(subject: OrdinaryImageDecoder, height: int, width: int) -> None:
    assert subject.decode(encoded(".png", height, width)) is PhotoProblem.WRONG_SIZE


def test_a_picture_bomb_is_refused_by_its_header(subject: OrdinaryImageDecoder) -> None:
    bomb = bytearray(encoded(".png"))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    assert subject.decode(bytes(bomb)) is PhotoProblem.WRONG_SIZE


@pytest.mark.parametrize("block", [b"\xff\xd8\xff" + b"\xff" * 1021, b"RIFF" + bytes(1020), b"BM" + b"\1" * 1022])
def test_a_broken_picture_is_refused(subject: OrdinaryImageDecoder, block: bytes) -> None:
    assert subject.decode(block) in (PhotoProblem.BROKEN, PhotoProblem.WRONG_SIZE)


@pytest.mark.parametrize("block", [bytes(1024), b" " * 1024, b""])
def test_an_empty_block_is_no_photo(block: bytes) -> None:
    assert decode_photo(block, default_decoders()) is PhotoProblem.ABSENT


def test_wlt_without_a_vendor_library_has_no_decoder() -> None:
    assert decode_photo(WLT_BLOCK, default_decoders()) is PhotoProblem.NO_DECODER


def test_a_vendor_library_decodes_what_is_no_ordinary_picture(vendor_library: Path) -> None:
    decoders = default_decoders(vendor_library)
    picture = as_picture(decode_photo(WLT_BLOCK, decoders))
    assert picture.shape == (126, 102, 3)
    assert np.all(picture == WLT_BLOCK[204])
    assert as_picture(decode_photo(encoded(".png"), decoders)).shape == (126, 102), "ordinary data must not reach the library"


def test_a_vendor_library_that_refuses_is_a_value(vendor_library: Path) -> None:
    assert VendorLibraryDecoder(vendor_library).decode(b"?" * 1024) is PhotoProblem.LIBRARY_FAILED


def test_the_signature_of_a_vendor_library_can_be_told(vendor_library: Path) -> None:
    signature = VendorSignature("unpack_bgr", option=3, success=0, picture=VendorPicture.BGR)
    picture = as_picture(VendorLibraryDecoder(vendor_library, signature).decode(WLT_BLOCK))
    assert picture.shape == (126, 102, 3)
    assert picture[125, 101].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        ("unpack_small", PhotoProblem.WRONG_SIZE),
        ("unpack_nothing", PhotoProblem.LIBRARY_FAILED),
        ("no_such_function", PhotoProblem.LIBRARY_UNSUITABLE),
    ],
)
def test_an_unsuitable_vendor_library_is_a_value(vendor_library: Path, function: str, problem: PhotoProblem) -> None:
    assert VendorLibraryDecoder(vendor_library, VendorSignature(function)).decode(WLT_BLOCK) is problem


def test_a_vendor_library_can_be_asked_before_the_first_card(vendor_library: Path, tmp_path: Path) -> None:
    assert VendorLibraryDecoder(vendor_library).trouble() is None
    assert VendorLibraryDecoder(tmp_path / "none.so").trouble() is PhotoProblem.LIBRARY_MISSING


def test_a_missing_vendor_library_is_a_value(tmp_path: Path) -> None:
    assert VendorLibraryDecoder(tmp_path / "none.so").decode(WLT_BLOCK) is PhotoProblem.LIBRARY_MISSING
    (tmp_path / "text.so").write_text("not a library")
    assert VendorLibraryDecoder(tmp_path / "text.so").decode(WLT_BLOCK) is PhotoProblem.LIBRARY_MISSING


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([".png", ".jpg", ".webp", ".bmp"]), st.lists(st.tuples(st.integers(0, 1023), st.integers(0, 255)), max_size=8)
)
def test_damaged_pictures_give_a_value(suffix: str, damage: list[tuple[int, int]]) -> None:
    block = bytearray(encoded(suffix)[:1024])
    for place, value in damage:
        block[place] = value
    outcome = decode_photo(bytes(block), default_decoders())
    assert isinstance(outcome, PhotoProblem) or outcome.shape == (126, 102)


def test_a_picture_that_declares_gigabytes_takes_none() -> None:
    """OpenCV's PNG reader takes memory for whatever length a chunk declares, before it looks whether the bytes are there."""
    good = io.BytesIO()
    PIL.Image.new("L", (102, 126), 128).save(good, "PNG")
    data = good.getvalue()
    at = data.index(b"IDAT") - 4
    broken = data[:at] + b"\x7f\xff\xff\xff" + data[at + 4 :]
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    decoded = decode_photo(broken.ljust(PHOTO_BYTES, b"\0"), default_decoders())
    assert decoded is PhotoProblem.BROKEN or decoded.shape == (126, 102)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 100 * 1024
