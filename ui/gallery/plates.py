"""Which screens the gallery shows, each made by the true presenter from a made-up state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from kiosk.catalogue import deciding
from kiosk.catalogue.deciding import From
from kiosk.domain.aids import PLAIN, Aids
from kiosk.domain.hours import Opening
from kiosk.domain.identity import Route
from kiosk.domain.language import Language
from kiosk.domain.nearby import NOBODY_KNOWN, Nearby
from kiosk.domain.progress import Standings
from kiosk.flow import handling
from kiosk.flow.context import Context
from kiosk.flow.effects import RememberProofPaper
from kiosk.flow.events import FaceAsks
from kiosk.flow.presenter import present
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState, Paper, Quiet, Step
from kiosk.flow.views import Screen
from kiosk.flow.waits import during_face_check, kind_of
from kiosk.readiness import Readiness
from ui.gallery import sample


class Extra(Enum):
    """What a plate shows besides its model."""

    NOTHING = "nothing"
    PREVIEW = "preview"
    SLIP = "slip"
    SIGNATURE = "signature"
    PINYIN = "pinyin"
    """The Pinyin keyboard, opened for the address."""
    NUMBER_PAD = "number_pad"
    ID_PAD = "id_pad"
    """The number pad with its X, opened for a relative's ID number."""
    PAGE = "page"
    """A page lies well under the document camera."""
    PAGE_FAR = "page_far"
    """It lies too far away."""
    DAY_WHEEL = "day_wheel"
    """Opened for a day that is not known yet."""
    PROVINCES = "provinces"
    """The first level of an address, opened."""
    COUNTIES = "counties"
    """The last level of an address that is there already, opened to be changed."""
    SMS_CODE = "sms_code"
    """The digits of the message are written."""
    BADGE = "badge"
    """Badge number and PIN are written."""


@dataclass(frozen=True, slots=True)
class Plate:
    """One picture."""

    name: str
    screen: Screen
    extra: Extra = Extra.NOTHING
    asks: FaceAsks | None = None


_ALL = Readiness(tuple(Route), {}, {}, "", True)
_POOR = Readiness(
    (Route.ID_CARD_STAFF,),
    {
        Route.ELECTRONIC_CREDENTIAL: "barcode_scanner.disconnected",
        Route.ID_CARD_SMS: "sms.offline",
        Route.ID_CARD_FACE: "camera.missing",
    },
    {sample.PERMIT: "store.clock_doubtful"},
    "paper.paper_out",
    False,
)
_CLOSED = replace(_ALL, item_reasons=dict.fromkeys((sample.INSURANCE, sample.PERMIT, sample.SENIOR), "store.backlog_full"))
_EVENING = replace(
    _ALL,
    item_reasons={sample.SENIOR: "item.hours", sample.PERMIT: "id_card_reader.disconnected"},
    openings={sample.SENIOR: Opening("08:30", tomorrow=True)},
)
_DEMONSTRATION = replace(_ALL, face_is_demonstration=True)
_WITH_PORTRAITS = replace(_ALL, platform_portraits=True)
_FACE, _STAFF, _CODE, _SMS = Route.ID_CARD_FACE, Route.ID_CARD_STAFF, Route.ELECTRONIC_CREDENTIAL, Route.ID_CARD_SMS
_ELSEWHERE = sample.INSURANCE
_SHELF, _PAPER = "public_security", "residence_registration"
_WITH_CAMERA = replace(_ALL, paper_means=deciding.Means(document_camera=True))
_WRONG = (("current_address", "field.missing"), ("reason", "field.choice"), ("phone", "field.phone"))


class Maker:
    """Makes plates in one language."""

    def __init__(self, language: Language, aids: Aids, *, card_lies: bool = False) -> None:
        self._language, self._aids, self._card_lies = language, aids, card_lies
        self._catalogue = sample.catalogue()

    def with_card(self) -> Maker:
        """The same, with a card that lies on the reader."""
        return Maker(self._language, self._aids, card_lies=True)

    def plate(
        self,
        name: str,
        state: FlowState,
        ready: Readiness = _ALL,
        session: SessionContext | None = None,
        extra: Extra = Extra.NOTHING,
        asks: FaceAsks | None = None,
        *,
        nearby: Nearby = NOBODY_KNOWN,
        waited_s: float = 1.0,
    ) -> Plate:
        """What the presenter makes of this state."""
        session = session or sample.session()
        kind = during_face_check(asks) if asks is not None else kind_of(state, session)
        context = Context(
            self._catalogue,
            ready,
            session,
            sample.TODAY,
            find=sample.find,
            working_days=sample.CALENDAR,
            nearby=nearby,
            patience=sample.patience(kind, waited_s) if kind is not None else None,
            card_lies=self._card_lies,
        )
        return Plate(name, present(replace(state, language=self._language, aids=self._aids), context), extra, asks)


