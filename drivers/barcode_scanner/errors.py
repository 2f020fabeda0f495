"""Failures of the link to a scanner. What a person scans, or a scanner answers, is a value instead (``types.py``)."""

from __future__ import annotations

from drivers.errors import DeviceError, Disconnected

__all__ = ["DeviceError", "Disconnected", "NotGrabbed"]


class NotGrabbed(DeviceError):
    """A keyboard-wedge scanner is held by another program: what it types might go elsewhere too, so it is not read at all."""

    code = "held_by_another"
