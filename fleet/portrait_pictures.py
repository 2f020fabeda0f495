"""Pictures as the register keeps them: JPEG, upright, small, with nothing in them but the picture."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from contract.portraits import MAX_PORTRAIT_BYTES
from fleet.errors import PlatformError

_MAX_GIVEN_PIXELS = 4096 * 4096
_MAX_SIDE_PX = 1024
_QUALITIES = (92, 85, 75, 60)
_SAMPLE_ROWS = 256
"""Of the packaged picture: head and shoulders, as the simulated camera shows them."""
_MARK_HEIGHT = 0.08
_BROKEN = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, TypeError, LookupError)
"""What Pillow raises for data that are not what they say."""


def as_register_jpeg(content: bytes) -> bytes:
    """A JPEG or PNG picture as the register keeps it: no side above 1,024 pixels, without Exif. Raises ``PlatformError``."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as given:
            if given.width * given.height > _MAX_GIVEN_PIXELS:
                raise PlatformError("a portrait has at most 16 million pixels")
            picture = ImageOps.exif_transpose(given).convert("RGB")
    except _BROKEN as error:
        raise PlatformError("a portrait is a JPEG or PNG picture") from error
    picture.thumbnail((_MAX_SIDE_PX, _MAX_SIDE_PX), Image.Resampling.LANCZOS)
    return _encoded(picture)


def sample_portrait() -> bytes:
    """The portrait of all sample residents, marked SAMPLE: the packaged public-domain picture that the simulated camera shows."""
    from skimage import data  # only the samples need it, and it is slow to load

    picture = Image.fromarray(data.astronaut()[:_SAMPLE_ROWS])
    size = round(picture.height * _MARK_HEIGHT)
    # On the shoulders, away from the face that is compared.
    ImageDraw.Draw(picture).text((4, picture.height - size - 6), "SAMPLE", fill=(255, 255, 255), font_size=size)
    return _encoded(picture)


def _encoded(picture: Image.Image) -> bytes:
    for quality in _QUALITIES:
        stored = io.BytesIO()
        picture.save(stored, "JPEG", quality=quality, optimize=True)
        if stored.tell() <= MAX_PORTRAIT_BYTES:
            return stored.getvalue()
    raise PlatformError(f"a portrait has at most {MAX_PORTRAIT_BYTES // 1024} KiB as JPEG")
