"""What each screen shows, as plain values made from state, catalogue and session.

Texts of the catalogue are given in the visit's language; everything else is a code that the screens put into words.
Numbers of cards are masked here, so no screen can show a whole one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.catalogue.deciding import From
from kiosk.catalogue.models import FieldKind
from kiosk.domain.aids import PLAIN, Aids
from kiosk.domain.days import Days
from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.domain.nearby import Nearest
from kiosk.flow.closed_views import Closed, OutOfServiceView
from kiosk.flow.farewell_views import FarewellView
from kiosk.flow.finding_views import HomeView, SearchView
from kiosk.flow.paper_views import GatheringView, PapersView
from kiosk.flow.policy_views import PoliciesView
from kiosk.flow.progress_views import ProgressAnswerView, ProgressView
from kiosk.flow.proof_views import ProofView
from kiosk.flow.review_views import ReviewView
from kiosk.flow.states import Paper, Quiet, StaffCall, Step
from kiosk.flow.waits import WaitView


@dataclass(frozen=True, slots=True)
class Chrome:
    """What surrounds every screen of a visit."""

    step: Step
    language: Language
    item_name: str
    """Empty before an item is chosen."""
    position: int
    """1-based landing on the river of progress; 0 where progress is not shown."""
    landings: int
    can_go_back: bool
    can_quit: bool
    idle_warning: bool
    aids: Aids = PLAIN
    staff_call: StaffCall = StaffCall.NONE
    quiet: Quiet = Quiet.IDLE
    """What the warning is about."""
    take_card: bool = False
    """The ID card on the reader has done its work."""


@dataclass(frozen=True, slots=True)
class IdleView:
    """The resting screen: touch to begin."""

    item_names: tuple[str, ...]
    more: int = 0
    """How many others there are."""


@dataclass(frozen=True, slots=True)
class GuideMaterial:
    """One paper before it is known who asks."""

    name: str
    source: From
    """Where it comes from, as a rule."""
    may_apply: bool
    """Needed by some only; whether by this person is worked out later."""
    lack_days: int = 0


@dataclass(frozen=True, slots=True)
class GuideView:
    """The item in one page: what it is, what is needed and where that comes from, what one gets."""

    name: str
    summary: str
    picture: str
    department: str
    promised: str
    fee: str
    output: str
    materials: tuple[GuideMaterial, ...]
    steps: tuple[str, ...]
    field_count: int
    prefilled_count: int
    notices: tuple[str, ...]
    closed: Closed | None = None
    """It cannot be done any more, since it was chosen."""
    printer_elsewhere: Nearest | None = None
    """Where the paper that it ends in can be printed, when that is not here."""


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What is done with the resident's data for this item."""

    text: str
    known: bool = False
    """An item before this one was done in the same visit: "no" touches nothing of that."""


@dataclass(frozen=True, slots=True)
class RouteOption:
    """One way to identify; never preselected."""

    route: Route
    reason: str
    """Why it cannot be taken now; empty when it can."""
    minutes: int = 0
    """After how many minutes a paused way opens again."""


@dataclass(frozen=True, slots=True)
class RouteView:
    """The ways to identify, all of equal size."""

    options: tuple[RouteOption, ...]
    reason: str
    minutes: int = 0
    """The same for the way that ``reason`` is about."""


@dataclass(frozen=True, slots=True)
class FaceConsentView:
    """Separate consent to the face check; the text is the screen's own."""

    asks_platform: bool = False
    """The text tells that the platform's photo is fetched where the card's cannot be read."""
    presence: bool = False
    """The text tells that the camera looks later whether anybody is there still."""


@dataclass(frozen=True, slots=True)
class CardView:
    """Put the card on the reader."""

    waiting: bool
    reason: str


@dataclass(frozen=True, slots=True)
class GuardianCardView:
    """A guardian of the child is asked to put an own card down."""

    waiting: bool
    reason: str


