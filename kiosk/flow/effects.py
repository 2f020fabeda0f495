"""What the machine asks the outside to do. Workers run these; what comes of them returns as events."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.identity import Person, Portrait, Proof
from kiosk.domain.language import Language
from kiosk.domain.rating import Grade
from kiosk.domain.signature import Signature


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Wait for a card and read it."""


@dataclass(frozen=True, slots=True)
class MatchFace:
    """Run the liveness challenge and compare the live face with the card's portrait."""


@dataclass(frozen=True, slots=True)
class CheckStaff:
    """Check badge number and PIN of the member of staff who confirms."""

    staff_id: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CancelIdentify:
    """Give up whatever card reader or camera is busy with."""


@dataclass(frozen=True, slots=True)
class CommitCase:
    """Seal and store the case, durably."""


@dataclass(frozen=True, slots=True)
class AwaitDelivery:
    """Wake the sync and wait a moment for the platform's receipt."""


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print the slip; ``copy`` is set for another try. The journal of prints decides whether it is marked 副本 COPY."""

    copy: bool = False


@dataclass(frozen=True, slots=True)
class StoreRating:
    """Keep the rating for the platform."""

    grade: Grade


@dataclass(frozen=True, slots=True)
class RememberPerson:
    """Put the card's holder into the session and fill in the form from the card."""

    person: Person
    portrait: Portrait | None


@dataclass(frozen=True, slots=True)
class ForgetPortrait:
    """Overwrite the portrait: identification is over."""


@dataclass(frozen=True, slots=True)
class RememberProof:
    """Put the proof into the session."""

    proof: Proof


@dataclass(frozen=True, slots=True)
class RememberConsent:
    """Note a consent and its answer, with the time and the language in which it was asked."""

    purpose: str
    granted: bool
    language: Language


@dataclass(frozen=True, slots=True)
class RememberField:
    """Put a form value into the session."""

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RememberSignature:
    """Put the signature into the session."""

    signature: Signature


@dataclass(frozen=True, slots=True)
class RememberCase:
    """Put case id, receipt number and time into the session, for slip and screen."""

    case_id: str
    receipt_number: str
    stored_at: str


@dataclass(frozen=True, slots=True)
class RememberDelivery:
    """Note whether the platform's receipt has come."""

    delivered: bool


@dataclass(frozen=True, slots=True)
class Wipe:
    """Forget everything personal: session, clipboard, input method, previews."""


SessionEffect = (
    RememberPerson
    | ForgetPortrait
    | RememberProof
    | RememberConsent
    | RememberField
    | RememberSignature
    | RememberCase
    | RememberDelivery
)
"""Changes of the session, applied before anything else happens."""

DeviceEffect = ReadCard | MatchFace | CheckStaff | CancelIdentify | PrintSlip
"""Work for a device, or a stop to it."""

Effect = SessionEffect | DeviceEffect | CommitCase | AwaitDelivery | StoreRating | Wipe
