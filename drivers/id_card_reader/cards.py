"""Cards for the emulator and the simulator, from a JSON file or made up on the spot.

A card file is one JSON object. ``kind`` is ``resident`` (also when absent), ``J``, ``I`` or ``Y``; every other key is a field of
that kind as it stands on the card: ``name``, ``sex_code`` (1, 2), ``ethnicity_code`` (01), ``birth`` (YYYYMMDD), ``address``,
``id_number``, ``issuer``, ``valid_from``, ``valid_to`` (YYYYMMDD or 长期); J also ``permit_number`` and ``times_issued``; I and Y
``english_name``, ``chinese_name``, ``nationality``.

``photo`` is the path of a picture, relative to the file; ``newest_address`` is the appended address; ``fingers`` is 0, 1 or 2:
how many made-up fingerprints there are; ``type_sign`` is one character that replaces the type, to make a card nobody knows.
Contents are not judged: wrong check digits and dates are welcome here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from drivers.id_card_reader.photo import encode_photo
from drivers.id_card_reader.protocol import NEWEST_ADDRESS_BYTES, PHOTO_BYTES
from drivers.id_card_reader.record import LAYOUTS, LONG_TERM, encode_fields
from drivers.id_card_reader.types import CardKind
from drivers.picture_size import declared_size
from drivers.types import Image

_LONGEST_CARD_FILE_BYTES = 64 * 1024
_LONGEST_PHOTO_FILE_BYTES = 32 * 1024 * 1024
_MOST_PHOTO_PIXELS = 64_000_000
_NOT_FIELDS = frozenset({"kind", "photo", "newest_address", "fingers", "type_sign"})
_NO_PHOTO = bytes(PHOTO_BYTES)
_FINGERPRINTS = {"0": b"", "1": b"F1" * 256, "2": b"F1" * 256 + b"F2" * 256}
_BODY_NUMBER = bytes.fromhex("00 11 22 33 44 55 66 77")


class CardFileError(ValueError):
    """A card file cannot be used; the message is one line for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class EmulatedCard:
    """What a card holds, as blocks of bytes."""

    text: bytes = field(repr=False)
    """256 bytes."""
    photo: bytes = field(repr=False, default=_NO_PHOTO)
    """1,024 bytes."""
    newest_address: bytes | None = field(repr=False, default=None)
    """70 bytes of UTF-16LE, or nothing appended."""
    fingerprint: bytes = field(repr=False, default=b"")
    """0, 512 or 1,024 bytes."""
    body_number: bytes = field(repr=False, default=_BODY_NUMBER)


def load_card(path: Path) -> EmulatedCard:
    """Read a card file; raises ``CardFileError``."""
    values = _load_object(path)
    photo_path = values.pop("photo", None)
    photo = None if photo_path is None else _load_photo(path.parent / photo_path)
    try:
        return make_card(values, photo)
    except CardFileError as error:
        raise CardFileError(f"{path}: {error}") from error


def make_card(values: dict[str, str], photo: Image | None = None) -> EmulatedCard:
    """Card from the keys of a card file; raises ``CardFileError``."""
    try:
        kind = CardKind(values.get("kind", CardKind.RESIDENT))
    except ValueError as error:
        known = ", ".join(LAYOUTS)
        raise CardFileError(f"kind must be one of {known}") from error
    fields = {name: text for name, text in values.items() if name not in _NOT_FIELDS}
    try:
        text_block = encode_fields(fields, kind, values.get("type_sign"))
        photo_block = _NO_PHOTO if photo is None else encode_photo(photo)
        newest_address = _encode_newest_address(values.get("newest_address"))
        fingerprint = _FINGERPRINTS.get(values.get("fingers", "0"))
    except ValueError as error:
        raise CardFileError(str(error)) from error
    if fingerprint is None:
        raise CardFileError("fingers must be 0, 1 or 2")
    return EmulatedCard(text_block, photo_block, newest_address, fingerprint)


def sample_card(photo: Image | None = None) -> EmulatedCard:
    """A fictitious resident of Wenzhou, born in 1958, marked as a test on every line that has room for it."""
    return make_card(
        {
            "name": "测试·林小瓯",
            "sex_code": "2",
            "ethnicity_code": "01",
            "birth": "19580308",
            "address": "浙江省温州市瓯海区测试路1号 SAMPLE",
            "id_number": "330304195803080026",
            "issuer": "测试市公安局",
            "valid_from": "20110601",
            "valid_to": LONG_TERM,
        },
        photo,
    )


def _load_object(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_size > _LONGEST_CARD_FILE_BYTES:
            raise CardFileError(f"{path}: too large for a card file")
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CardFileError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, CardFileError):
            raise
        raise CardFileError(f"{path}: is not JSON in UTF-8") from error
    if not isinstance(values, dict) or not all(isinstance(text, str) for text in values.values()):
        raise CardFileError(f"{path}: must be one JSON object whose values are all texts")
    return values


def _load_photo(path: Path) -> Image:
    try:
        if path.stat().st_size > _LONGEST_PHOTO_FILE_BYTES:
            raise CardFileError(f"{path}: too large for a photo")
        data = path.read_bytes()
    except OSError as error:
        raise CardFileError(f"{path}: cannot be read ({error.strerror})") from error
    size = declared_size(data)
    if size is None or size[0] * size[1] > _MOST_PHOTO_PIXELS:
        raise CardFileError(f"{path}: is not a PNG, JPEG, WebP or BMP picture of reasonable size")
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise CardFileError(f"{path}: is a broken picture")
    return np.asarray(picture, dtype=np.uint8)


def _encode_newest_address(text: str | None) -> bytes | None:
    if text is None:
        return None
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) > NEWEST_ADDRESS_BYTES:
        raise ValueError("field 'newest_address' is too long for the card")
    return encoded + " ".encode("utf-16-le") * ((NEWEST_ADDRESS_BYTES - len(encoded)) // 2)
