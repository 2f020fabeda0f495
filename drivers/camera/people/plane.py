"""A flat thing held before the camera: where it is, how it moves in the hand, and what of it each pixel shows.

Pinhole camera; the focal length follows from a head of 14 cm being as large at 50 cm as the composed portrait shows it, which for
a picture of 640x480 gives 52 degrees across, as webcams have.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.people.relief import HEAD_BREADTH_CM, Field
from drivers.camera.portrait import JAW_WIDTH_OF_FRAME_HEIGHT
from drivers.types import Image

USUAL_DISTANCE_CM = 50.0
_STEP_PX = 4


def focal_px(size_px: tuple[int, int]) -> float:
    """Focal length of the camera in pixels."""
    jaw_px = min(size_px[1], size_px[0] * 3 / 4) * JAW_WIDTH_OF_FRAME_HEIGHT
    return jaw_px * USUAL_DISTANCE_CM / HEAD_BREADTH_CM


@dataclass(frozen=True, slots=True)
class Hold:
    """Place and attitude of the plane's middle: centimetres from the lens's axis, radians; bend is the sagitta by the width."""

    right_cm: float = 0.0
    down_cm: float = 0.0
    away_cm: float = USUAL_DISTANCE_CM
    yaw_rad: float = 0.0
    """Positive: the edge at the right of the picture goes away."""
    pitch_rad: float = 0.0
    """Positive: the upper edge comes nearer, as a nodding head's forehead does."""
    roll_rad: float = 0.0
    bend: float = 0.0


@dataclass(frozen=True, slots=True)
class _Gesture:
    """One wilful movement of the hand: a bump in some of the numbers of ``Hold``."""

    begin_s: float
    length_s: float
    yaw_rad: float = 0.0
    pitch_rad: float = 0.0
    bend: float = 0.0
    nearer_cm: float = 0.0
    down_cm: float = 0.0

    def strength(self, now_s: float) -> float:
        share = (now_s - self.begin_s) / self.length_s
        return math.sin(math.pi * share) ** 2 if 0.0 < share < 1.0 else 0.0


@dataclass
class Hand:
    """Holds a plane: drifts, trembles, and makes gestures. Amplitudes of a hand held out free, assumed: 4 mm and 1.5 degrees of
    drift within seconds, a tremor of 0.3 mm at 8 to 10 Hz (physiological tremor)."""

    rest: Hold
    source: random.Random
    unrest: float = 1.0
    _phases: tuple[float, ...] = ()
    _gestures: list[_Gesture] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._phases = tuple(self.source.uniform(0.0, 2 * math.pi) for _ in range(12))

    def gesture(self, begin_s: float, length_s: float, **changes: float) -> None:
        """Swing, tilt, bend or push, up to the given amounts and back."""
        self._gestures.append(_Gesture(begin_s, length_s, **changes))

    def at(self, now_s: float) -> Hold:
        """Where the plane is."""
        self._gestures = [one for one in self._gestures if one.begin_s + one.length_s > now_s]

        def drift(which: int, slow_hz: float) -> float:
            phase = self._phases
            slow = math.sin(2 * math.pi * slow_hz * now_s + phase[which])
            quick = math.sin(2 * math.pi * slow_hz * 2.7 * now_s + phase[which + 6])
            return self.unrest * (0.7 * slow + 0.3 * quick)

        tremor = 0.03 * self.unrest * math.sin(2 * math.pi * 8.7 * now_s + self._phases[5])
        shares = [(one, one.strength(now_s)) for one in self._gestures]
        rest = self.rest
        return Hold(
            right_cm=rest.right_cm + 0.4 * drift(0, 0.31) + tremor,
            down_cm=rest.down_cm + 0.3 * drift(1, 0.43) + tremor + sum(one.down_cm * share for one, share in shares),
            away_cm=rest.away_cm + 0.5 * drift(2, 0.23) - sum(one.nearer_cm * share for one, share in shares),
            yaw_rad=rest.yaw_rad + 0.026 * drift(3, 0.37) + sum(one.yaw_rad * share for one, share in shares),
            pitch_rad=rest.pitch_rad + 0.026 * drift(4, 0.29) + sum(one.pitch_rad * share for one, share in shares),
            roll_rad=rest.roll_rad + 0.012 * drift(5, 0.21),
            bend=rest.bend + sum(one.bend * share for one, share in shares),
        )


