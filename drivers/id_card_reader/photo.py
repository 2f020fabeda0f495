"""The portrait on the card: 1,024 bytes, decoded by whichever decoder claims them by their first bytes.

Real cards carry WLT, a proprietary format without an open decoder: ``VendorLibraryDecoder`` calls the library that came with the
reader. Ordinary image data is what the emulator stores in the same place.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, cast

import cv2
import numpy as np
import PIL.Image

from drivers.id_card_reader.protocol import PHOTO_BYTES
from drivers.id_card_reader.types import PhotoProblem
from drivers.picture_size import declared_size
from drivers.pictures import BROKEN_PICTURE, FORMATS
from drivers.types import Image

PHOTO_WIDTH = 102
PHOTO_HEIGHT = 126
_ORDINARY_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"RIFF")
_VENDOR_BUFFER_BYTES = 64 * 1024
"""Larger than any picture a library writes (38,862 bytes), so that a careless one stays inside."""

_CharBuffer = ctypes.Array[ctypes.c_char]
_VendorFunction = Callable[[_CharBuffer, _CharBuffer, int], int]


class PhotoDecoder(Protocol):
    """Makes a picture of one format of photo block."""

    def claims(self, block: bytes) -> bool:
        """True when the first bytes look like this decoder's format."""
        ...

    def decode(self, block: bytes) -> Image | PhotoProblem:
        """Picture of 102 x 126, grey or BGR, or why there is none; never raises for bad data."""
        ...


def decode_photo(block: bytes, decoders: Sequence[PhotoDecoder]) -> Image | PhotoProblem:
    """Decode with the first decoder that claims the block; padding alone means there is no portrait."""
    if not block.strip(b"\0 "):
        return PhotoProblem.ABSENT
    if len(block) < PHOTO_BYTES:
        return PhotoProblem.SHORT
    decoder = next((candidate for candidate in decoders if candidate.claims(block)), None)
    return PhotoProblem.NO_DECODER if decoder is None else decoder.decode(block)


def default_decoders(photo_library: Path | None = None) -> tuple[PhotoDecoder, ...]:
    """Ordinary image data, then the vendor's library where one is configured."""
    vendor = () if photo_library is None else (VendorLibraryDecoder(photo_library),)
    return (OrdinaryImageDecoder(), *vendor)


class OrdinaryImageDecoder:
    """JPEG, PNG, WebP or BMP at the start of the block, zeros behind it; gives a grey picture."""

    def claims(self, block: bytes) -> bool:
        """True for the magic of one of the four formats."""
        return block.startswith(_ORDINARY_MAGIC)

    def decode(self, block: bytes) -> Image | PhotoProblem:
        """Grey picture of 102 x 126; the size is checked in the header, before anything is unpacked."""
        size = declared_size(block)
        if size is None:
            return PhotoProblem.BROKEN
        if size != (PHOTO_WIDTH, PHOTO_HEIGHT):
            return PhotoProblem.WRONG_SIZE
        return _decode_image(block, "L")


class VendorPicture(StrEnum):
    """What a vendor's library writes into the buffer."""

    BMP = "bmp"
    """A 24-bit BMP file, 38,862 bytes."""
    BGR = "bgr"
    """Bare pixels B G R, rows of 306 bytes from the top."""


@dataclass(frozen=True, slots=True)
class VendorSignature:
    """How to call the library: ``int FUNCTION(const unsigned char *wlt, unsigned char *picture, int option)``.

    ``wlt`` are the 1,024 bytes, ``picture`` a buffer of 65,536 bytes. An assumption about closed libraries; check it against
    the header of the one at hand.
    """

    function: str = "unpack"
    option: int = 0
    success: int = 1
    picture: VendorPicture = VendorPicture.BMP


