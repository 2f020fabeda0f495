"""Which ways to identify are offered, which of them are open, and what a failed try means. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

from kiosk.domain.identity import AssuranceLevel, Proof, Route, RouteStanding, routes_for
from kiosk.flow.context import Context
from kiosk.flow.states import FlowState

TOO_MANY_TRIES = "route.too_many_tries"
PAUSED = "route.paused"

CLOSES: dict[str, Route] = {
    "card.no_portrait": Route.ID_CARD_FACE,
    "face.unusable_portrait": Route.ID_CARD_FACE,
    "face.reference_offline": Route.ID_CARD_FACE,
    "face.reference_not_held": Route.ID_CARD_FACE,
    "face.reference_refused": Route.ID_CARD_FACE,
    "face.reference_unusable": Route.ID_CARD_FACE,
    "staff.none_configured": Route.ID_CARD_STAFF,
    "credential.none_configured": Route.ELECTRONIC_CREDENTIAL,
    "sms.none_configured": Route.ID_CARD_SMS,
    "sms.no_phone": Route.ID_CARD_SMS,
    "sms.too_many": Route.ID_CARD_SMS,
}
"""Failures that another try cannot mend: the route is closed for the rest of the visit, and the others are offered."""

_COSTS_NOTHING = frozenset(
    {
        "face.camera_lost",
        "face.cancelled",
        "face.engine_lost",
        "staff.locked",
        "credential.scanner_lost",
        "credential.timed_out",
        "credential.cancelled",
        "credential.paused",
        "credential.unavailable",
        "sms.offline",
        "sms.expired",
        TOO_MANY_TRIES,
        PAUSED,
        *CLOSES,
    }
)


def costs_a_try(reason: str) -> bool:
    """False for the machine's own trouble, and where nothing was tried; the resident must not pay for either."""
    return reason not in _COSTS_NOTHING and not reason.startswith(("card.", "guardian."))


PROGRESS_LEVEL = AssuranceLevel.L2
"""To see all one's cases."""


def level_asked(item_code: str, context: Context) -> AssuranceLevel:
    """Assurance level of the chosen matter; without one, that of a progress query."""
    return context.item(item_code).level if item_code else PROGRESS_LEVEL


def is_enough(proof: Proof | None, context: Context, item_code: str) -> bool:
    """True when ``proof`` reaches the level of the item: then nobody is asked again who they are."""
    return proof is not None and proof.level >= level_asked(item_code, context)


def offered(state: FlowState, context: Context) -> tuple[Route, ...]:
    """The ways that lead to the chosen item, open or not, in the order they are shown."""
    return routes_for(level_asked(state.item_code, context))


def closed_reason(state: FlowState, route: Route, context: Context) -> str:
    """Why ``route`` cannot be taken now, empty when it can."""
    if seconds_paused(state, route, context):
        return PAUSED
    return dict(state.closed).get(route, "") or context.readiness.route_reasons.get(route, "")


def seconds_paused(state: FlowState, route: Route, context: Context) -> float:
    """How long ``route`` stays paused; 0 when it is not."""
    return max(0.0, state.opens_at_s(route) - context.now_s)


def minutes_paused(state: FlowState, route: Route | None, context: Context) -> int:
    """The same in whole minutes, rounded up; 0 when it is not paused."""
    return math.ceil(seconds_paused(state, route, context) / 60.0) if route is not None else 0


def tries_left(state: FlowState, context: Context) -> int:
    """Tries left of the way being gone."""
    return max(0, context.max_tries - (state.tries_of(state.route) if state.route else 0))


def count_try(state: FlowState, route: Route, context: Context) -> FlowState:
    """One failed try more; the last one pauses the route."""
    tries = dict(state.tries) | {route: state.tries_of(route) + 1}
    if tries[route] < context.max_tries:
        return replace(state, tries=tuple(tries.items()))
    tries.pop(route)
    pauses = dict(state.pauses) | {route: context.now_s + context.lock_s}
    return replace(state, tries=tuple(tries.items()), pauses=tuple(pauses.items()))


def close(state: FlowState, route: Route, reason: str) -> FlowState:
    """Close ``route`` for the rest of the visit."""
    return replace(state, closed=tuple((dict(state.closed) | {route: reason}).items()))


def adopt(state: FlowState, standings: tuple[RouteStanding, ...]) -> FlowState:
    """A card was read: from here on the tries of its holder count for all ways that read it, and nobody else's."""
    tries = [(route, count) for route, count in state.tries if not route.reads_card]
    pauses = [(route, opens_at_s) for route, opens_at_s in state.pauses if not route.reads_card]
    tries += [(one.route, one.tries) for one in standings if one.tries]
    pauses += [(one.route, one.opens_at_s) for one in standings if one.opens_at_s]
    return replace(state, tries=tuple(tries), pauses=tuple(pauses))
