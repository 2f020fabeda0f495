"""Moiré and printing dots: regular patterns that skin has not, found as peaks in the spectrum of the face.

A screen's stripes sampled by the camera's pixels give waves of one frequency, mostly coloured ones; so do coarse printing dots.
Skin, hair and noise give spectra without peaks.
"""

from __future__ import annotations

import functools
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face.landmarks import Points
from drivers.types import Image

_SIDE_PX = 96
_LEAST_CYCLES = 0.10
"""Per pixel; below it the face itself has structure."""
_NEIGHBOURS = 9
_LEAST_PICTURES = 4

Spectrum = NDArray[np.float32]


class GridWatch:
    """Adds up the spectra of the middle of the face at the camera's own resolution. Keeps no picture."""

    def __init__(self) -> None:
        self._sums: list[Spectrum] | None = None
        self._count = 0

    def see(self, image: Image, points: Points) -> None:
        """Read one picture (BGR); a face smaller than the patch is passed over."""
        patch = _patch(image, points)
        if patch is None:
            return
        spectra = [_spectrum(plane) for plane in _planes(patch)]
        self._sums = spectra if self._sums is None else [total + one for total, one in zip(self._sums, spectra, strict=True)]
        self._count += 1

    def peak(self) -> float | None:
        """How far the strongest regular pattern stands out of its neighbourhood, as a logarithm; ``None``: not measured."""
        if self._sums is None or self._count < _LEAST_PICTURES:
            return None
        return max(_highest_peak(total) for total in self._sums)

    def forget(self) -> None:
        """Let go of the spectra."""
        self._sums, self._count = None, 0


def _patch(image: Image, points: Points) -> Image | None:
    """Square around the nose, within the face."""
    if float(points[16, 0] - points[0, 0]) < _SIDE_PX * 0.9:
        return None
    middle_x, middle_y = (round(float(value)) for value in points[30])
    left, top = middle_x - _SIDE_PX // 2, middle_y - _SIDE_PX // 2
    if left < 0 or top < 0:
        return None
    patch = image[top : top + _SIDE_PX, left : left + _SIDE_PX]
    return patch if patch.shape[:2] == (_SIDE_PX, _SIDE_PX) else None


def _planes(patch: Image) -> tuple[NDArray[np.float32], ...]:
    blue, green, red = cv2.split(patch.astype(np.float32))
    return green, red - green, blue - green


def _spectrum(plane: NDArray[np.float32]) -> Spectrum:
    rough = plane - cv2.GaussianBlur(plane, (0, 0), 3.0)
    power = np.square(np.abs(np.fft.rfft2(rough * _window())))
    return np.asarray(power / max(float(power.sum()), 1e-6), np.float32)


def _highest_peak(total: Spectrum) -> float:
    level = np.log(np.fft.fftshift(total, axes=0) + 1e-9).astype(np.float32)
    around = np.asarray(cv2.blur(level, (_NEIGHBOURS, _NEIGHBOURS), borderType=cv2.BORDER_REFLECT), np.float32)
    return float((level - around)[_band()].max())


@functools.cache
def _window() -> NDArray[np.float32]:
    edge = np.hanning(_SIDE_PX).astype(np.float32)
    return np.asarray(edge[:, None] * edge[None, :], np.float32)


@functools.cache
def _band() -> NDArray[np.bool_]:
    """Frequencies that count: fine ones, without those of JPEG's blocks of eight pixels along the axes."""
    down = np.fft.fftshift(np.fft.fftfreq(_SIDE_PX))[:, None]
    across = np.fft.rfftfreq(_SIDE_PX)[None, :]
    is_fine = np.hypot(down, across) > _LEAST_CYCLES

    def of_blocks(cycles: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        return np.asarray(np.abs(cycles * 8 - np.round(cycles * 8)) < 8 * 1.5 / _SIDE_PX, np.bool_)

    near_axis = 1.5 / _SIDE_PX
    is_block = (of_blocks(across) & (np.abs(down) < near_axis)) | (of_blocks(down) & (np.abs(across) < near_axis))
    return np.asarray(is_fine & ~is_block, np.bool_)
