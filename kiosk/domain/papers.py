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
