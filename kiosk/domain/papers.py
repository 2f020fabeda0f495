"""Papers that the resident hands in at the machine."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class ScannedPage:
    """One page under the document camera, as JPEG. Lives in memory only; ``forget`` overwrites it."""

    material: str
    """Id of the material it is a page of."""
    jpeg: bytearray = field(repr=False)

    def forget(self) -> None:
        """Overwrite the picture; may be called twice."""
        self.jpeg[:] = bytes(len(self.jpeg))


@dataclass(frozen=True, slots=True)
class PageSight:
    """What the document camera sees now, in words: the picture itself travels beside it."""

    corners: tuple[tuple[float, float], ...]
    """Of the page, as shares of width and height of the picture, going round; empty when no page is seen."""
    hint: str
    """``no_page``, ``page_cut_off``, ``moving``, ``too_blurred``, ``closer``, ``too_dark``, ``glare``; ``taken`` when it is."""
