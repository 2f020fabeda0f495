"""What a resident waits for, and how long that takes here. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wait(StrEnum):
    """What is at work."""

    CARD = "card"
    GUARDIAN_CARD = "guardian_card"
    CODE = "code"
    CODE_CHECK = "code_check"
    CERTIFICATE = "certificate"
    CERTIFICATE_CHECK = "certificate_check"
    PAGE = "page"
    CAMERA = "camera"
    """Until the face check asks for something: camera, and models at the very first time."""
    FACE_CHECK = "face_check"
    STAFF_CHECK = "staff_check"
    SMS_SENDING = "sms_sending"
    SMS_CHECK = "sms_check"
    AUTHORITIES = "authorities"
    PROGRESS = "progress"
    STORING = "storing"
    DELIVERING = "delivering"
    SLIP = "slip"
    PROOF = "proof"


FOR_THE_RESIDENT = frozenset({Wait.CARD, Wait.GUARDIAN_CARD, Wait.CODE, Wait.CERTIFICATE, Wait.PAGE})
"""Here the machine waits for the resident, and how long others took says nothing."""
_LATE_FACTOR, _LATE_AT_LEAST_S = 2.0, 3.0
_AFTER_LIMIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Something that is being waited for now."""

    kind: Wait
    elapsed_s: float = 0.0
    usual_s: float | None = None
    """Median of what this machine has measured; ``None`` before it has measured enough."""
    at_most_s: float | None = None
    """After so long it is given up by itself; ``None``: never."""

    @property
    def is_for_resident(self) -> bool:
        """The machine waits for the resident, not the other way round."""
        return self.kind in FOR_THE_RESIDENT

    @property
    def late_after_s(self) -> float | None:
        """After so long it takes longer than was said; ``None`` where nothing was said."""
        if self.is_for_resident:
            return None
        if self.usual_s is not None:
            return max(_LATE_FACTOR * self.usual_s, self.usual_s + _LATE_AT_LEAST_S)
        return self.at_most_s + _AFTER_LIMIT_S if self.at_most_s is not None else None
