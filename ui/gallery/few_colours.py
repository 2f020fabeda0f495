"""A picture in 256 colours, for a small file: what fills areas keeps its colour exactly, edges of letters are brought near."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, qRgb

_MOST = 256
_EXACT = 64
"""So many of the commonest colours are kept whatever they are like: those of the palette are among them."""
_APART = 14
"""The others are this far from each other, so that they stand for everything between."""


def with_few_colours(pixels: NDArray[np.uint8]) -> QImage:
    """The picture (rows, columns, red green blue) with a table of 256 colours; no dithering."""
    height, width, _ = pixels.shape
    packed = (pixels.astype(np.uint32) << np.array([16, 8, 0], np.uint32)).sum(axis=2, dtype=np.uint32)
    colours, where, counts = np.unique(packed, return_inverse=True, return_counts=True)
    spread = np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], axis=1).astype(np.int16)
    table = _table(spread[np.argsort(-counts, kind="stable")])
    nearest = np.array([np.abs(table - colour).sum(axis=1).argmin() for colour in spread], np.uint8)
    lines = np.zeros((height, (width + 3) // 4 * 4), np.uint8)
    lines[:, :width] = nearest[where].reshape(height, width)
    image = QImage(lines.tobytes(), width, height, lines.shape[1], QImage.Format.Format_Indexed8).copy()
    image.setColorTable([qRgb(*(int(part) for part in colour)) for colour in table])
    return image


def _table(by_frequency: NDArray[np.int16]) -> NDArray[np.int16]:
    chosen = by_frequency[:_EXACT]
    for colour in by_frequency[_EXACT:]:
        if len(chosen) == _MOST:
            break
        if np.abs(chosen - colour).max(axis=1).min() >= _APART:
            chosen = np.vstack([chosen, colour])
    return chosen
