"""Device states in the words of CEN XFS4IoT.

Unknown and not supported are values, never ``None``: a fleet manager must be able to tell "no paper" from "cannot say".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeviceState(StrEnum):
    """What the device as a whole can do now (XFS4IoT ``Common.Status.device``)."""

    ONLINE = "online"
    OFFLINE = "offline"
    POWER_OFF = "power_off"
    NO_DEVICE = "no_device"
    HARDWARE_ERROR = "hardware_error"
    USER_ERROR = "user_error"
    BUSY = "busy"
    FRAUD_ATTEMPT = "fraud_attempt"
    POTENTIAL_FRAUD = "potential_fraud"
    UNKNOWN = "unknown"


class MediaState(StrEnum):
    """Where the resident's card or the printed sheet is (XFS4IoT ``media``)."""

    NOT_SUPPORTED = "not_supported"
    UNKNOWN = "unknown"
    PRESENT = "present"
    NOT_PRESENT = "not_present"
    JAMMED = "jammed"


class SupplyState(StrEnum):
    """How much paper is left (XFS4IoT ``paper``)."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"
    UNKNOWN = "unknown"
    NOT_SUPPORTED = "not_supported"


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """State of one device, with a stable code for machines and words for the technician.

    ``code`` is lower snake case (``ok``, ``no_answer``, ``cover_open`` …) and never changes its meaning;
    ``detail`` is for people and may.
    """

    state: DeviceState
    code: str
    detail: str = ""

    @property
    def is_online(self) -> bool:
        """True when commands can be sent with a fair chance of success."""
        return self.state in (DeviceState.ONLINE, DeviceState.BUSY)
