"""What the document camera (高拍仪) sees and delivers. Everything that shows a document is kept out of ``repr``."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from drivers.types import Image

Corners = NDArray[np.float32]
"""Shape (4, 2), x and y in pixels: top left, top right, bottom right, bottom left, as the camera sees the page."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page found in a picture."""

    corners: Corners
    is_cut_off: bool
    """True when it reaches past the edge of the picture."""
    support: float
    """Share of its outline that shows as an edge in the picture, 0 to 1."""


class PageShape(StrEnum):
    """The true shape of what is captured."""

    A4 = "a4"
    """210 x 297 mm, upright or lying."""
    ID_CARD = "id_card"
    """85.6 x 54 mm (ISO/IEC 7810 ID-1), upright or lying."""
    FREE = "free"
    """Unknown: measured from the perspective."""


class CaptureTrouble(StrEnum):
    """Why there is no picture of a document; the last thing that stood in the way."""

    NO_PAGE = "no_page"
    PAGE_CUT_OFF = "page_cut_off"
    MOVING = "moving"
    TOO_BLURRED = "too_blurred"
    TOO_DARK = "too_dark"
    GLARE = "glare"
    """Part of it, or all, is burnt out."""
    NO_CAMERA = "no_camera"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PageQuality:
    """How well a rectified page can be read."""

    sharpness: float
    """Steepness of its strokes: 1 / (width of an edge in pixels of the page at 1000 pixels height). See ``page_quality``."""
    brightness: float
    """Of the paper, 0 to 255."""
    glare: float
    """Share of the page that is burnt out."""


@dataclass(frozen=True, slots=True, eq=False)
class DocumentCapture:
    """A page, straightened. ``image`` lies in memory that zeroes itself when let go; ``forget`` does it at once."""

    image: Image = field(repr=False)
    """BGR, in the page's true proportions, the way up the camera saw it."""
    corners: Corners = field(repr=False)
    """Where the page lay in the camera's picture."""
    quality: PageQuality

    def forget(self) -> None:
        """Overwrite the picture."""
        self.image.flags.writeable = True
        self.image.fill(0)


@dataclass(frozen=True, slots=True, eq=False)
class PageLook:
    """What the camera sees at one moment of a capture, for the outline on the screen."""

    picture: Image = field(repr=False)
    """A small copy, BGR, in memory that zeroes itself when let go."""
    corners: tuple[tuple[float, float], ...]
    """Of the page, as shares of width and height, in the order of ``Corners``; empty when no page is seen."""
    trouble: CaptureTrouble | None
    """What stands in the way now; ``None`` when the page has just been taken."""
    is_small: bool
    """The page takes so little of the picture that nearer to the camera it could be read better."""


@dataclass(frozen=True, slots=True)
class NotCaptured:
    """No picture, and why."""

    trouble: CaptureTrouble
