"""Where a visit can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.catalogue.deciding import From
from kiosk.domain.aids import PLAIN, Aids
from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.domain.rating import Grade


class Step(StrEnum):
    """Steps of a visit, in the order a resident meets them."""

    IDLE = "idle"
    OUT_OF_SERVICE = "out_of_service"
    HOME = "home"
    SEARCH = "search"
    """Matters found by what is typed."""
    PROGRESS = "progress"
    """Where is my case? The number on the slip is typed, or shown to the scanner (办件进度查询)."""
    PROGRESS_CARD = "progress_card"
    """The number's owner puts the ID card down."""
    PROGRESS_ASKING = "progress_asking"
    PROGRESS_ANSWER = "progress_answer"
    POLICIES = "policies"
    """Policies 政策通: for whom, and which are for this person."""
    GUIDE = "guide"
    """What the item is, needs and gives, before anything is asked."""
    CONSENT = "consent"
    """What is done with the resident's data for this item; agreeing is needed to go on."""
    ROUTE = "route"
    """Choice between the ways to identify."""
    FACE_CONSENT = "face_consent"
    """Separate, voluntary consent to the face check; "no" leads on to another way."""
    CARD = "card"
    GUARDIAN_CARD = "guardian_card"
    """The card's holder is under 14: a guardian puts an own card down."""
    GUARDIAN_CONSENT = "guardian_consent"
    """The guardian answers for the child whether the face may be checked."""
    FACE = "face"
    STAFF = "staff"
    CREDENTIAL = "credential"
    """A code on the telephone is shown to the scanner."""
    SMS = "sms"
    """A code comes by text message and is typed in."""
    NOT_ELIGIBLE = "not_eligible"
    GATHERING = "gathering"
    """Authorities are asked for what they know already (数据共享), so that nobody has to type or bring it."""
    FORM = "form"
    PAPERS = "papers"
    """What must still be shown, scanned, declared or promised."""
    HANDLING = "handling"
    """Where it is decided, and how the outcome comes to the resident; only where there is a choice."""
    REVIEW = "review"
    SIGN = "sign"
    COMMITTING = "committing"
    NOT_ACCEPTED = "not_accepted"
    """The case could not be stored; nothing was taken on, and the resident is told so."""
    DELIVERING = "delivering"
    """Stored; a moment is given to the network before the slip says where the case is."""
    SLIP = "slip"
    PROOF = "proof"
    """The proof 证明 that the matter ends in is made by the platform and printed on A4."""
    RATING = "rating"
    RATING_WHY = "rating_why"
    """Only who was not satisfied is asked why, and nobody has to say."""
    ANOTHER = "another"
    """Anything else? The person stays known for it; the case is forgotten."""
    FAREWELL = "farewell"
    """Everything is wiped; card and slip must be taken."""


AT_REST = frozenset({Step.IDLE, Step.OUT_OF_SERVICE})
"""Steps in which nobody is served and nothing of anybody is held."""

IDENTIFYING = frozenset({Step.CARD, Step.GUARDIAN_CARD, Step.GUARDIAN_CONSENT, Step.FACE, Step.STAFF, Step.CREDENTIAL, Step.SMS})
"""Steps in which a device or the platform may be at work to find out who is there."""


GATHERING_STEPS = frozenset({Step.GATHERING, Step.PAPERS})
"""Steps in which an authority, the scanner or the document camera may be at work."""


class Aim(StrEnum):
    """What somebody who has chosen no matter is identified for."""

    PROGRESS = "progress"
    POLICIES = "policies"


PROGRESS_STEPS = frozenset({Step.PROGRESS, Step.PROGRESS_CARD, Step.PROGRESS_ASKING})
"""Steps of a progress query in which scanner, card reader or platform may be at work."""


class Paper(StrEnum):
    """What has become of the slip."""

    NOT_ASKED = "not_asked"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    """It did not come out whole; the case is safe and the screen shows what the slip would have said."""


class StaffCall(StrEnum):
    """What has become of a call for staff (呼叫工作人员)."""

    NONE = "none"
    CALLING = "calling"
    TOLD = "told"
    """The keeper's console shows it."""
    UNREACHED = "unreached"
    """The platform cannot be reached: the telephone is left."""


class Quiet(StrEnum):
    """Why somebody is asked whether they are still there."""

    IDLE = "idle"
    """Nobody has touched the screen for a while."""
    AWAY = "away"
    """Nor does anybody stand before it."""
    LONG = "long"
    """The visit has gone on for so long that others may be waiting."""


@dataclass(frozen=True, slots=True)
class FlowState:
    """All the machine remembers of a visit that is not personal; the rest is in ``SessionContext``."""

    step: Step = Step.IDLE
    language: Language = Language.ZH
    aids: Aids = PLAIN
    """How this resident sees, hears and reaches the screen."""
    item_code: str = ""
    aim: Aim = Aim.PROGRESS
    staff_call: StaffCall = StaffCall.NONE
    shelf: str = ""
    """Category whose matters the home screen shows; empty: those asked for most at this site."""
    route: Route | None = None
    """The way being gone; on the screen of choice the one that ``reason`` is about."""
    tries: tuple[tuple[Route, int], ...] = ()
    """Failed tries of each route, those of the card's holder in an earlier visit included."""
    pauses: tuple[tuple[Route, float], ...] = ()
    """When a route that failed too often opens again, on the monotonic clock of ``Context.now_s``."""
    closed: tuple[tuple[Route, str], ...] = ()
    """Routes that cannot work for this person in this visit, and why (``card.no_portrait``, ``sms.no_phone`` …)."""
    sms_sent_s: float | None = None
    """When the last text message was sent, on the same clock."""
    reason: str = ""
    """Code of the last thing that went wrong and still stands on the screen; empty when all is well."""
    busy: bool = False
    """A device or the store is at work for this step."""
    device_lost: bool = False
    """The reader or camera that this step waits for went away during the present attempt; it may be back already."""
    idle_warning: bool = False
    quiet: Quiet = Quiet.IDLE
    """What the last warning was about."""
    grade: Grade | None = None
    """Given, while the reasons are asked."""
    failed_rules: tuple[str, ...] = ()
    """Conditions of the item that do not hold for this person; their words are the catalogue's."""
    paper_in_hand: str = ""
    """Material the resident is about to hand in."""
    paper_way: From | None = None
    """How."""
    paper: Paper = Paper.NOT_ASKED
    paper_reason: str = ""
    page: int = 0
    """Which of the questions stands on the screen, where there is one a screen."""
    invalid_fields: tuple[tuple[str, str], ...] = field(default=())
    """(field name, reason code) of everything wrong in the form, told at once (一次告知)."""

    def tries_of(self, route: Route) -> int:
        """Failed tries of ``route`` so far."""
        return dict(self.tries).get(route, 0)

    def opens_at_s(self, route: Route) -> float:
        """When ``route`` opens again; 0 when it has not been paused."""
        return dict(self.pauses).get(route, 0.0)
