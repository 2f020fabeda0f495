"""Codes in camera pictures and picture files.

zxing-cpp comes first because it hands out the exact bytes. pyzbar (zbar) is asked only about pictures in which zxing finds
nothing, and believed only where its text is plain ASCII: it guesses encodings, and reads Chinese as Shift-JIS or Big5
(zbar 0.23.92).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import zxingcpp

from drivers.barcode_scanner.protocol import LONGEST_CODE_BYTES, has_control_characters
from drivers.barcode_scanner.text_guess import choose_text, decode_utf8
from drivers.barcode_scanner.types import Code
from drivers.picture_size import declared_size
from drivers.pictures import BROKEN_PICTURE
from drivers.types import Image

_log = logging.getLogger(__name__)

_LONGEST_FILE_BYTES = 64 * 1024 * 1024
_MOST_PIXELS = 64_000_000
_LONGEST_SIDE = 65_535
"""zxing-cpp takes no more."""
_Formats = Sequence[zxingcpp.BarcodeFormat]
_ALL_FORMATS: _Formats = (zxingcpp.BarcodeFormat.AllReadable,)
_KIOSK_FORMATS: _Formats = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128)
"""What residents hold up: QR codes of their papers and telephones, and the number on a slip."""
_QR_FORMATS: _Formats = (zxingcpp.BarcodeFormat.QRCode,)
"""Their error correction keeps what is made up out: only they are looked for in altered pictures."""
_LEAST_SIDE_TO_HALVE = 80
_MOST_PIXELS_TO_DOUBLE = 2_500_000
_SYMBOLOGY_BY_ZBAR_NAME = {"QRCODE": "QRCode", "CODE128": "Code128"}
"""Those with a check that noise does not pass, under the names zxing gives them."""
_FREE_TEXT = frozenset(
    {"QRCode", "QRCodeModel1", "QRCodeModel2", "MicroQRCode", "RMQRCode", "DataMatrix", "PDF417", "Aztec", "AztecCode"}
)
"""Codes in which people store bytes of whatever encoding they use; all others have a fixed set of signs."""
_UNCHECKED_BARS = frozenset({"Codabar", "ITF", "Code39", "Code39Std"})
"""Codes of bars whose check character is left to the user: any row of black and white may spell a short one."""


@dataclass(frozen=True, slots=True)
class UnreadablePicture:
    """A file that cannot be looked at, with the reason as a code and in words."""

    code: str
    """``missing``, ``unreadable``, ``not_a_picture``, ``too_large`` or ``broken``."""
    reason: str


def read_codes(image: Image) -> list[Code]:
    """All codes in a picture (BGR or grey), none of them twice; an empty list when there are none. Thorough: for files.

    All symbologies zxing knows; where it finds none, the kiosk's own are looked for in altered copies, and then by zbar.
    """
    grey = _grey(image)
    return _read_with_zxing(grey) or _read_altered(grey) or _read_with_zbar(grey)


def read_codes_live(image: Image) -> list[Code]:
    """The same for a camera that looks again in a moment: only QR codes and Code 128, and only what costs little.

    A third of the time of ``read_codes`` where there is a code, a tenth where there is none (``benchmarks/codes.py``).
    """
    grey = _grey(image)
    return _read_with_zxing(grey, _KIOSK_FORMATS) or _read_with_zxing(_smooth(grey), _QR_FORMATS)


def read_codes_file(path: Path) -> list[Code] | UnreadablePicture:
    """Codes in a PNG, JPEG, WebP or BMP file; its size is checked in the header, before anything is unpacked."""
    data = _contents(path)
    if isinstance(data, UnreadablePicture):
        return data
    size = declared_size(data)
    if size is None:
        return UnreadablePicture("not_a_picture", "not a PNG, JPEG, WebP or BMP picture")
    if size[0] * size[1] > _MOST_PIXELS or max(size) > _LONGEST_SIDE:
        return UnreadablePicture("too_large", f"the picture is too large ({size[0]} x {size[1]})")
    image = _decode(data)
    return UnreadablePicture("broken", "the picture is broken") if image is None else read_codes(image)


def _contents(path: Path) -> bytes | UnreadablePicture:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a device or a pipe may give bytes without end, or none
            return UnreadablePicture("unreadable", "the file cannot be read (it is no regular file)")
        if path.stat().st_size > _LONGEST_FILE_BYTES:
            return UnreadablePicture("too_large", "the file is too large")
        return path.read_bytes()
    except FileNotFoundError:
        return UnreadablePicture("missing", "there is no such file")
    except OSError as error:
        return UnreadablePicture("unreadable", f"the file cannot be read ({error.strerror})")


def _decode(data: bytes) -> Image | None:
    """Unpack with Pillow: unlike OpenCV it is silent about broken files and tells where a picture is transparent."""
    try:
        with PIL.Image.open(io.BytesIO(data)) as picture:
            if picture.mode.startswith("I;16"):
                return (np.asarray(picture) >> 8).astype(np.uint8)
            # Codes are often saved as black on nothing: nothing is meant to be paper.
            paper = PIL.Image.new("RGBA", picture.size, "white")
            paper.alpha_composite(picture.convert("RGBA"))
            return np.asarray(paper.convert("L"), dtype=np.uint8)
    except BROKEN_PICTURE:
        return None


def _read_with_zxing(
    grey: Image, formats: _Formats = _ALL_FORMATS, binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage
) -> list[Code]:
    if max(grey.shape) > _LONGEST_SIDE:
        return []
    barcodes = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats, binarizer=binarizer)
    valid = [barcode for barcode in barcodes if barcode.valid and 0 < len(barcode.bytes) <= LONGEST_CODE_BYTES]
    return _distinct([_from_zxing(barcode) for barcode in valid if not _made_of_modules(barcode, valid)])


def _made_of_modules(barcode: zxingcpp.Barcode, found: Sequence[zxingcpp.Barcode]) -> bool:
    """True for bars without a check character that touch a matrix code: rows of its modules, now and then."""
    return barcode.format.name in _UNCHECKED_BARS and any(
        other.format.name in _FREE_TEXT and _touch(_box(barcode), _box(other)) for other in found
    )


def _box(barcode: zxingcpp.Barcode) -> tuple[int, int, int, int]:
    place = barcode.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    return min(across), min(down), max(across), max(down)


def _touch(first: tuple[int, int, int, int], second: tuple[int, int, int, int]) -> bool:
    return first[0] <= second[2] and second[0] <= first[2] and first[1] <= second[3] and second[1] <= first[3]


def _read_altered(grey: Image) -> list[Code]:
    """Look again without texture, at another size and with one threshold for all: each reads codes that the others miss."""
    smooth = _smooth(grey)
    return (
        _read_with_zxing(smooth, _QR_FORMATS, zxingcpp.Binarizer.GlobalHistogram)
        or _read_with_zxing(smooth, _QR_FORMATS)
        or _read_resized(grey)
        or _read_with_zxing(grey, _QR_FORMATS, zxingcpp.Binarizer.GlobalHistogram)
    )


def _read_resized(grey: Image) -> list[Code]:
    """Half the size where modules are large or ragged; twice the size where they are smaller than three pixels."""
    height, width = grey.shape
    if min(height, width) < _LEAST_SIDE_TO_HALVE:
        halved = []
    else:
        halved = _read_with_zxing(_resize(grey, 0.5, cv2.INTER_AREA), _QR_FORMATS)
    if halved or height * width > _MOST_PIXELS_TO_DOUBLE:
        return halved
    return _read_with_zxing(_resize(grey, 2.0, cv2.INTER_CUBIC), _QR_FORMATS)


def _grey(image: Image) -> Image:
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _smooth(grey: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(grey, (5, 5), 0), dtype=np.uint8)


def _resize(grey: Image, factor: float, how: int) -> Image:
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=how), dtype=np.uint8)


def _from_zxing(barcode: zxingcpp.Barcode) -> Code:
    raw = barcode.bytes
    text = barcode.text if _states_its_encoding(barcode) else _text_of(raw, barcode.text)
    return Code(raw, text, barcode.format.name, has_control_characters(text))


def _states_its_encoding(barcode: zxingcpp.Barcode) -> bool:
    """True where the sign set is fixed, and for QR codes with an ECI: their AIM modifier is even (2, 4, 6)."""
    return barcode.format.name not in _FREE_TEXT or barcode.symbology_identifier in ("]Q2", "]Q4", "]Q6")


def _text_of(raw: bytes, guess: str) -> str:
    text = decode_utf8(raw)
    return choose_text(raw, guess) if text is None else text


def _read_with_zbar(image: Image) -> list[Code]:
    try:
        # Late: the wheel needs the system library libzbar, and the terminal works without it.
        from pyzbar import pyzbar
    except ImportError as error:
        _log.info("no second opinion on pictures: %s", error)
        return []
    symbols = [pyzbar.ZBarSymbol[name] for name in _SYMBOLOGY_BY_ZBAR_NAME]
    return _distinct(
        [
            Code(found.data, text, _SYMBOLOGY_BY_ZBAR_NAME[found.type], has_control_characters(text))
            for found in pyzbar.decode(image, symbols=symbols)
            if found.data.isascii() and (text := found.data.decode("ascii")) and len(text) <= LONGEST_CODE_BYTES
        ]
    )


def _distinct(codes: list[Code]) -> list[Code]:
    return list(dict.fromkeys(codes))
