"""From the visit's state to the screen that shows it. Pure."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.catalogue import deciding
from kiosk.catalogue.deciding import MaterialLine
from kiosk.catalogue.files import Source
from kiosk.catalogue.models import FieldKind, FormField, Item, ItemMaterial
from kiosk.domain.days import span_of
from kiosk.domain.identity import mask_id_number
from kiosk.domain.language import Language
from kiosk.flow import (
    closing,
    form,
    handling_presenter,
    knowing,
    left_cards,
    messages,
    paging,
    policy_presenter,
    progress_presenter,
    proofs,
    review_presenter,
    routes,
    shelving,
    waits,
)
from kiosk.flow import views as v
from kiosk.flow.closed_views import Closed, OutOfServiceView
from kiosk.flow.context import Context
from kiosk.flow.effects import CREDENTIAL_WAIT_S
from kiosk.flow.farewell_views import FarewellView
from kiosk.flow.finding_views import HomeView, ItemCard, SearchView
from kiosk.flow.handlers import PREVIOUS
from kiosk.flow.paper_views import GatheringView, PaperLine, PapersView
from kiosk.flow.proof_views import ProofView
from kiosk.flow.states import AT_REST, IDENTIFYING, FlowState, Step
from kiosk.readiness import Readiness

IDLE_NAMES = 3
"""So many matters are named on the resting screen, for whoever walks past."""
_LANDINGS: tuple[frozenset[Step], ...] = (
    frozenset({Step.GUIDE, Step.CONSENT}),
    frozenset({Step.ROUTE, Step.FACE_CONSENT, *IDENTIFYING, Step.NOT_ELIGIBLE}),
    frozenset({Step.GATHERING, Step.FORM, Step.PAPERS, Step.HANDLING}),
    frozenset({Step.REVIEW, Step.SIGN, Step.COMMITTING, Step.NOT_ACCEPTED}),
    frozenset({Step.DELIVERING, Step.SLIP, Step.PROOF, Step.RATING, Step.RATING_WHY}),
)
"""Progress as the resident sees it: guide, who I am, form, check and sign, slip."""


def present(state: FlowState, context: Context) -> v.Screen:
    """The screen for ``state``."""
    chrome = _chrome(state, context)
    return v.Screen(chrome, _MODELS[state.step](state, context), _wait(state, context, chrome))


def _wait(state: FlowState, context: Context, chrome: v.Chrome) -> waits.WaitView | None:
    if context.patience is None:
        return None
    return waits.WaitView(context.patience, waits.way_on(state, can_go_back=chrome.can_go_back, can_quit=chrome.can_quit))


def _chrome(state: FlowState, context: Context) -> v.Chrome:
    item = context.catalogue.item(state.item_code)
    position = next((number for number, steps in enumerate(_LANDINGS, 1) if state.step in steps), 0)
    busy_with_store = state.step in (Step.COMMITTING, Step.DELIVERING)
    return v.Chrome(
        step=state.step,
        language=state.language,
        item_name=item.short_name.in_(state.language) if item and position else "",
        position=position,
        landings=len(_LANDINGS),
        can_go_back=_can_go_back(state),
        can_quit=state.step not in AT_REST and state.step is not Step.FAREWELL and not busy_with_store,
        idle_warning=state.idle_warning,
        aids=state.aids,
        staff_call=state.staff_call,
        quiet=state.quiet,
        take_card=left_cards.is_needless(state, context),
    )


def _can_go_back(state: FlowState) -> bool:
    on_shelf = state.step is Step.HOME and bool(state.shelf)
    return state.step in PREVIOUS or on_shelf or paging.has_previous(state)


def _idle(state: FlowState, context: Context) -> v.IdleView:
    shown = shelving.on_shelf("", context)[:IDLE_NAMES]
    more = len(context.catalogue.items) - len(shown)
    return v.IdleView(tuple(item.short_name.in_(state.language) for item in shown), more)


def _out_of_service(_state: FlowState, context: Context) -> OutOfServiceView:
    return OutOfServiceView(closing.of_machine(context))


def _home(state: FlowState, context: Context) -> HomeView:
    shelves = shelving.shelves(context.catalogue, state.language)
    cards = tuple(_card_of(item, state, context) for item in shelving.on_shelf(state.shelf, context))
    return HomeView(
        cards,
        _chosen_name(state, context),
        _chosen_closed(state, context),
        closing.notices(None, context),
        context.session.known_as,
        shelves,
        state.shelf,
        shelving.name_of(state.shelf, context.catalogue, state.language),
        has_proofs=any(item.proof for item in context.catalogue.items),
    )


def _search(state: FlowState, context: Context) -> SearchView:
    text = context.session.query
    found = (context.catalogue.item(code) for code in context.find(text))
    cards = tuple(_card_of(item, state, context) for item in found if item is not None)
    return SearchView(text, cards, _chosen_name(state, context), _chosen_closed(state, context))


def _chosen_name(state: FlowState, context: Context) -> str:
    chosen = context.catalogue.item(state.item_code)
    return chosen.name.in_(state.language) if chosen and state.reason else ""


def _chosen_closed(state: FlowState, context: Context) -> Closed | None:
    chosen = context.catalogue.item(state.item_code)
    return closing.of_item(chosen, context, state.reason) if chosen and state.reason else None


def _card_of(item: Item, state: FlowState, context: Context) -> ItemCard:
    known = context.session.proof is not None
    return ItemCard(
        item.code,
        item.name.in_(state.language),
        item.summary.in_(state.language),
        item.picture,
        closing.of_item(item, context),
        asks_again=known and not routes.is_enough(context.session.proof, context, item.code),
    )


def _guide(state: FlowState, context: Context) -> v.GuideView:
    item, language = context.item(state.item_code), state.language
    return v.GuideView(
        name=item.name.in_(language),
        summary=item.summary.in_(language),
        picture=item.picture,
        department=item.department.in_(language),
        promised=item.promised.in_(language),
        fee=item.fee.in_(language),
        output=item.output.in_(language),
        materials=tuple(_guide_material(needed, language) for needed in item.materials),
        steps=tuple(step.in_(language) for step in item.guide),
        field_count=len(item.fields),
        prefilled_count=sum(1 for f in item.fields if f.source is not Source.ASKED),
        notices=closing.notices(item, context),
        closed=closing.of_item(item, context),
        printer_elsewhere=closing.printer_elsewhere(item, context),
    )


def _guide_material(needed: ItemMaterial, language: Language) -> v.GuideMaterial:
    """Nobody is known yet: the first way that there is for most people."""
    first = deciding.usual_source(needed)
    return v.GuideMaterial(needed.material.name.in_(language), first, needed.when is not None, needed.lack_days)


def _consent(state: FlowState, context: Context) -> v.ConsentView:
    return v.ConsentView(context.catalogue.consent.in_(state.language), context.session.proof is not None)


def _route(state: FlowState, context: Context) -> v.RouteView:
    options = tuple(
        v.RouteOption(route, routes.closed_reason(state, route, context), routes.minutes_paused(state, route, context))
        for route in routes.offered(state, context)
    )
    minutes = routes.minutes_paused(state, state.route, context)
    is_over = not minutes and state.reason in (routes.TOO_MANY_TRIES, routes.PAUSED)
    return v.RouteView(options, "" if is_over else state.reason, minutes)


def _face_consent(ready: Readiness) -> v.FaceConsentView:
    return v.FaceConsentView(ready.platform_portraits, ready.presence)


def _card(state: FlowState, _context: Context) -> v.CardView:
    return v.CardView(state.busy, state.reason)


def _guardian_card(state: FlowState, _context: Context) -> v.GuardianCardView:
    return v.GuardianCardView(state.busy, state.reason)


def _guardian_consent(_state: FlowState, context: Context) -> v.GuardianConsentView:
    guardian, child = context.session.guardian, context.session.person
    return v.GuardianConsentView(guardian.name if guardian else "", child.name if child else "")


def _face(state: FlowState, context: Context) -> v.FaceView:
    demonstration = context.readiness.face_is_demonstration
    return v.FaceView(state.busy, state.reason, routes.tries_left(state, context), demonstration)


def _credential(state: FlowState, context: Context) -> v.CredentialView:
    return v.CredentialView(state.busy, round(CREDENTIAL_WAIT_S), state.reason, routes.tries_left(state, context))


def _sms(state: FlowState, context: Context) -> v.SmsView:
    return v.SmsView(
        masked_phone=context.session.masked_phone,
        busy=state.busy,
        reason=state.reason,
        tries_left=routes.tries_left(state, context),
        resend_in_s=messages.resend_in_s(state, context),
    )


def _staff(state: FlowState, context: Context) -> v.StaffView:
    person = context.session.person
    name, number = (person.name, person.masked_id_number) if person else ("", "")
    return v.StaffView(name, number, state.busy, state.reason, routes.tries_left(state, context))


def _not_eligible(state: FlowState, context: Context) -> v.NotEligibleView:
    item = context.item(state.item_code)
    failed = (condition for condition in item.conditions if condition.rule in state.failed_rules)
    words = tuple(dict.fromkeys(condition.otherwise.in_(state.language) for condition in failed))
    return v.NotEligibleView(state.reason, item.name.in_(state.language), words)


def _gathering(state: FlowState, context: Context) -> GatheringView:
    item, rules = context.item(state.item_code), context.catalogue.rules
    elements = (rules.element(name) for name in knowing.to_fetch(item, context))
    keepers = dict.fromkeys(element.authority for element in elements if element is not None)
    names = {department.id: department.name.in_(state.language) for department in context.catalogue.departments}
    return GatheringView(tuple(names[keeper] for keeper in keepers if keeper is not None and keeper in names))


def _field(field: FormField, state: FlowState, context: Context) -> v.FieldView:
    language, session = state.language, context.session
    value, source = session.values.get(field.name, ""), form.source_of(field, session)
    return v.FieldView(
        name=field.name,
        label=field.label.in_(language),
        kind=field.kind,
        value=mask_id_number(value) if field.from_card == "id_number" else value,
        source=source,
        required=field.required,
        help=field.help.in_(language) if field.help else "",
        choices=tuple((choice.value, choice.label.in_(language)) for choice in field.choices),
        max_length=field.max_length,
        problem=dict(state.invalid_fields).get(field.name, ""),
        editable=not (field.from_card == "id_number" and source == "card"),
        days=span_of(field.days, context.today) if field.kind is FieldKind.DATE else None,
        authority=review_presenter.department(field.authority, context, language) if source == "shared" else "",
    )


def _form(state: FlowState, context: Context) -> v.FormView:
    pages = paging.form_pages(state, context)
    return v.FormView(
        tuple(_field(f, state, context) for f in paging.turned(pages, state)),
        number=min(state.page + 1, len(pages)),
        total=len(pages),
    )


def _handling(state: FlowState, context: Context) -> v.FormView:
    whole, pages = handling_presenter.handling_form(state, context), paging.handling_pages(state, context)
    open_ = paging.turned(pages, state)
    fields = tuple(field for field in whole.fields if field.name in open_)
    return v.FormView(fields, number=min(state.page + 1, len(pages)), total=len(pages))


def _paper(line: MaterialLine, language: Language) -> PaperLine:
    material = line.material.material
    return PaperLine(
        material=line.id,
        name=line.name.in_(language),
        help=material.help.in_(language) if material.help else "",
        why=line.why.in_(language),
        source=line.source,
        status=line.status,
        ways=line.ways,
        lack_days=line.material.lack_days,
        barred=line.barred.in_(language) if line.barred is not None else "",
    )


_UNSETTLED = (deciding.Status.TO_DO, deciding.Status.MISSING)


def _papers(state: FlowState, context: Context) -> PapersView:
    language = state.language
    lines = knowing.papers(context.item(state.item_code), context)
    shown = {line.id: _paper(line, language) for line in lines}
    open_ = tuple(shown[line.id] for line in lines if line.status in _UNSETTLED)
    held = next((line for line in lines if line.id == state.paper_in_hand), None)
    declared = held.material.material.declare if held is not None and state.paper_way is deciding.From.DECLARE else None
    return PapersView(
        lines=open_[:1] if state.aids.elder and open_ else tuple(shown.values()),
        left=len(open_),
        in_hand=shown.get(state.paper_in_hand),
        way=state.paper_way,
        statement=declared.in_(language) if declared else "",
        due=knowing.due(held, context) if held is not None and state.paper_way is deciding.From.PROMISE else "",
        taken=context.session.taken,
        busy=state.busy,
        reason=state.reason,
    )


def _slip(state: FlowState, context: Context) -> v.SlipView:
    session = context.session
    name = context.item(state.item_code).name.in_(state.language)
    return v.SlipView(session.receipt_number, name, session.stored_at, session.delivered, state.paper, state.paper_reason)


def _proof(state: FlowState, context: Context) -> ProofView:
    item, paper = context.item(state.item_code), context.session.proof_paper
    again = proofs.may_try_again(state)
    return ProofView(item.name.in_(state.language), state.busy, state.reason, paper.code, paper.pages, paper.words, again)


_MODELS: dict[Step, Callable[[FlowState, Context], v.Model]] = {
    Step.IDLE: _idle,
    Step.OUT_OF_SERVICE: _out_of_service,
    Step.HOME: _home,
    Step.SEARCH: _search,
    Step.PROGRESS: progress_presenter.progress,
    Step.PROGRESS_CARD: _card,
    Step.PROGRESS_ASKING: lambda _state, _context: v.WorkingView("asking"),
    Step.PROGRESS_ANSWER: progress_presenter.progress_answer,
    Step.POLICIES: policy_presenter.policies_view,
    Step.GUIDE: _guide,
    Step.CONSENT: _consent,
    Step.ROUTE: _route,
    Step.FACE_CONSENT: lambda _state, context: v.FaceConsentView(
        context.readiness.platform_portraits, context.readiness.presence
    ),
    Step.CARD: _card,
    Step.GUARDIAN_CARD: _guardian_card,
    Step.GUARDIAN_CONSENT: _guardian_consent,
    Step.FACE: _face,
    Step.STAFF: _staff,
    Step.CREDENTIAL: _credential,
    Step.SMS: _sms,
    Step.NOT_ELIGIBLE: _not_eligible,
    Step.GATHERING: _gathering,
    Step.FORM: _form,
    Step.PAPERS: _papers,
    Step.HANDLING: _handling,
    Step.REVIEW: review_presenter.review,
    Step.SIGN: lambda state, _context: v.SignView(state.reason),
    Step.COMMITTING: lambda _state, _context: v.WorkingView("committing"),
    Step.NOT_ACCEPTED: lambda state, _context: v.NotAcceptedView(state.reason),
    Step.DELIVERING: lambda _state, _context: v.WorkingView("delivering"),
    Step.SLIP: _slip,
    Step.PROOF: _proof,
    Step.RATING: lambda _state, _context: v.RatingView(),
    Step.RATING_WHY: lambda _state, _context: v.RatingWhyView(),
    Step.ANOTHER: lambda _state, context: v.AnotherView(context.session.known_as),
    Step.FAREWELL: lambda _state, context: FarewellView(context.card_lies),
}