def plates(language: Language, aids: Aids = PLAIN) -> tuple[Plate, ...]:
    """All plates, in the order of a visit."""
    make = Maker(language, aids)
    return (*_before(make), *_progress(make), *_identify(make), *_form(make), *_after(make))


def _item(step: Step, **changes: object) -> FlowState:
    return replace(FlowState(step=step, item_code=sample.PERMIT), **changes)  # type: ignore[arg-type]


def _before(make: Maker) -> tuple[Plate, ...]:
    closed = FlowState(step=Step.HOME, item_code=sample.PERMIT, reason="store.clock_doubtful")
    return (
        make.plate("idle", FlowState()),
        make.plate("out-of-service", FlowState(step=Step.OUT_OF_SERVICE), _CLOSED),
        make.plate("out-of-service-nearest", FlowState(step=Step.OUT_OF_SERVICE), _CLOSED, nearby=sample.NEARBY_LAST_KNOWN),
        make.plate("home", FlowState(step=Step.HOME)),
        make.plate("home-shelf", FlowState(step=Step.HOME, shelf=_SHELF)),
        make.plate("home-limited", closed, _POOR),
        make.plate("home-nearest", replace(closed, reason="id_card_reader.disconnected"), _EVENING, nearby=sample.NEARBY),
        make.plate("search", FlowState(step=Step.SEARCH), session=_looking_for("canbao")),
        make.plate("search-nothing", FlowState(step=Step.SEARCH), session=_looking_for("飞机票")),
        make.plate("home-known", FlowState(step=Step.HOME), session=sample.session_of_known()),
        make.plate("guide", _item(Step.GUIDE)),
        make.plate("guide-limited", _item(Step.GUIDE), _POOR),
        make.plate("guide-nearest", _item(Step.GUIDE, item_code=sample.INSURANCE), nearby=sample.NEARBY),
        make.plate("consent", _item(Step.CONSENT)),
        make.plate("consent-known", _item(Step.CONSENT), session=sample.session_of_known()),
        make.plate("idle-warning", _item(Step.CONSENT, idle_warning=True)),
        make.plate("long-warning", _item(Step.CONSENT, idle_warning=True, quiet=Quiet.LONG)),
    )


def _progress(make: Maker) -> tuple[Plate, ...]:
    asked, answer = FlowState(step=Step.PROGRESS), FlowState(step=Step.PROGRESS_ANSWER)
    offline = replace(answer, reason="progress.offline")
    card = FlowState(step=Step.PROGRESS_CARD, busy=True)
    return (
        make.plate("policies", FlowState(step=Step.POLICIES)),
        make.plate("policies-known", FlowState(step=Step.POLICIES), session=sample.session_of_known()),
        make.plate("progress", asked),
        make.plate("progress-bad-number", replace(asked, reason="progress.bad_number"), session=sample.session_of_known()),
        make.plate("progress-card", card),
        make.plate("progress-asking", FlowState(step=Step.PROGRESS_ASKING, busy=True)),
        make.plate("progress-answer", answer, replace(_ALL, documents=True), session=sample.session_with(sample.STANDINGS)),
        make.plate("progress-machine", answer, session=sample.session_with(sample.HEARD_LAST)),
        make.plate("progress-nothing", answer, session=sample.session_with(Standings(()))),
        make.plate("progress-offline", offline, session=sample.session_with(Standings((), reason="progress.offline"))),
    )


def _looking_for(text: str) -> SessionContext:
    session = SessionContext()
    session.query = text
    return session


def _not_gathered() -> SessionContext:
    session = sample.session()
    session.gathered = frozenset()
    session.values.pop("residence_registered_since")
    return session


