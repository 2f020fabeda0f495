"""What can go wrong between the driver and CUPS, beside a lost line; paper, covers and toner are values in ``types.py``."""

from __future__ import annotations

from drivers.errors import DeviceError


class Refused(DeviceError):
    """CUPS is there and does not let this terminal do what was asked (HTTP status)."""

    code = "refused"


class CupsMissing(DeviceError):
    """The emulated printer needs a CUPS scheduler, and this machine has none, or it does not start."""

    code = "no_cups"


class PurgeRefused(DeviceError):
    """CUPS keeps a document of a resident and does not let this terminal remove it."""

    code = "purge_refused"

    def __init__(self, port: str, words: str) -> None:
        super().__init__(
            port, f"CUPS keeps a document and does not purge it ({words}); see PreserveJobHistory and PreserveJobFiles"
        )
