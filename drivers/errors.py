"""Failures of a device link. People's and the world's mistakes are values (``types.py`` of each device), not these."""

from __future__ import annotations


class DeviceError(Exception):
    """The link to a device failed; ``port`` says which one, as it stands in the settings."""

    code = "device_error"

    def __init__(self, port: str, message: str) -> None:
        super().__init__(f"{port}: {message}")
        self.port = port
        self.message = message


class Disconnected(DeviceError):
    """The port cannot be opened, or has gone away while in use."""

    code = "disconnected"


class Stalled(Disconnected):
    """The port is there and takes no more bytes now: the device is switched off, or its buffer is full and nothing empties it."""

    code = "no_answer"

    def __init__(self, port: str, message: str, written: int = 0) -> None:
        """``written``: how many of the bytes were taken; who has time may try again with the rest."""
        super().__init__(port, message)
        self.written = written


class HeldByAnother(Disconnected):
    """The port is there, and another program, or another driver of ours, has it."""

    code = "held_by_another"


class NoResponse(DeviceError):
    """The device took the command and stayed silent until the deadline."""

    code = "no_response"


class BadFrame(DeviceError):
    """Bytes arrived that are no answer of this protocol, until the deadline."""

    code = "bad_frame"


class Unsupported(DeviceError):
    """This device, or its configured plug-in, cannot do what was asked."""

    code = "unsupported"
