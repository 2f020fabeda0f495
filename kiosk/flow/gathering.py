"""From the proof to the review: shared data is fetched, the form asks for the rest, and papers are settled."""

from __future__ import annotations

from dataclasses import replace

from kiosk.catalogue.deciding import From, MaterialLine, Status
from kiosk.catalogue.files import Condition
from kiosk.domain.identity import Person, Proof
from kiosk.flow import form, handling, knowing, policies, progressing, routes
from kiosk.flow.context import Context
from kiosk.flow.effects import (
    CancelGathering,
    Effect,
    FetchShared,
    ReadCertificate,
    RememberCertificate,
    RememberDeclared,
    RememberPrefilled,
    RememberPromised,
    RememberScan,
    RememberShared,
    ScanPaper,
)
from kiosk.flow.events import Event
from kiosk.flow.gathering_events import (
    CertificateFailed,
    CertificateRead,
    PaperDeclared,
    PaperPromised,
    PaperScanned,
    PaperTouched,
    ScanFailed,
    SharedFetched,
)
from kiosk.flow.moves import Result, enter
from kiosk.flow.paper_effects import ForgetTaken, RememberTaken
from kiosk.flow.session import SessionContext
from kiosk.flow.states import Aim, FlowState, Step

MISSING = "papers.missing"
CONDITION = "eligibility.condition"


def begin(state: FlowState, person: Person, proof: Proof, context: Context) -> Result:
    """Known well enough: gather; to the other ways when the proof does not reach the item's level.

    The session may not hold the person yet: the effects that put them there are carried out with the same event.
    """
    if not routes.is_enough(proof, context, state.item_code):
        return enter(state, Step.ROUTE, reason="route.higher_level"), ()
    if not state.item_code:
        return policies.identified(state) if state.aim is Aim.POLICIES else progressing.ask(state)
    seen = _imagine(context, person)
    known = form.prefilled(context.item(state.item_code), person, context.today)
    after, effects = advance(state, _with_values(seen, known))
    return after, (*(RememberPrefilled(name, value) for name, value in known.items()), *effects)


def advance(state: FlowState, context: Context) -> Result:
    """The next thing that this person has to do for this item, skipping every step with nothing to do."""
    item = context.item(state.item_code)
    if failed := knowing.against(item, context):
        return not_for_them(state, failed), ()
    wanted = knowing.to_fetch(item, context)
    if wanted and context.readiness.sharing:
        return enter(state, Step.GATHERING, busy=True), (FetchShared(wanted),)
    if state.step is not Step.FORM and knowing.asked(item, context):
        return enter(state, Step.FORM), ()
    if any(not line.is_settled for line in knowing.papers(item, context)):
        return enter(state, Step.PAPERS), ()
    return handling.after_papers(state, item, context)


def not_for_them(state: FlowState, failed: tuple[Condition, ...]) -> FlowState:
    """Every condition that does not hold is told at once."""
    rules = tuple(condition.rule for condition in failed)
    return replace(enter(state, Step.NOT_ELIGIBLE, reason=CONDITION), failed_rules=rules)


def take_shared(state: FlowState, event: SharedFetched, context: Context) -> Result:
    """What authorities gave fills in the form; what they did not give is asked of the resident, or shown, or declared."""
    item = context.item(state.item_code)
    seen = _imagine(context, None)
    seen.session.shared |= event.values
    seen.session.gathered |= event.asked
    names = {field.name for field in item.fields}
    texts = {name: knowing.as_text(value) for name, value in event.values.items() if name in names}
    texts = {name: text for name, text in texts.items() if not context.session.values.get(name)}
    after, effects = advance(state, _with_values(seen, texts))
    filled: tuple[Effect, ...] = tuple(RememberPrefilled(name, text) for name, text in texts.items())
    return after, (RememberShared(event.values, event.asked), *filled, *effects)


def check_form(state: FlowState, _event: Event, context: Context) -> Result:
    """Go on when nothing is wrong, else tell everything that is, at once (一次告知)."""
    judged = form.judged(knowing.fields(context.item(state.item_code), context), context.session)
    wrong = form.problems(judged, context.session.values, context.today)
    if wrong:
        return replace(state, invalid_fields=wrong), ()
    return advance(state, context)


def _line(state: FlowState, material: str, context: Context) -> MaterialLine | None:
    lines = knowing.papers(context.item(state.item_code), context)
    return next((line for line in lines if line.id == material and not state.busy), None)


