"""From the policies to the screen that shows them. Pure."""

from __future__ import annotations

from kiosk.catalogue.rules import Verdict
from kiosk.domain.language import Language
from kiosk.flow import policies
from kiosk.flow.context import Context
from kiosk.flow.policies import Match
from kiosk.flow.policy_views import PoliciesView, PolicyCard
from kiosk.flow.states import FlowState


def policies_view(state: FlowState, context: Context) -> PoliciesView:
    """The page of policies."""
    known = context.session.known_as
    matches = policies.matches(context)
    may_match = bool(policies.to_fetch(context)) if known else any(one.policy.conditions for one in matches)
    cards = tuple(_card(one, context, state.language) for one in matches)
    return PoliciesView(cards, known, may_match, state.busy, state.reason)


def _card(one: Match, context: Context, language: Language) -> PolicyCard:
    policy = one.policy
    department = next((named for named in context.catalogue.departments if named.id == policy.department), None)
    item = context.catalogue.item(policy.item) if policy.item else None
    can_apply = item is not None and one.fits is not Verdict.NO and context.readiness.can_do(item.code)
    return PolicyCard(
        id=policy.id,
        name=policy.name.in_(language),
        summary=policy.summary.in_(language),
        department=department.name.in_(language) if department is not None else "",
        until=policy.ends.isoformat() if policy.ends is not None else "",
        conditions=tuple(
            (condition.otherwise.in_(language), verdict)
            for condition, verdict in zip(policy.conditions, one.verdicts, strict=True)
        ),
        fits=one.fits,
        item_code=item.code if item is not None and can_apply else "",
    )