def _identify(make: Maker) -> tuple[Plate, ...]:
    senior = _item(Step.ROUTE, item_code=sample.SENIOR)
    refused = _item(Step.NOT_ELIGIBLE, item_code=sample.SENIOR)
    paused = replace(senior, route=_FACE, reason="route.too_many_tries", pauses=((_FACE, 290.0),))
    return (
        make.plate("route", _item(Step.ROUTE)),
        make.plate("route-four", senior),
        make.plate("route-paused", paused),
        make.plate("route-limited", replace(senior, reason="card.no_portrait", closed=((_FACE, "card.no_portrait"),)), _POOR),
        make.plate("face-consent", _item(Step.FACE_CONSENT, route=_FACE)),
        make.plate("face-consent-presence", _item(Step.FACE_CONSENT, route=_FACE), replace(_ALL, presence=True)),
        make.plate("face-consent-platform", _item(Step.FACE_CONSENT, route=_FACE), _WITH_PORTRAITS),
        make.plate("card", _item(Step.CARD, route=_FACE, busy=True)),
        make.plate("card-left", _item(Step.CARD, route=_FACE, reason="card.left_behind")),
        make.plate("card-failed", _item(Step.CARD, route=_FACE, reason="card.removed_too_soon")),
        *_guardian(make),
        *_face(make),
        make.plate("staff", _item(Step.STAFF, route=_STAFF), extra=Extra.BADGE),
        make.plate("staff-late", _item(Step.STAFF, route=_STAFF, busy=True), extra=Extra.BADGE, waited_s=60.0),
        make.plate("staff-failed", _item(Step.STAFF, route=_STAFF, tries=((_STAFF, 1),), reason="staff.wrong_code")),
        *_telephone(make),
        make.plate("not-eligible", replace(refused, reason="eligibility.condition", failed_rules=("age >= 60",))),
    )


def _guardian(make: Maker) -> tuple[Plate, ...]:
    return (
        make.plate("guardian-card", _item(Step.GUARDIAN_CARD, route=_FACE, busy=True)),
        make.plate("guardian-card-failed", _item(Step.GUARDIAN_CARD, route=_FACE, reason="guardian.same_card")),
        make.plate("guardian-consent", _item(Step.GUARDIAN_CONSENT, route=_FACE), session=sample.session_of_child()),
    )


def _face(make: Maker) -> tuple[Plate, ...]:
    running = _item(Step.FACE, route=_FACE, busy=True)
    failed = _item(Step.FACE, route=_FACE, tries=((_FACE, 1),), reason="face.no_match")
    shine = FaceAsks("open_mouth", 2, 3, light="#6e6eff")
    last_light = FaceAsks("", 3, 3, light="#ff6e6e")
    return (
        make.plate("face", running, extra=Extra.PREVIEW, asks=FaceAsks("turn_left", 1, 3)),
        make.plate("face-nod", running, _DEMONSTRATION, extra=Extra.PREVIEW, asks=FaceAsks("nod", 2, 3)),
        make.plate("face-hint", running, extra=Extra.PREVIEW, asks=FaceAsks("blink", 0, 3, "too_far")),
        make.plate("face-light", running, _DEMONSTRATION, extra=Extra.PREVIEW, asks=shine),
        make.plate("face-light-last", running, extra=Extra.PREVIEW, asks=last_light),
        make.plate("face-failed", failed, _DEMONSTRATION),
    )


def _telephone(make: Maker) -> tuple[Plate, ...]:
    unsent = sample.session()
    unsent.masked_phone = ""
    sms = _item(Step.SMS, item_code=sample.SENIOR, route=_SMS, sms_sent_s=-18.0)
    tried = replace(sms, tries=((_SMS, 1),), reason="sms.wrong_code", sms_sent_s=-60.0)
    return (
        make.plate("credential", _item(Step.CREDENTIAL, route=_CODE, busy=True)),
        make.plate("credential-failed", _item(Step.CREDENTIAL, route=_CODE, tries=((_CODE, 1),), reason="credential.replayed")),
        make.plate("sms-sending", replace(sms, busy=True, sms_sent_s=None), session=unsent),
        make.plate("sms-checking-late", replace(sms, busy=True), extra=Extra.SMS_CODE, waited_s=60.0),
        make.plate("sms", sms, extra=Extra.SMS_CODE),
        make.plate("sms-failed", tried),
        make.plate("sms-offline", replace(sms, reason="sms.offline", sms_sent_s=None), session=unsent),
    )


