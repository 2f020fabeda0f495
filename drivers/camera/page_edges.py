"""The sides of a page in the picture: how much of each shows as an edge, and where exactly it lies."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.page_types import Corners
from drivers.types import Image

_SUPPORT_SAMPLES = 48
_SUPPORT_REACH_PX = 3
_LEAST_STEP = 7.0
"""Grey levels between inside and outside that count as an edge; a shadow is softer, noise is averaged away."""
_FIT_SAMPLES = 64
_BORDER_PX = 3.0
_FROM, _TO = 0.04, 0.96
"""Share of a side that is looked at; corners are often bent or rounded."""

_Points = NDArray[np.float32]


def support_of(quad: Corners, grey: Image) -> tuple[list[float], int]:
    """Of each side inside the picture the share that shows as an edge, and how many sides lie along the picture's border."""
    shares: list[float] = []
    along_border = 0
    middle = quad.mean(axis=0)
    for begin, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        if _is_along_border(begin, end, grey):
            along_border += 1
            continue
        profiles = _profiles(grey, begin, end, middle, _SUPPORT_SAMPLES, _SUPPORT_REACH_PX)
        inner = profiles[:, :_SUPPORT_REACH_PX].mean(axis=1)
        outer = profiles[:, -_SUPPORT_REACH_PX:].mean(axis=1)
        step = inner - outer
        sign = 1.0 if float(np.median(step)) >= 0 else -1.0
        shares.append(float((step * sign > _LEAST_STEP).mean()))
    return shares, along_border


def fitted(image: Image, corners: Corners, reach_px: float) -> Corners:
    """``corners`` with each side moved onto the edge in ``image`` that lies within ``reach_px`` of it, fingers left out."""
    middle = corners.mean(axis=0)
    lines = [_line(image, begin, end, middle, reach_px) for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    moved = np.array([_meeting(lines[at - 1], lines[at]) for at in range(4)], np.float32)
    is_near = np.linalg.norm(moved - corners, axis=1) < 6.0 * reach_px
    return np.asarray(np.where(is_near[:, None], moved, corners), np.float32)


def _line(image: Image, begin: _Points, end: _Points, middle: _Points, reach_px: float) -> tuple[_Points, _Points]:
    """A point and the direction of the side."""
    direction = np.asarray((end - begin) / max(1e-6, float(np.linalg.norm(end - begin))), np.float32)
    if _is_along_border(begin, end, image):
        return begin, direction
    reach = max(3, round(reach_px * 1.6))
    profiles = _profiles(image, begin, end, middle, _FIT_SAMPLES, reach)
    steps = profiles[:, :-2] - profiles[:, 2:]  # positive where it gets darker outwards
    sign = 1.0 if float(np.median(steps.sum(axis=1))) >= 0 else -1.0
    steps = np.clip(steps * sign, 0, None)
    peaks = steps.argmax(axis=1)
    window = np.arange(steps.shape[1])[None, :]
    weights = np.where(np.abs(window - peaks[:, None]) <= 2, steps, 0.0)
    total = weights.sum(axis=1)
    offsets = (weights * (window + 1 - reach)).sum(axis=1) / np.maximum(total, 1e-6)
    shares = np.linspace(_FROM, _TO, _FIT_SAMPLES, dtype=np.float32)
    at = begin + shares[:, None] * (end - begin) + offsets[:, None] * _outwards(begin, end, middle)
    is_edge = steps.max(axis=1) > max(3.0, 0.3 * float(np.median(steps.max(axis=1))))
    return _robust_line(np.asarray(at[is_edge], np.float32), begin, direction)


def _robust_line(points: _Points, begin: _Points, direction: _Points) -> tuple[_Points, _Points]:
    """A line through most of ``points``; those of fingers and shadows are left out in two rounds."""
    for limit_px in (4.0, 1.5):
        if len(points) < 8:
            return begin, direction
        fit = cv2.fitLine(points, cv2.DIST_WELSCH, 0, 0.01, 0.01).reshape(-1)
        along, origin = np.asarray(fit[:2], np.float32), np.asarray(fit[2:], np.float32)
        if abs(float(along @ direction)) < 0.98:
            return begin, direction
        away = np.abs((points - origin) @ np.array([-along[1], along[0]], np.float32))
        points = points[away < max(limit_px, 1.5 * float(np.median(away)))]
        begin, direction = origin, along
    return begin, direction


def _profiles(image: Image, begin: _Points, end: _Points, middle: _Points, samples: int, reach: int) -> NDArray[np.float32]:
    """Grey levels across a side: a row for each sample along it, from inside to outside."""
    shares = np.linspace(_FROM, _TO, samples, dtype=np.float32)
    at = begin + shares[:, None] * (end - begin)
    offsets = np.arange(-reach, reach + 1, dtype=np.float32)
    spots = at[:, None, :] + offsets[None, :, None] * _outwards(begin, end, middle)
    spots = np.asarray(spots, np.float32)
    levels = cv2.remap(image, spots[..., 0], spots[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if levels.ndim == 3:
        levels = cv2.cvtColor(levels, cv2.COLOR_BGR2GRAY)
    return np.asarray(levels, np.float32)


def _outwards(begin: _Points, end: _Points, middle: _Points) -> _Points:
    side = end - begin
    normal = np.array([side[1], -side[0]], np.float32) / max(1e-6, float(np.linalg.norm(side)))
    return np.asarray(normal if float(normal @ ((begin + end) / 2 - middle)) >= 0 else -normal, np.float32)


def _is_along_border(begin: _Points, end: _Points, image: Image) -> bool:
    height, width = image.shape[:2]
    margin = _BORDER_PX * max(1.0, max(width, height) / 480)
    for axis, limit in ((0, width - 1), (1, height - 1)):
        both = np.array([begin[axis], end[axis]])
        if bool((both < margin).all()) or bool((both > limit - margin).all()):
            return True
    return False


def _meeting(first: tuple[_Points, _Points], second: tuple[_Points, _Points]) -> _Points:
    (p, u), (q, v) = first, second
    turn = float(u[0] * v[1] - u[1] * v[0])
    if abs(turn) < 1e-6:
        return p
    share = float((q - p)[0] * v[1] - (q - p)[1] * v[0]) / turn
    return np.asarray(p + share * u, np.float32)
