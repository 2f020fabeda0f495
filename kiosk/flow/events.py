"""What can happen during a visit: by the resident's hand, by a device, by the store, by time."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.identity import Person, Portrait, Proof, Route, RouteStanding
from kiosk.domain.language import Language
from kiosk.domain.rating import Grade, RatingReason
from kiosk.domain.signature import Signature
from kiosk.flow.aid_events import AidsChosen, StaffCalled, StaffTold
from kiosk.flow.card_events import CardAbandoned, CardLifted
from kiosk.flow.gathering_events import (
    CertificateFailed,
    CertificateRead,
    DecidedOn,
    HandlingOpened,
    PaperDeclared,
    PaperPromised,
    PaperPutDown,
    PaperScanned,
    PaperTouched,
    ScanFailed,
    SharedFetched,
)
from kiosk.flow.idle_events import IdleEnded, IdleWarned
from kiosk.flow.policy_events import PoliciesMatched, PoliciesOpened
from kiosk.flow.progress_events import AllMineWanted, NumberGiven, ProgressOpened, ProgressTold, SlipNotRead, SlipRead
from kiosk.flow.proof_events import ProofNotPrinted, ProofPrinted, ProofWanted


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody touched the resting screen."""


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The language switch was used."""

    language: Language


@dataclass(frozen=True, slots=True)
class ItemChosen:
    """An item was chosen on the home screen."""

    code: str


@dataclass(frozen=True, slots=True)
class ShelfChosen:
    """A shelf of matters was chosen on the home screen."""

    shelf: str


@dataclass(frozen=True, slots=True)
class SearchOpened:
    """The resident wants to type what they look for."""


@dataclass(frozen=True, slots=True)
class SearchTyped:
    """What is looked for now."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Continue:
    """The screen's one main action."""


@dataclass(frozen=True, slots=True)
class Back:
    """One step back."""


@dataclass(frozen=True, slots=True)
class Quit:
    """The resident wants to stop; everything is wiped."""


@dataclass(frozen=True, slots=True)
class StayHere:
    """ "I am still here", the answer to the idle warning."""


@dataclass(frozen=True, slots=True)
class ConsentAnswered:
    """Answer to a consent screen; "no" to the face leads onward by another route."""

    granted: bool


@dataclass(frozen=True, slots=True)
class RouteChosen:
    """A way to identify was chosen."""

    route: Route


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Once more after a failure."""


@dataclass(frozen=True, slots=True)
class StaffCodeEntered:
    """A member of staff confirmed with badge number and PIN that person and card belong together."""

    staff_id: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FieldEntered:
    """A form field got a new value."""

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignatureDrawn:
    """The resident signed and confirmed."""

    signature: Signature


@dataclass(frozen=True, slots=True)
class PrintAgain:
    """Another try at a slip that failed."""


@dataclass(frozen=True, slots=True)
class RatingGiven:
    """好差评 given."""

    grade: Grade


@dataclass(frozen=True, slots=True)
class RatingExplained:
    """What a resident who was not satisfied pointed at; nothing is an answer too."""

    reasons: tuple[RatingReason, ...]


@dataclass(frozen=True, slots=True)
class RatingSkipped:
    """好差评 skipped; recorded as skipped, never as a grade."""


@dataclass(frozen=True, slots=True)
class CardWasRead:
    """The reader delivered a card."""

    person: Person
    portrait: Portrait | None
    standings: tuple[RouteStanding, ...] = ()
    """What this person has tried in vain a moment ago, perhaps in an earlier visit."""


@dataclass(frozen=True, slots=True)
class CardFailed:
    """No card, an unreadable one, a reader in trouble … as a reason code (``card.…``, ``guardian.…``)."""

    reason: str


@dataclass(frozen=True, slots=True)
class FaceAsks:
    """The liveness challenge asks for a movement (``blink``, ``turn_left`` …), or gives a hint."""

    action: str
    done: int
    total: int
    hint: str = ""
    light: str = ""
    """``#rrggbb``: the colour in which the screen must shine now; empty for none."""


@dataclass(frozen=True, slots=True)
class PersonProved:
    """Face match or staff confirmation succeeded."""

    proof: Proof


