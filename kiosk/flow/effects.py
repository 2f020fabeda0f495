"""What the machine asks the outside to do. Workers run these; what comes of them returns as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.catalogue.rules import FactValue
from kiosk.domain.identity import Person, Portrait, Proof
from kiosk.domain.language import Language
from kiosk.domain.papers import ScannedPage
from kiosk.domain.progress import Standings
from kiosk.domain.rating import Grade, RatingReason
from kiosk.domain.signature import Signature
from kiosk.flow.paper_effects import ForgetTaken, RememberDisputed, RememberTaken


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
class ReadGuardianCard:
    """Wait for a card that is not the child's, and read it."""


@dataclass(frozen=True, slots=True)
class PrepareCamera:
    """Open the camera, so that the check begins at once when the card has been read."""


CREDENTIAL_WAIT_S = 60.0
"""So long a code is waited for."""


@dataclass(frozen=True, slots=True)
class ReadCredential:
    """Wait for a code held before the scanner, and check it."""


@dataclass(frozen=True, slots=True)
class RequestSms:
    """Have the platform send a code to the number it knows."""


@dataclass(frozen=True, slots=True)
class CheckSms:
    """Ask the platform whether this is the code it sent."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CancelIdentify:
    """Give up whatever card reader, camera, scanner or platform is busy with, and close the camera."""


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
    """Keep the rating for the platform, or that it was skipped."""

    grade: Grade | None
    reasons: tuple[RatingReason, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteMiss:
    """Count that this was looked for and not found. The text is anonymous already (``kiosk.domain.search_misses``)."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RememberPerson:
    """Put the card's holder into the session and fill in the form from the card."""

    person: Person
    portrait: Portrait | None


@dataclass(frozen=True, slots=True)
class ForgetPortrait:
    """Identification is over: overwrite the portrait, forget the guardian and the text message."""


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
    by_guardian: bool = False
    """The guardian in the session answered; their name and number go into the record, and leave the session."""


@dataclass(frozen=True, slots=True)
class ForgetConsent:
    """Drop a consent that turned out to be of no effect: a child under 14 cannot give it."""

    purpose: str


@dataclass(frozen=True, slots=True)
class RememberGuardian:
    """Put the guardian into the session until they have answered."""

    person: Person


@dataclass(frozen=True, slots=True)
class RememberSms:
    """Put into the session where the code was sent, and by which number it is asked for."""

    masked_phone: str
    request_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ForgetCase:
    """Forget the case: values, signature, numbers. Person, proof and consents stay for the next item of the visit."""


@dataclass(frozen=True, slots=True)
class RememberField:
    """Put a form value into the session."""

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RememberQuery:
    """Keep what is looked for."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintProof:
    """Have the platform make the proof of this case, check it, and print it."""


@dataclass(frozen=True, slots=True)
class CancelProof:
    """Nobody is there any more for whom the proof is printed."""


@dataclass(frozen=True, slots=True)
class RememberProofPaper:
    """Note what became of the proof: its code and pages, or the platform's line on why there is none."""

    code: str = field(default="", repr=False)
    pages: int = 0
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReadSlip:
    """Wait for the code of a slip before the scanner."""


@dataclass(frozen=True, slots=True)
class AskProgress:
    """Ask where the case with the session's number is; without a number, where all cases of the person are."""


@dataclass(frozen=True, slots=True)
class CancelProgress:
    """Give up scanner, card reader and question of a progress query."""


@dataclass(frozen=True, slots=True)
class RememberNumber:
    """Keep the receipt number that is asked about."""

    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RememberProgress:
    """Keep where the cases are, for the screen."""

    standings: Standings


@dataclass(frozen=True, slots=True)
class ForgetProgress:
    """Forget number and answer of a progress query."""


@dataclass(frozen=True, slots=True)
class FetchShared:
    """数据共享: ask authorities for these elements, for this item and no other purpose."""

    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """Wait for the code of an electronic certificate of this type, and check it."""

    material: str
    type_code: str


@dataclass(frozen=True, slots=True)
class ScanPaper:
    """Capture one page under the document camera."""

    material: str
    name: str
    """Of the paper, in the resident's language."""


@dataclass(frozen=True, slots=True)
class CancelGathering:
    """Give up the authorities, scanner and document camera."""


@dataclass(frozen=True, slots=True)
class RememberPrefilled:
    """Put a value into the form that card or authority gave."""

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RememberShared:
    """Put what authorities gave into the session, and who was asked."""

    values: Mapping[str, FactValue] = field(repr=False)
    asked: frozenset[str]


@dataclass(frozen=True, slots=True)
class RememberDeclared:
    """Note the resident's declaration in place of a paper."""

    material: str


@dataclass(frozen=True, slots=True)
class RememberPromised:
    """Note the resident's promise to hand a paper in later."""

    material: str


@dataclass(frozen=True, slots=True)
class RememberCertificate:
    """Note the certificate that was shown."""

    material: str
    identifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RememberScan:
    """Keep a captured page until the case is stored."""

    material: str
    page: ScannedPage = field(repr=False)


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
    others: tuple[tuple[str, str], ...] = ()
    """Code and receipt number of the other parts of a bundle."""


@dataclass(frozen=True, slots=True)
class RememberDelivery:
    """Note whether the platform's receipt has come."""

    delivered: bool


@dataclass(frozen=True, slots=True)
class CallStaff:
    """Tell the platform that somebody at the machine wants help."""


@dataclass(frozen=True, slots=True)
class Wipe:
    """Forget everything personal: session, clipboard, input method, previews."""


SessionEffect = (
    RememberPerson
    | RememberQuery
    | ForgetPortrait
    | RememberGuardian
    | RememberSms
    | RememberProof
    | RememberConsent
    | ForgetConsent
    | RememberField
    | RememberPrefilled
    | RememberShared
    | RememberDisputed
    | RememberTaken
    | ForgetTaken
    | RememberDeclared
    | RememberPromised
    | RememberCertificate
    | RememberScan
    | RememberSignature
    | RememberCase
    | RememberDelivery
    | RememberProofPaper
    | RememberNumber
    | RememberProgress
    | ForgetProgress
    | ForgetCase
)
"""Changes of the session, applied before anything else happens."""

IdentifyEffect = (
    ReadCard | ReadGuardianCard | PrepareCamera | MatchFace | CheckStaff | ReadCredential | RequestSms | CheckSms | CancelIdentify
)
"""Work to find out who is there, or a stop to it."""

DeviceEffect = IdentifyEffect | PrintSlip
"""Work for a device, or a stop to it."""

GatherEffect = FetchShared | ReadCertificate | ScanPaper | CancelGathering
"""Work to gather data and papers, or a stop to it."""

ProofEffect = PrintProof | CancelProof
"""Work for a proof on paper, or a stop to it."""

ProgressEffect = ReadSlip | AskProgress | CancelProgress
"""Work for a progress query, or a stop to it."""

StoreEffect = CommitCase | AwaitDelivery | StoreRating | NoteMiss
"""Work for the queue."""

Effect = SessionEffect | DeviceEffect | GatherEffect | ProgressEffect | ProofEffect | StoreEffect | CallStaff | Wipe
