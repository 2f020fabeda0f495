"""What stands before the lens, and what lens, room and sensor make of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from drivers.camera.noise import SensorNoise
from drivers.camera.people.screen_light import DARK, Shares
from drivers.overwritten import overwritten_picture
from drivers.types import Image


@dataclass(frozen=True, slots=True)
class Conditions:
    """Room, camera and place of one session; all of it is also found with honest people."""

    brightness: float = 1.0
    """Of the picture against a well-lit office: 0.5 is a dim hall. The camera's gain rises with the noise then."""
    warmth: float = 0.0
    """-1 (blue, shade) to 1 (yellow, incandescent lamp), what the white balance leaves of it."""
    screen_share: float = 0.08
    """Brightness that a white kiosk screen adds to skin that faces it, as a share of what the picture shows. A 24-inch panel
    of 250 cd/m2 gives about 60 lx more or less at 50 cm; a desk has 300 to 500 lx, a face a half of it, which makes 0.05 to 0.12
    after the camera's gamma (computed from these assumed figures, not measured)."""
    jpeg_quality: int | None = None
    """Of a Motion-JPEG camera; ``None``: raw pictures."""
    blur_px: float = 0.0
    """Standard deviation of a lens slightly out of focus."""


@dataclass(slots=True, eq=False)
class View:
    """A scene in the light of the room alone, and how it answers the light of the kiosk's screen."""

    picture: Image = field(repr=False)
    lit: Image | None = field(default=None, repr=False)
    """Diffuse: share of the screen's light given back, by which the colour of the thing itself is multiplied."""
    glare: Image | None = field(default=None, repr=False)
    """Mirrored: share of the screen's light thrown back as it is, whatever colour the thing has."""


class Optics:
    """Develops views into camera pictures. Not thread-safe; the same seed gives the same noise."""

    def __init__(self, size_px: tuple[int, int], conditions: Conditions, seed: int) -> None:
        self._conditions = conditions
        self._size_px = size_px
        self._noise = SensorNoise(size_px, np.random.default_rng(seed))
        self._tone = _tone(conditions)

    def develop(self, view: View, light: Shares) -> Image:
        """The camera's BGR picture of ``view`` under ``light`` of the screen, in memory that zeroes itself."""
        conditions = self._conditions
        seen = view.picture
        if light != DARK:
            seen = _under(seen, view, light, conditions.screen_share)
        if conditions.blur_px > 0.0:
            seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), conditions.blur_px), np.uint8)
        if self._tone is not None:
            seen = np.asarray(cv2.LUT(seen, self._tone), np.uint8)
        seen = self._noise.over(seen)
        if conditions.brightness < 0.7:  # the gain of a dim room doubles the noise
            seen = self._noise.over(seen)
        if conditions.jpeg_quality is not None:
            _, coded = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, conditions.jpeg_quality])
            seen = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
        developed = overwritten_picture((self._size_px[1], self._size_px[0], 3))
        developed[...] = seen
        return developed


def _under(picture: Image, view: View, light: Shares, share: float) -> Image:
    red, green, blue = light
    colour = (blue, green, red)
    if view.lit is not None:
        lit = cv2.merge([cv2.convertScaleAbs(view.lit, alpha=part) for part in colour])
        picture = np.asarray(cv2.add(picture, cv2.multiply(picture, lit, scale=share / 255.0)), np.uint8)
    if view.glare is not None:
        # Light adds before the gamma of the camera: the same amount shows more where the picture is dark.
        room_left = cv2.multiply(cv2.bitwise_not(picture), cv2.merge([view.glare] * 3), scale=1 / 255.0)
        planes = [cv2.convertScaleAbs(plane, alpha=part) for plane, part in zip(cv2.split(room_left), colour, strict=True)]
        picture = np.asarray(cv2.add(picture, cv2.merge(planes)), np.uint8)
    return picture


def _tone(conditions: Conditions) -> Image | None:
    """Look-up table of gain and colour cast, ``None`` when neither differs from the usual."""
    if conditions.brightness == 1.0 and conditions.warmth == 0.0:
        return None
    gains = np.array([1.0 - 0.14 * conditions.warmth, 1.0, 1.0 + 0.10 * conditions.warmth]) * conditions.brightness
    table = np.arange(256.0)[:, None] * gains[None, :]
    return np.ascontiguousarray(np.clip(np.round(table), 0, 255).astype(np.uint8)[:, None, :])
