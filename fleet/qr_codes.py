"""QR codes as pictures, for screens: ISO/IEC 18004, level L, for a screen is not worn and large modules scan better."""

from __future__ import annotations

import io

import numpy as np
import zxingcpp
from PIL import Image

MODULE_PX = 6


def qr_png(text: str, module_px: int = MODULE_PX) -> bytes:
    """A PNG of the code with its quiet zone. ``ValueError`` for a text that does not fit into one."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    pixels = np.asarray(barcode.to_image(scale=module_px), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()
