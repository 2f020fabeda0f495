"""Where pictures come from. A source is opened, read and closed by one thread each."""

from __future__ import annotations

from typing import Protocol

from drivers.camera.types import CameraCapabilities
from drivers.status import DeviceStatus
from drivers.types import Image

DEFAULT_FRAMES_PER_S = 15.0
MAX_FRAMES_PER_S = 120.0


class OpenedSource(Protocol):
    """A source that is delivering."""

    @property
    def capabilities(self) -> CameraCapabilities:
        """Size and rate, as far as the source tells."""
        ...

    def read(self) -> Image | None:
        """The next picture (BGR, in memory that zeroes itself), ``None`` when there is none: lost, or at the end."""
        ...

    def skip(self) -> bool:
        """Let the next picture go by, as cheaply as can be; False when there is none."""
        ...

    def close(self) -> None:
        """Release the source."""
        ...


class VideoSource(Protocol):
    """A source by its settings."""

    @property
    def is_recording(self) -> bool:
        """True for files and folders: they are played at their own speed and have an end, which is not a fault."""
        ...

    def open(self) -> OpenedSource:
        """Open it now; raises ``Disconnected``."""
        ...

    def presence(self) -> DeviceStatus:
        """``at_rest`` or ``lost``, cheaply and without reading a picture; for a source that is not open."""
        ...