def _form(make: Maker) -> tuple[Plate, ...]:
    empty = sample.session()
    for name in ("current_address", "reason", "phone", "residence_registered_since"):
        empty.values.pop(name)
    wrong = sample.session()
    wrong.values |= {"current_address": "", "phone": "1380000"}
    wrong.values.pop("reason")
    senior = _item(Step.FORM, item_code=sample.SENIOR)
    papers, lacking = _item(Step.PAPERS), sample.session()
    return (
        make.plate("form", _item(Step.FORM), session=empty),
        make.plate("form-pinyin", _item(Step.FORM), session=empty, extra=Extra.PINYIN),
        make.plate("form-number-pad", _item(Step.FORM), session=empty, extra=Extra.NUMBER_PAD),
        make.plate("form-id-pad", replace(_item(Step.FORM), item_code=sample.FAMILY), session=empty, extra=Extra.ID_PAD),
        make.plate("form-day-wheel", _item(Step.FORM), session=empty, extra=Extra.DAY_WHEEL),
        make.plate("form-provinces", _item(Step.FORM), session=empty, extra=Extra.PROVINCES),
        make.plate("form-counties", _item(Step.FORM), session=sample.session(), extra=Extra.COUNTIES),
        make.plate("form-problems", _item(Step.FORM, invalid_fields=_WRONG), session=wrong),
        make.plate("form-senior", senior, session=empty),
        make.with_card().plate("form-take-card", senior, session=empty),
        make.plate("gathering", _item(Step.GATHERING, busy=True), session=_not_gathered()),
        make.plate("gathering-late", _item(Step.GATHERING, busy=True), session=_not_gathered(), waited_s=60.0),
        make.plate("papers", papers, session=lacking),
        make.plate("papers-declare", replace(papers, paper_in_hand=_PAPER, paper_way=From.DECLARE), session=lacking),
        *_page(make, papers, lacking),
        make.plate("papers-missing", replace(papers, reason="papers.missing"), session=lacking),
        make.plate("handling", replace(_item(Step.HANDLING), item_code=_ELSEWHERE), session=lacking),
        make.plate("handling-courier", replace(_item(Step.HANDLING), item_code=sample.PERMIT), session=_by_courier()),
        make.plate("review", _item(Step.REVIEW)),
        make.plate("review-shared", _item(Step.REVIEW, item_code=sample.INSURANCE), session=sample.session_shared()),
        make.plate("sign", _item(Step.SIGN), extra=Extra.SIGNATURE),
        make.plate("sign-short", _item(Step.SIGN, reason="sign.too_little")),
    )


def _page(make: Maker, papers: FlowState, lacking: SessionContext) -> tuple[Plate, ...]:
    looking = replace(papers, busy=True, paper_in_hand=_PAPER, paper_way=From.SCAN)
    return (
        make.plate("papers-scan", looking, _WITH_CAMERA, lacking, Extra.PAGE),
        make.plate("papers-scan-far", looking, _WITH_CAMERA, lacking, Extra.PAGE_FAR),
        make.plate("papers-taken", replace(looking, busy=False), _WITH_CAMERA, sample.session_with_page(_PAPER)),
    )


def _proof(make: Maker) -> tuple[Plate, ...]:
    proof = replace(_item(Step.PROOF), item_code=sample.INSURANCE)
    out, none = sample.session(), sample.session()
    out.proof_paper = RememberProofPaper("P7K29QXM4TRA", 1)
    none.proof_paper = RememberProofPaper(words="登记簿上没有可以证明的记录")
    return (
        make.plate("proof-making", replace(proof, busy=True)),
        make.plate("proof-out", proof, session=out),
        make.plate("proof-not-held", replace(proof, reason="proof.not_held"), session=none),
        make.plate("proof-paper-out", replace(proof, reason="document.paper_out")),
    )


def _by_courier() -> SessionContext:
    made = sample.session()
    made.values |= {handling.RECEIVING: "courier", handling.ADDRESS: sample.person().address}
    return made


def _after(make: Maker) -> tuple[Plate, ...]:
    delivered = sample.session()
    delivered.delivered = True
    out = _item(Step.SLIP, paper=Paper.FAILED, paper_reason="paper.paper_out")
    return (
        make.plate("committing", _item(Step.COMMITTING, busy=True)),
        make.plate("committing-late", _item(Step.COMMITTING, busy=True), waited_s=60.0),
        make.plate("not-accepted", _item(Step.NOT_ACCEPTED, reason="store.storage_failed")),
        make.plate("delivering", _item(Step.DELIVERING, busy=True)),
        make.plate("slip-delivered", _item(Step.SLIP, paper=Paper.PRINTED), session=delivered),
        make.plate("slip-printing", _item(Step.SLIP, paper=Paper.PRINTING), session=delivered),
        make.plate("slip-printing-late", _item(Step.SLIP, paper=Paper.PRINTING), session=delivered, waited_s=60.0),
        make.plate("slip-stored", _item(Step.SLIP, paper=Paper.PRINTED)),
        make.plate("slip-paper-out", out, extra=Extra.SLIP),
        *_proof(make),
        make.plate("rating", _item(Step.RATING)),
        make.plate("rating-why", _item(Step.RATING_WHY)),
        make.plate("another", _item(Step.ANOTHER), session=sample.session_of_known()),
        make.plate("farewell", FlowState(step=Step.FAREWELL)),
        make.with_card().plate("farewell-card", FlowState(step=Step.FAREWELL)),
    )
