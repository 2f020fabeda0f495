"""Pictures from files of unknown origin: bounded, upright, and never more than one still."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageOps

from drivers.overwritten import overwritten_picture
from drivers.types import Image

MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
BROKEN_PICTURE = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, zlib.error),
    PillowImage.DecompressionBombError,
)
"""What Pillow raises for data that are not what they say. OpenCV is not asked about pictures from outside: its PNG reader takes
memory for whatever length a broken chunk declares (gigabytes for a portrait of a card; 5.0, found with hostile streams)."""


class UnreadablePicture(NamedTuple):
    """Why a file is no picture for us; ``reason`` names no content."""

    reason: str


def read_picture(path: Path) -> Image | UnreadablePicture:
    """The picture of a JPEG, PNG, WebP or BMP file, BGR, turned upright as its Exif says."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return UnreadablePicture(f"cannot be read ({error.strerror})")
    if len(data) > MAX_FILE_BYTES:
        return UnreadablePicture(f"is larger than {MAX_FILE_BYTES // 1024 // 1024} MB")
    return decode_picture(data)


def decode_picture(data: bytes) -> Image | UnreadablePicture:
    """The picture in ``data``, as ``read_picture``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)  # our own, lower limit is below
            picture = PillowImage.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            return UnreadablePicture(f"has more than {MAX_PIXELS // 1_000_000} million pixels")
        upright = ImageOps.exif_transpose(picture)
        rgb = np.asarray(upright.convert("RGB"), np.uint8)
    except BROKEN_PICTURE as error:
        return UnreadablePicture(f"is no complete picture of a known format ({type(error).__name__})")
    bgr = overwritten_picture(rgb.shape)
    bgr[...] = rgb[:, :, ::-1]
    return bgr


JPEG_QUALITY = 85


def as_jpeg(picture: Image) -> bytearray:
    """The picture, grey or BGR, as JPEG in memory that the caller may overwrite."""
    ordered = picture if picture.ndim == 2 else picture[..., ::-1]
    with io.BytesIO() as file:
        PillowImage.fromarray(np.ascontiguousarray(ordered)).save(file, "JPEG", quality=JPEG_QUALITY)
        return bytearray(file.getbuffer())
