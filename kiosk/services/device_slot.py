"""A place for a device that may come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from drivers.errors import DeviceError


class Closable(Protocol):
    """Anything a driver hands out."""

    def close(self) -> None:
        """Let go of the port."""
        ...


Device = TypeVar("Device", bound=Closable)
Result = TypeVar("Result")


class DeviceSlot(Generic[Device]):
    """Opens its device when it is first needed, lets go of it when the link fails, and opens it anew the next time.

    Belongs to one thread, as the device does.
    """

    def __init__(self, open_device: Callable[[], Device]) -> None:
        self._open_device = open_device
        self._device: Device | None = None

    def use(self, work: Callable[[Device], Result]) -> Result:
        """Do ``work`` with the device; passes on ``DeviceError`` after closing the port."""
        if self._device is None:
            self._device = self._open_device()
        try:
            return work(self._device)
        except DeviceError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the device; may be called twice."""
        device, self._device = self._device, None
        if device is not None:
            device.close()
