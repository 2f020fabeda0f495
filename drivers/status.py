"""Device states in the words of CEN XFS4IoT.

Unknown and not supported are values, never ``None``: a fleet manager must be able to tell "no paper" from "cannot say".
"""

from __future__ import annotations

from collections.abc import Mapping
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


CODE_WORDS: Mapping[str, str] = {
    # every device
    "ok": "ready",
    "starting": "not asked yet, or still opening",
    "busy": "at work",
    "disconnected": "the port is not there: cable, power, or the path in the settings",
    "no_answer": "the port is there and the device silent: power, baud rate, or another device on that port",
    "garbled": "the device answers what makes no sense: baud rate, a bad cable, or another device on that port",
    "refused": "the device refuses the question",
    "unsupported": "the device cannot do what was asked",
    "wedged": "the driver hangs in the operating system; it is left and opened anew, and needs the plug pulled if this lasts",
    "driver_bug": "the driver ended with an error of its own; the log names it",
    "stopped": "not in service because the terminal is being stopped",
    # card reader
    "sam_self_test_failed": "the security module failed its self-test: switch the reader off and on, else replace it",
    "sam_not_authorised": "the security module is not authorised: the reader must be replaced",
    # printers
    "near_end": "the paper will soon be used up",
    "paper_out": "the paper is used up",
    "cover_open": "the cover is open",
    "cutter_error": "the cutter is jammed",
    "head_hot": "the print head is too hot and cools down by itself",
    "offline": "the printer is offline without saying why",
    "unnamed_error": "the printer reports an error without saying which",
    "unrecoverable_error": "the printer reports an error it cannot recover from: switch it off and on",
    "no_font": "this machine has no Chinese font to draw the slip with",
    # cameras
    "at_rest": "there, and not read between face checks",
    "lost": "the camera is not there or gives no pictures: cable, or the path in the settings",
    "ended": "the recording has come to its end",
    "no_portrait": "the simulated camera has nobody to show",
    "frozen": "the picture no longer changes",
    "black": "nothing can be seen: is the lens covered?",
}
"""What each code means, for a technician. A code is written here once; a driver's ``detail`` may add what it saw."""


def words_of(status: DeviceStatus) -> str:
    """State, meaning of the code, and the driver's detail, in one line for a technician."""
    meaning = CODE_WORDS.get(status.code, status.code.replace("_", " "))
    detail = f" ({status.detail})" if status.detail and status.detail not in meaning else ""
    return f"{status.state.value.replace('_', ' ')}: {meaning}{detail}"
