"""May this terminal serve someone now, with what, and if not, why. Pure: a function of what devices, store and clock say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.catalogue.models import Catalogue
from kiosk.domain.identity import Route


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """What the queue says of itself."""

    closed: str = ""
    """Code of the backlog gate when no new case may be taken, empty when it is open."""
    enrolled: bool = True
    network_up: bool = True
    """The platform answered when it was last asked."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What readiness is decided from. ``devices`` maps device name to the code of its trouble, empty when fine."""

    devices: Mapping[str, str] = field(default_factory=dict)
    store: StoreHealth = StoreHealth()


@dataclass(frozen=True, slots=True)
class Readiness:
    """What can be done now. Reasons are codes that the screens put into the resident's words."""

    routes: tuple[Route, ...]
    route_reasons: Mapping[Route, str]
    item_reasons: Mapping[str, str]
    """Item code → why it cannot be done now; items not named can."""
    paper: str
    """Empty when slips can be printed, else the reason."""
    network_up: bool

    def can_do(self, code: str) -> bool:
        """True when the item can be done now."""
        return code not in self.item_reasons


def assess(facts: Facts, catalogue: Catalogue) -> Readiness:
    """Decide what can be done. A broken printer takes the paper away, not the machine; a broken camera only the face route."""
    route_reasons: dict[Route, str] = {}
    reader = _trouble(facts, "id_card_reader")
    if reader:
        route_reasons = dict.fromkeys(Route, f"id_card_reader.{reader}")
    elif camera := _trouble(facts, "camera"):
        route_reasons[Route.ID_CARD_FACE] = f"camera.{camera}"
    routes = tuple(route for route in Route if route not in route_reasons)
    closed = _closed_reason(facts, reader)
    item_reasons = dict.fromkeys((item.code for item in catalogue.items), closed) if closed else {}
    printer = _trouble(facts, "receipt_printer")
    return Readiness(routes, route_reasons, item_reasons, f"paper.{printer}" if printer else "", facts.store.network_up)


def serving(readiness: Readiness, catalogue: Catalogue) -> bool:
    """True when a resident could do at least one item now."""
    return any(readiness.can_do(item.code) for item in catalogue.items)


def _trouble(facts: Facts, device: str) -> str:
    return facts.devices.get(device, "missing")


def _closed_reason(facts: Facts, reader: str) -> str:
    if not facts.store.enrolled:
        return "store.not_enrolled"
    if facts.store.closed:
        return f"store.{facts.store.closed}"
    if reader:
        return f"id_card_reader.{reader}"
    return ""