@dataclass(frozen=True, slots=True)
class ProofFailed:
    """Face match, liveness or staff confirmation failed, as a reason code (``face.…``, ``staff.…``)."""

    reason: str


@dataclass(frozen=True, slots=True)
class CredentialShown:
    """A credential on a telephone was read and found good: person and proof in one."""

    person: Person
    proof: Proof


@dataclass(frozen=True, slots=True)
class CredentialFailed:
    """It was not, as a reason code ``credential.…``.

    ``expired``, ``replayed``, ``wrong_issuer``, ``unreadable``, ``wrong_person``, ``scanner_lost``, ``timed_out``, ``paused``,
    ``unavailable``.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class SmsSent:
    """The platform sent a code to the number it knows."""

    masked_phone: str
    """Like ``138****1234``."""
    request_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SmsFailed:
    """No code was sent, or the code was not the right one: ``sms.no_phone|offline|too_many|wrong_code|expired``."""

    reason: str


@dataclass(frozen=True, slots=True)
class SmsCodeEntered:
    """The resident typed the code of the text message."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GuardianCardRead:
    """The reader delivered the guardian's card; its photo was overwritten unseen."""

    person: Person


@dataclass(frozen=True, slots=True)
class AnotherWay:
    """The resident would rather identify in another way."""


@dataclass(frozen=True, slots=True)
class AnotherItem:
    """The resident has another matter, in the same visit."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One more case that was stored together with the first."""

    item_code: str
    receipt_number: str


@dataclass(frozen=True, slots=True)
class CaseStored:
    """The case is durable on this machine."""

    case_id: str
    receipt_number: str
    stored_at: str
    """Local date and time as shown to people."""
    others: tuple[StoredPart, ...] = ()
    """The other parts of a bundle, stored with it."""


@dataclass(frozen=True, slots=True)
class CaseRefused:
    """The store took nothing on, as a reason code (``store.…``)."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryKnown:
    """Whether the platform's signed receipt came within the moment given to it."""

    delivered: bool


@dataclass(frozen=True, slots=True)
class SlipPrinted:
    """The slip of this case came out whole."""

    case_id: str


@dataclass(frozen=True, slots=True)
class SlipFailed:
    """The slip of this case did not, as a reason code (``paper.…``)."""

    case_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceChanged:
    """Readiness changed; ``serving`` tells whether any item can be done now."""

    serving: bool


@dataclass(frozen=True, slots=True)
class FarewellOver:
    """The farewell has been shown long enough."""


Event = (
    Touched
    | LanguageChosen
    | AidsChosen
    | StaffCalled
    | StaffTold
    | ItemChosen
    | Continue
    | Back
    | Quit
    | StayHere
    | ConsentAnswered
    | RouteChosen
    | TryAgain
    | StaffCodeEntered
    | ShelfChosen
    | SearchOpened
    | SearchTyped
    | FieldEntered
    | SharedFetched
    | PaperTouched
    | HandlingOpened
    | PaperDeclared
    | PaperPromised
    | PaperPutDown
    | DecidedOn
    | CertificateRead
    | CertificateFailed
    | PaperScanned
    | ScanFailed
    | SignatureDrawn
    | PrintAgain
    | RatingGiven
    | RatingExplained
    | RatingSkipped
    | CardWasRead
    | CardFailed
    | CardLifted
    | CardAbandoned
    | FaceAsks
    | PersonProved
    | ProofFailed
    | CredentialShown
    | CredentialFailed
    | SmsSent
    | SmsFailed
    | SmsCodeEntered
    | GuardianCardRead
    | AnotherWay
    | AnotherItem
    | CaseStored
    | CaseRefused
    | DeliveryKnown
    | SlipPrinted
    | SlipFailed
    | IdleWarned
    | IdleEnded
    | ServiceChanged
    | FarewellOver
    | ProgressOpened
    | NumberGiven
    | SlipRead
    | SlipNotRead
    | AllMineWanted
    | ProgressTold
    | PoliciesOpened
    | PoliciesMatched
    | ProofWanted
    | ProofPrinted
    | ProofNotPrinted
)
