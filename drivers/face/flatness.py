"""Is it a plane? The landmarks of a flat picture move by a homography, however it is held; those of a head that turns do not."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face.landmarks import Points
from drivers.face.types import FaceMeasurement

_RIGID = (*range(27), *range(27, 36), 36, 39, 42, 45)
"""Jaw, brows, nose and corners of the eyes; lips and lids move by themselves."""
_LEAST_PICTURES = 8
_STILL_YAW, _STILL_PITCH = 0.06, 0.025
_MOVED_YAW, _MOVED_PITCH = 0.16, 0.06
_EXTREMES = 3


class FlatnessWatch:
    """Keeps landmarks as numbers. For one challenge."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, float, Points]] = []

    def see(self, seen: FaceMeasurement) -> None:
        """Take one measurement."""
        if seen.points is not None:
            self._seen.append((seen.yaw, seen.pitch, seen.points[list(_RIGID)]))

    def depth(self) -> float | None:
        """What a plane cannot explain of the landmarks of the farthest turn or nod, by the distance of the outer eye corners.

        The trembling of the landmarks, measured at rest, is taken off. ``None``: the head never turned far enough to tell.
        """
        if len(self._seen) < _LEAST_PICTURES:
            return None
        yaws, pitches = np.array([one[0] for one in self._seen]), np.array([one[1] for one in self._seen])
        turns, nods = np.abs(yaws - np.median(yaws)), np.abs(pitches - np.median(pitches))
        still = np.flatnonzero((turns < _STILL_YAW) & (nods < _STILL_PITCH))
        moved = np.flatnonzero((turns > _MOVED_YAW) | (nods > _MOVED_PITCH))
        if len(still) < 3 or len(moved) < _EXTREMES:
            return None
        poses = [self._seen[number][2] for number in still]
        rest = np.mean([_normalised(points) for points in poses], axis=0)
        trembling = float(np.median([_residual(rest, points) for points in poses]))
        reach = np.maximum(turns / _MOVED_YAW, nods / _MOVED_PITCH)
        extremes = sorted(moved, key=lambda number: -float(reach[number]))[:_EXTREMES]
        farthest = float(np.median([_residual(rest, self._seen[number][2]) for number in extremes]))
        return float(np.sqrt(max(0.0, farthest**2 - trembling**2)))

    def forget(self) -> None:
        """Let go of the numbers."""
        self._seen.clear()


def _normalised(points: Points) -> Points:
    """Eye corners upon (0, 0) and (1, 0)."""
    left, right = points[-4], points[-1]
    across = right - left
    length = max(float(np.linalg.norm(across)), 1e-6)
    rotation = np.array([[across[0], across[1]], [-across[1], across[0]]]) / length**2
    return np.asarray((points - left) @ rotation.T)


def _residual(rest: Points, points: Points) -> float:
    """Root mean square of what the best homography from ``rest`` leaves."""
    moved = _normalised(points)
    found, _ = cv2.findHomography(rest.astype(np.float32), moved.astype(np.float32), 0)
    if found is None:
        return 0.0
    matrix: NDArray[np.float64] = np.asarray(found, np.float64)
    mapped = np.column_stack((rest, np.ones(len(rest)))) @ matrix.T
    left = mapped[:, :2] / mapped[:, 2:] - moved
    return float(np.sqrt(np.square(left).sum(axis=1).mean()))
