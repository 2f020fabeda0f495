"""Failures of the link to a scanner. A passive scanner has no answers to miss: what can fail is the port."""

from __future__ import annotations

from drivers.errors import DeviceError, Disconnected

__all__ = ["DeviceError", "Disconnected"]
