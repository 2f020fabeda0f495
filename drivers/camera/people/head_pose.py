"""Turns and nods a portrait as a head with depth: what is nearer to the camera moves farther.

The warp is the inverse map of a rotation about the neck, seen from far away (no perspective within the head: at 50 cm the nose
would appear 4 % larger, which the portrait already holds). Nothing that the portrait hides can come into view; at 20 degrees
that is a strip of cheek a few pixels wide, which is stretched instead.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.people.relief import Field, Relief

TURN_RAD = 0.35
"""20 degrees."""
NOD_RAD = 0.32
"""18 degrees."""
_STEP_PX = 4
"""The maps are smooth: they are computed for every fourth pixel and enlarged."""
_ROUNDS = 4
"""Fixed-point rounds; after four the error is below half a pixel except on the far side of the nose."""


class HeadPose:
    """Source coordinates for a head of one ``Relief``. Not thread-safe."""

    def __init__(self, relief: Relief) -> None:
        height, width = relief.depth.shape
        self._size_px = (width, height)
        self._relief = relief
        low = (max(2, width // _STEP_PX), max(2, height // _STEP_PX))
        self._step_x, self._step_y = width / low[0], height / low[1]
        self._depth = cv2.resize(relief.depth, low, interpolation=cv2.INTER_AREA)
        self._share = cv2.resize(relief.is_head, low, interpolation=cv2.INTER_AREA)
        rows, columns = np.mgrid[0 : low[1], 0 : low[0]].astype(np.float32)
        self._x = (columns + 0.5) * self._step_x - 0.5
        self._y = (rows + 0.5) * self._step_y - 0.5

    def maps(self, placing: NDArray[np.float64], yaw_rad: float, pitch_rad: float) -> tuple[Field, Field, Field | None]:
        """Source x, source y and brightness (``None``: unchanged) of each pixel.

        ``placing`` (2x3) puts the portrait into the picture; positive ``yaw_rad`` turns towards the right edge of the picture,
        positive ``pitch_rad`` nods down.
        """
        back = np.asarray(cv2.invertAffineTransform(placing), np.float32)
        seen_x = back[0, 0] * self._x + back[0, 1] * self._y + back[0, 2]
        seen_y = back[1, 0] * self._x + back[1, 1] * self._y + back[1, 2]
        x, y = seen_x, seen_y
        if yaw_rad or pitch_rad:
            for _ in range(_ROUNDS):
                shift_x, shift_y = self._shift(x, y, yaw_rad, pitch_rad)
                x, y = seen_x - shift_x, seen_y - shift_y
        light = self._light(x, y, yaw_rad, pitch_rad)
        return self._enlarged(x), self._enlarged(y), None if light is None else self._enlarged(light)

    def _shift(self, x: Field, y: Field, yaw_rad: float, pitch_rad: float) -> tuple[Field, Field]:
        low_x, low_y = (x + 0.5) / self._step_x - 0.5, (y + 0.5) / self._step_y - 0.5
        depth = cv2.remap(self._depth, low_x, low_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        share = cv2.remap(self._share, low_x, low_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        across, along = x - np.float32(self._relief.middle_x), y - np.float32(self._relief.pivot_y)
        sin_yaw, cos_yaw = np.float32(np.sin(yaw_rad)), np.float32(np.cos(yaw_rad))
        sin_pitch, cos_pitch = np.float32(np.sin(pitch_rad)), np.float32(np.cos(pitch_rad))
        turned_depth = depth * cos_yaw - across * sin_yaw
        shift_x = (across * (cos_yaw - 1) + depth * sin_yaw) * share
        shift_y = (along * (cos_pitch - 1) + turned_depth * sin_pitch) * share
        return np.asarray(shift_x, np.float32), np.asarray(shift_y, np.float32)

    def _light(self, x: Field, y: Field, yaw_rad: float, pitch_rad: float) -> Field | None:
        """The room's lamp is above and in front: what turns away from it, or down, gets darker."""
        if abs(yaw_rad) < 0.05 and abs(pitch_rad) < 0.05:
            return None
        jaw = np.float32(self._relief.jaw_px)
        across = np.clip((x - np.float32(self._relief.middle_x)) / jaw, -1.0, 1.0)
        along = np.clip((y - np.float32(self._relief.pivot_y)) / jaw, -1.0, 1.0)
        change = np.float32(0.46 * yaw_rad) * across + np.float32(0.40 * pitch_rad) * (along + np.float32(0.15))
        return np.asarray(1.0 - change, np.float32)

    def _enlarged(self, low: Field) -> Field:
        return np.asarray(cv2.resize(low, self._size_px, interpolation=cv2.INTER_LINEAR), np.float32)
