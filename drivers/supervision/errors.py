"""What a call to a supervised device can end with besides the driver's own errors."""

from __future__ import annotations

from drivers.errors import DeviceError


class Wedged(DeviceError):
    """The driver did not come back within its time and a moment more; its thread has been given up."""

    code = "wedged"


class NotServed(DeviceError):
    """The call's time was over before the device was free for it."""

    code = "busy"


class Stopped(DeviceError):
    """The device is no longer supervised: the terminal is being stopped."""

    code = "stopped"
