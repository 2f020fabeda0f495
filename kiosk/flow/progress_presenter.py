"""From a progress query to the screens that show it. Pure."""

from __future__ import annotations

from kiosk.domain.china_time import shown_time
from kiosk.domain.language import Language
from kiosk.domain.progress import Standing, Standings
from kiosk.flow import proofs
from kiosk.flow.context import Context
from kiosk.flow.progress_views import CaseLine, ProgressAnswerView, ProgressView, StepLine
from kiosk.flow.states import FlowState

_NOTHING = Standings(())


def progress(state: FlowState, context: Context) -> ProgressView:
    """The screen that asks for the number."""
    return ProgressView(state.reason, "barcode_scanner" not in context.readiness.absent, context.session.known_as)


def progress_answer(state: FlowState, context: Context) -> ProgressAnswerView:
    """The screen with the answer."""
    standings = context.session.standings or _NOTHING
    return ProgressAnswerView(
        cases=tuple(_case(case, context, state.language) for case in standings.cases),
        told_by=standings.told_by,
        known_at=shown_time(standings.known_at_ms) if standings.known_at_ms else "",
        age_minutes=int(standings.age_s // 60),
        reason=state.reason,
    )


def _case(case: Standing, context: Context, language: Language) -> CaseLine:
    item = context.catalogue.item(case.item_code)
    materials = {one.material.id: one.material.name.in_(language) for one in item.materials} if item is not None else {}
    return CaseLine(
        number=case.receipt_number,
        item_name=item.name.in_(language) if item is not None else "",
        steps=tuple(StepLine(step.state, shown_time(step.at_ms), step.actor, step.words) for step in reversed(case.steps)),
        next_step=case.next_step,
        may_print=proofs.may_print_again(case, context),
        lacking=tuple((materials.get(material, material), due) for material, due in case.lacking),
    )