@dataclass(frozen=True, slots=True)
class GuardianConsentView:
    """Who is asked, and for whom."""

    guardian_name: str = field(repr=False)
    child_name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FaceView:
    """The face check; movements to make come as ``FaceAsks`` events, pictures from the preview source."""

    running: bool
    reason: str
    tries_left: int
    is_demonstration: bool = False
    """The engine is not calibrated."""


@dataclass(frozen=True, slots=True)
class CredentialView:
    """Show the code on the telephone to the scanner."""

    waiting: bool
    seconds: int
    """How long it is waited for, counted from when waiting began."""
    reason: str
    tries_left: int


@dataclass(frozen=True, slots=True)
class SmsView:
    """Type the code of the text message."""

    masked_phone: str
    """Empty before a message has gone out."""
    busy: bool
    reason: str
    tries_left: int
    resend_in_s: int


@dataclass(frozen=True, slots=True)
class StaffView:
    """A member of staff confirms: who stands here, as far as staff must see it."""

    holder_name: str = field(repr=False)
    holder_number: str = field(repr=False)
    """Masked."""
    busy: bool
    reason: str
    tries_left: int


@dataclass(frozen=True, slots=True)
class NotEligibleView:
    """Why this item is not for this person, before any form was shown."""

    reason: str
    item_name: str
    conditions: tuple[str, ...] = ()
    """What does not hold, in words; all of it."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One question of the form."""

    name: str
    label: str
    kind: FieldKind
    value: str = field(repr=False)
    source: str
    """``card``, ``shared`` or ``resident``."""
    required: bool
    help: str
    choices: tuple[tuple[str, str], ...]
    """(value, label)."""
    max_length: int
    problem: str
    editable: bool = True
    """False for the card's number: only its mask is shown, and a mask must not come back as the value."""
    days: Days | None = None
    """Which days may be entered; with ``kind`` ``date`` only."""
    authority: str = ""
    """Name of the department that gave the value; with ``source`` ``shared`` only."""


@dataclass(frozen=True, slots=True)
class FormView:
    """The form; all defects are shown at once."""

    fields: tuple[FieldView, ...]
    number: int = 1
    """Of this page, where there is one question a screen."""
    total: int = 1


@dataclass(frozen=True, slots=True)
class SignView:
    """Sign with the finger."""

    reason: str


@dataclass(frozen=True, slots=True)
class WorkingView:
    """Something is being done; ``what`` is ``committing``, ``delivering`` or ``asking``."""

    what: str


@dataclass(frozen=True, slots=True)
class NotAcceptedView:
    """The case could not be stored; nothing was taken on."""

    reason: str


@dataclass(frozen=True, slots=True)
class SlipView:
    """Done: the receipt number, where the case is, and the slip."""

    receipt_number: str
    item_name: str
    stored_at: str
    delivered: bool
    paper: Paper
    paper_reason: str


@dataclass(frozen=True, slots=True)
class RatingView:
    """好差评: five grades and a way to skip, none preselected."""


@dataclass(frozen=True, slots=True)
class RatingWhyView:
    """What was not well? None, one or several; nothing preselected."""


@dataclass(frozen=True, slots=True)
class AnotherView:
    """Another matter, in the same visit? The case just done is forgotten already."""

    known_as: str = field(default="", repr=False)
    """As on the home screen."""


Model = (
    IdleView
    | OutOfServiceView
    | HomeView
    | SearchView
    | GuideView
    | ConsentView
    | RouteView
    | FaceConsentView
    | CardView
    | GuardianCardView
    | GuardianConsentView
    | FaceView
    | StaffView
    | CredentialView
    | SmsView
    | NotEligibleView
    | GatheringView
    | FormView
    | PapersView
    | ReviewView
    | SignView
    | WorkingView
    | ProgressView
    | PoliciesView
    | ProofView
    | ProgressAnswerView
    | NotAcceptedView
    | SlipView
    | RatingView
    | RatingWhyView
    | AnotherView
    | FarewellView
)


@dataclass(frozen=True, slots=True)
class Screen:
    """One whole screen: the model of its content and what surrounds it."""

    chrome: Chrome
    model: Model
    wait: WaitView | None = None