class Plane:
    """Maps a texture of a size in centimetres into the camera's picture."""

    def __init__(self, size_px: tuple[int, int], plane_cm: tuple[float, float], texture_px: tuple[int, int]) -> None:
        self._size_px, self._plane_cm, self._texture_px = size_px, plane_cm, texture_px
        self.focal_px = focal_px(size_px)
        low = (max(2, size_px[0] // _STEP_PX), max(2, size_px[1] // _STEP_PX))
        rows, columns = np.mgrid[0 : low[1], 0 : low[0]].astype(np.float32)
        x = (columns + 0.5) * (size_px[0] / low[0]) - 0.5
        y = (rows + 0.5) * (size_px[1] / low[1]) - 0.5
        self._rays = np.stack((x, y, np.ones_like(x)), axis=-1)

    def homography(self, hold: Hold) -> NDArray[np.float64]:
        """From texture pixels to picture pixels, for an unbent plane."""
        half_w, half_h = self._plane_cm[0] / 2, self._plane_cm[1] / 2
        corners = np.array([[-half_w, -half_h, 0], [half_w, -half_h, 0], [half_w, half_h, 0], [-half_w, half_h, 0]])
        placed = corners @ _rotation(hold).T + np.array([hold.right_cm, hold.down_cm, hold.away_cm])
        middle = np.array([self._size_px[0] / 2, self._size_px[1] / 2])
        seen = placed[:, :2] / np.maximum(placed[:, 2:], 1.0) * self.focal_px + middle
        width, height = self._texture_px
        texture = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
        return np.asarray(cv2.getPerspectiveTransform(texture, seen.astype(np.float32)), np.float64)

    def maps(self, hold: Hold) -> tuple[Field, Field]:
        """Texture x and y of each picture pixel; outside the texture where the plane is not."""
        back = np.linalg.inv(self.homography(hold)).astype(np.float32)
        seen = self._rays @ back.T
        x, y = seen[..., 0] / seen[..., 2], seen[..., 1] / seen[..., 2]
        if hold.bend:
            # A sheet bent about its upright axis: the arc is longer than its chord, and the middle stands out towards the lens.
            across = np.clip(x / self._texture_px[0] * 2 - 1, -1.5, 1.5)
            nearer = hold.bend * self._plane_cm[0] * (1 - across**2)
            shrink = 1.0 - nearer / hold.away_cm
            width, height = self._texture_px
            arc = across * (1.0 + 2.6 * hold.bend**2 * (1.0 - across**2))
            x = (arc * shrink + 1) / 2 * width
            y = (y / height - 0.5) * shrink * height + height * 0.5
        return self._enlarged(x), self._enlarged(y)

    def facing(self, hold: Hold, maps: tuple[Field, Field]) -> Field:
        """Cosine between a bent sheet and its middle, for each pixel of the picture: its sides face away."""
        slope = (maps[0] * np.float32(2 / self._texture_px[0]) - np.float32(1)) * np.float32(4 * hold.bend)
        return np.asarray(1.0 / np.sqrt(1.0 + slope * slope), np.float32)

    def _enlarged(self, low: Field) -> Field:
        return np.asarray(cv2.resize(low.astype(np.float32), self._size_px, interpolation=cv2.INTER_LINEAR), np.float32)

    def screen_light(self, hold: Hold, whiteness: float = 1.0) -> int:
        """Share (0 to 255) of the screen's light that matt paper here gives back: the same all over, by attitude and distance.

        Lambert and the inverse square, against skin at the usual distance; the screen stands around the camera.
        """
        cosine = max(0.0, math.cos(hold.yaw_rad) * math.cos(hold.pitch_rad))
        return min(255, round(255 * whiteness * cosine * (USUAL_DISTANCE_CM / hold.away_cm) ** 2))


def over(picture: Image, texture: Image, maps: tuple[Field, Field]) -> tuple[Image, Image]:
    """``picture`` with a BGRA texture before it, and the matte of the texture."""
    seen = np.asarray(cv2.remap(texture, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0), np.uint8)
    matte = np.ascontiguousarray(seen[:, :, 3])
    share = cv2.merge((matte, matte, matte))
    front = cv2.multiply(cv2.cvtColor(seen, cv2.COLOR_BGRA2BGR), share, scale=1 / 255)
    back = cv2.multiply(picture, cv2.bitwise_not(share), scale=1 / 255)
    return np.asarray(cv2.add(front, back), np.uint8), matte


def _rotation(hold: Hold) -> NDArray[np.float64]:
    (sy, cy), (sp, cp), (sr, cr) = ((math.sin(a), math.cos(a)) for a in (hold.yaw_rad, hold.pitch_rad, hold.roll_rad))
    yaw = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(yaw @ pitch @ roll, np.float64)
