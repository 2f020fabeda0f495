"""What stand-ins for a printer have printed, to look at."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """What came out of the printer for one job."""

    pages: int
    """Pages of the job, copies included."""
    printed: int
    """Pages that came out."""
    pdf: bytes | None = field(repr=False)
    """The document; ``None`` when it did not come out whole."""

    @property
    def is_whole(self) -> bool:
        """True when every page came out."""
        return self.pdf is not None
