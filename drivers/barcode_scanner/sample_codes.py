"""Codes that a technician holds under a scanner to prove it: payloads, and a picture to print or to show on a telephone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from drivers.types import Image

_PIXELS_PER_MODULE = 8
_LABEL_HEIGHT = 48
_MARGIN = 24


@dataclass(frozen=True, slots=True)
class SampleCode:
    """One QR code of known content."""

    number: int
    label: str
    payload: bytes
    encoding: str

    @property
    def text(self) -> str:
        """What must come out."""
        return self.payload.decode(self.encoding)


ASCII = SampleCode(1, "ASCII", b"OUEBAN 1 0123456789 AZ az !#$%&()*+,-./:;<=>?@[]^_{|}~", "ascii")
UTF_8 = SampleCode(2, "UTF-8", "瓯e办 2 测试码 温州市瓯海区".encode(), "utf-8")
GB18030 = SampleCode(3, "GB18030", "瓯e办 3 测试码 受理号 预约".encode("gb18030"), "gb18030")
LINE_ENDS = SampleCode(4, "line ends", b"OUEBAN 4\r\nsecond line\nend", "ascii")
SAMPLE_CODES = (ASCII, UTF_8, GB18030, LINE_ENDS)


def draw_sample_codes() -> Image:
    """All sample codes in a row, numbered; grey, on white."""
    drawn = [_labelled(code) for code in SAMPLE_CODES]
    height = max(image.shape[0] for image in drawn)
    return np.hstack([np.pad(image, ((0, height - image.shape[0]), (0, 0)), constant_values=255) for image in drawn])


def write_sample_codes(path: Path) -> None:
    """Save the picture as PNG; raises ``OSError``."""
    packed = cv2.imencode(".png", draw_sample_codes())[1]
    path.write_bytes(packed.tobytes())


def _labelled(code: SampleCode) -> Image:
    barcode = zxingcpp.create_barcode(code.payload, zxingcpp.BarcodeFormat.QRCode)
    modules = np.array(zxingcpp.write_barcode_to_image(barcode, scale=_PIXELS_PER_MODULE), dtype=np.uint8)
    image = np.pad(modules, ((_LABEL_HEIGHT, _MARGIN), (_MARGIN, _MARGIN)), constant_values=255)
    words = f"{code.number}: {code.label}"
    cv2.putText(image, words, (_MARGIN, _LABEL_HEIGHT - 12), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    return np.asarray(image, dtype=np.uint8)
