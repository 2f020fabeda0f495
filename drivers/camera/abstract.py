"""The contract of a camera."""

from __future__ import annotations

from typing import Protocol

from drivers.camera.types import CameraCapabilities
from drivers.status import DeviceStatus
from drivers.types import Deadline, Frame


class Camera(Protocol):
    """Delivers the newest frame; a reader thread of its own drops the older ones."""

    def start(self) -> None:
        """Open the source and begin to read, in the background; the lens is covered by software until then."""
        ...

    def pace(self, pictures_per_s: float) -> None:
        """Deliver no more pictures than this, to spare the processor; 0: as many as there are. Recordings keep their speed."""
        ...

    def newest(self) -> Frame | None:
        """The newest frame, or ``None`` before the first one; never blocks."""
        ...

    def wait_newer(self, than: Frame | None, deadline: Deadline) -> Frame | None:
        """Wait for a frame newer than ``than``; ``None`` when the deadline came first."""
        ...

    def status(self) -> DeviceStatus:
        """State and code, by ageing alone where nothing arrives any more.

        ``online``/``ok``; ``offline``/``starting`` or ``stopped``; ``no_device``/``lost``, or ``ended`` for a played recording;
        ``hardware_error``/``frozen``, ``torn`` (only cut pictures) or ``wedged`` (the driver does not return);
        ``user_error``/``black`` or ``covered`` when something lies on the lens.
        """
        ...

    def presence(self) -> DeviceStatus:
        """Whether the camera is there; made to be asked once a second.

        At rest ``online``/``at_rest`` or ``no_device``/``lost``, and no picture is taken; while started, ``status``.
        Returns within half a second.
        """
        ...

    def capabilities(self) -> CameraCapabilities | None:
        """What the source delivers, once known."""
        ...

    def stop(self) -> None:
        """Stop reading, drop and overwrite every frame held, release the source; may be called twice."""
        ...