def touch_paper(state: FlowState, event: PaperTouched, context: Context) -> Result:
    """Begin one way to hand in one paper; a way that is not open for it does nothing."""
    line = _line(state, event.material, context)
    if line is None or event.way not in line.ways:
        return state, ()
    held = replace(state, reason="", paper_in_hand=event.material, paper_way=event.way)
    busy = replace(held, busy=True)
    match event.way:
        case From.CERTIFICATE:
            return busy, (ReadCertificate(event.material, line.material.certificate),)
        case From.SCAN:
            return busy, (ScanPaper(event.material, line.name.in_(state.language)),)
        case _:
            return held, ()


def declare(state: FlowState, event: PaperDeclared, context: Context) -> Result:
    """告知承诺: the resident has read the sentence and agrees."""
    line = _line(state, event.material, context)
    if line is None or From.DECLARE not in line.ways:
        return state, ()
    return _settled(state), (RememberDeclared(event.material),)


def promise(state: FlowState, event: PaperPromised, context: Context) -> Result:
    """容缺: the resident has read what, by when and what follows, and chooses to hand it in later."""
    line = _line(state, event.material, context)
    if line is None or From.PROMISE not in line.ways:
        return state, ()
    return _settled(state), (RememberPromised(event.material),)


def certificate_read(state: FlowState, event: CertificateRead, _context: Context) -> Result:
    """The certificate's code was sound."""
    if event.material != state.paper_in_hand:
        return state, ()
    return _settled(state), (RememberCertificate(event.material, event.identifier),)


def scanned(state: FlowState, event: PaperScanned, _context: Context) -> Result:
    """The page was captured: the resident looks at it before it is handed in."""
    if event.material != state.paper_in_hand:
        return state, (RememberTaken(event.page), ForgetTaken())  # nobody wants it: it is overwritten
    return replace(state, busy=False, reason=""), (RememberTaken(event.page),)


def keep_page(state: FlowState, _event: Event, context: Context) -> Result:
    """It can be read: it is handed in."""
    taken = context.session.taken
    if taken is None or taken.material != state.paper_in_hand:
        return state, ()
    return _settled(state), (RememberScan(taken.material, taken),)


def retake_page(state: FlowState, _event: Event, context: Context) -> Result:
    """The same paper once more; the page before it is overwritten first."""
    line = _line(state, state.paper_in_hand, context)
    if line is None or context.session.taken is None:
        return state, ()
    return replace(state, busy=True), (ForgetTaken(), ScanPaper(line.id, line.name.in_(state.language)))


def paper_failed(state: FlowState, event: CertificateFailed | ScanFailed, _context: Context) -> Result:
    """Say why; the other ways stay open."""
    if event.material != state.paper_in_hand:
        return state, ()
    return replace(_settled(state), reason=event.reason), ()


def put_paper_down(state: FlowState, _event: Event, _context: Context) -> Result:
    """Give up what was begun with this paper."""
    return _settled(state), (ForgetTaken(), *((CancelGathering(),) if state.busy else ()))


def papers_done(state: FlowState, _event: Event, context: Context) -> Result:
    """On to the review; what is missing is told at once, all of it."""
    lines = knowing.papers(context.item(state.item_code), context)
    if any(line.status in (Status.TO_DO, Status.MISSING) for line in lines):
        return replace(_settled(state), reason=MISSING), (ForgetTaken(),)
    return handling.after_papers(_settled(state), context.item(state.item_code), context)


def back_from_review(state: FlowState, event: Event, context: Context) -> Result:
    """To what was chosen last, where there was a choice."""
    if handling.is_asked(context.item(state.item_code)):
        return enter(state, Step.HANDLING), ()
    return back_to_papers(state, event, context)


def back_to_papers(state: FlowState, _event: Event, context: Context) -> Result:
    """To the papers when there was anything to do about them, else to the form."""
    lines = knowing.papers(context.item(state.item_code), context)
    handled = any(line.source not in (From.CARD, From.SHARED) for line in lines)
    return enter(state, Step.PAPERS if handled else Step.FORM), ()


def back_to_form(state: FlowState, _event: Event, _context: Context) -> Result:
    """Give up what was begun with a paper, and look at the form again."""
    return enter(_settled(state), Step.FORM), (ForgetTaken(), CancelGathering())


def _settled(state: FlowState) -> FlowState:
    return replace(state, busy=False, reason="", paper_in_hand="", paper_way=None)


def _imagine(context: Context, person: Person | None) -> Context:
    """The context as it will be once the effects of this event are carried out; the true session is not touched."""
    now = context.session
    seen = SessionContext()
    seen.person = person or now.person
    seen.values = dict(now.values)
    seen.prefilled = set(now.prefilled)
    seen.shared = dict(now.shared)
    seen.gathered = now.gathered
    seen.handed = now.handed
    return replace(context, session=seen)


def _with_values(context: Context, texts: dict[str, str]) -> Context:
    context.session.values |= texts
    context.session.prefilled |= texts.keys()
    return context