class VendorLibraryDecoder:
    """Calls a vendor's shared library, in this process.

    WLT blocks are said to begin with ``WLf`` and a version, which no source confirms: this decoder claims every block that is not
    ordinary image data, rather than lose good portraits.
    """

    def __init__(self, path: Path, signature: VendorSignature | None = None) -> None:
        """Nothing is loaded before the first photo."""
        self._path = path
        self._signature = VendorSignature() if signature is None else signature
        self._loaded: _VendorFunction | None = None

    def claims(self, block: bytes) -> bool:
        """True for all that is not ordinary image data."""
        return not block.startswith(_ORDINARY_MAGIC)

    def decode(self, block: bytes) -> Image | PhotoProblem:
        """BGR picture of 102 x 126; trouble with the library is a value, a crash inside it cannot be caught."""
        function = self._load()
        if isinstance(function, PhotoProblem):
            return function
        source = ctypes.create_string_buffer(block, PHOTO_BYTES)
        target = ctypes.create_string_buffer(_VENDOR_BUFFER_BYTES)
        if function(source, target, self._signature.option) != self._signature.success:
            return PhotoProblem.LIBRARY_FAILED
        return self._picture(target.raw)

    def trouble(self) -> PhotoProblem | None:
        """Why the library cannot be called; ``None`` when it can. Loads it."""
        function = self._load()
        return function if isinstance(function, PhotoProblem) else None

    def _load(self) -> _VendorFunction | PhotoProblem:
        if self._loaded is None:
            try:
                function = getattr(ctypes.CDLL(str(self._path)), self._signature.function)
            except OSError:
                return PhotoProblem.LIBRARY_MISSING
            except AttributeError:
                return PhotoProblem.LIBRARY_UNSUITABLE
            function.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int]
            function.restype = ctypes.c_int
            self._loaded = cast(_VendorFunction, function)
        return self._loaded

    def _picture(self, raw: bytes) -> Image | PhotoProblem:
        if self._signature.picture is VendorPicture.BGR:
            used = raw[: PHOTO_WIDTH * PHOTO_HEIGHT * 3]
            return np.frombuffer(used, np.uint8).reshape(PHOTO_HEIGHT, PHOTO_WIDTH, 3).copy()
        size = declared_size(raw)
        if size is None:
            return PhotoProblem.LIBRARY_FAILED
        if size != (PHOTO_WIDTH, PHOTO_HEIGHT):
            return PhotoProblem.WRONG_SIZE
        return _decode_image(raw, "RGB")


def encode_photo(image: Image) -> bytes:
    """Photo block from a picture of any size: cropped to the card's shape, grey, as good as fits 1,024 bytes, zeros behind it."""
    portrait = _to_card_shape(image)
    for data in _encodings(portrait):
        if len(data) <= PHOTO_BYTES:
            return data.ljust(PHOTO_BYTES, b"\0")
    raise ValueError("the picture cannot be stored in 1,024 bytes")


def _decode_image(data: bytes, mode: Literal["L", "RGB"]) -> Image | PhotoProblem:
    """Grey, or B G R for ``RGB``. The size counts that the picture has, not only the one in its first header."""
    try:
        with PIL.Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.size != (PHOTO_WIDTH, PHOTO_HEIGHT):
                return PhotoProblem.WRONG_SIZE
            pixels = np.asarray(picture.convert(mode), dtype=np.uint8)
    except BROKEN_PICTURE:
        return PhotoProblem.BROKEN
    return np.array(pixels if mode == "L" else pixels[:, :, ::-1])


def _to_card_shape(image: Image) -> Image:
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    wanted_width = min(width, max(1, round(height * PHOTO_WIDTH / PHOTO_HEIGHT)))
    wanted_height = min(height, max(1, round(width * PHOTO_HEIGHT / PHOTO_WIDTH)))
    left, top = (width - wanted_width) // 2, (height - wanted_height) // 2
    cropped = grey[top : top + wanted_height, left : left + wanted_width]
    return np.asarray(cv2.resize(cropped, (PHOTO_WIDTH, PHOTO_HEIGHT), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _encodings(portrait: Image) -> Iterator[bytes]:
    """Better ones first: WebP, JPEG where this OpenCV lacks WebP, then the same of ever softer pictures."""
    for blur_pixels in (0, 3, 5, 9, 15, 31, 63):
        picture = cv2.GaussianBlur(portrait, (blur_pixels, blur_pixels), 0) if blur_pixels else portrait
        for suffix, quality_flag in ((".webp", cv2.IMWRITE_WEBP_QUALITY), (".jpg", cv2.IMWRITE_JPEG_QUALITY)):
            if cv2.haveImageWriter(f"photo{suffix}"):
                for quality in range(80, 0, -4):
                    is_encoded, data = cv2.imencode(suffix, picture, [quality_flag, quality])
                    if is_encoded:
                        yield bytes(data)
