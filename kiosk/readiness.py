"""May this terminal serve someone now, with what, and if not, why. Pure: a function of what devices, store and clock say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from kiosk.catalogue import deciding
from kiosk.catalogue.models import Catalogue, Item
from kiosk.domain.hours import Opening, next_opening
from kiosk.domain.identity import Route, routes_for


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """What the queue says of itself."""

    closed: str = ""
    """Code of the backlog gate when no new case may be taken, empty when it is open."""
    enrolled: bool = True
    network_up: bool = True
    """The platform answered when it was last asked."""


@dataclass(frozen=True, slots=True)
class Means:
    """What this terminal is set up with."""

    staff: bool = True
    """Somebody may confirm: a badge is registered."""
    credentials: bool = True
    """The key of at least one issuer of credentials is known."""
    sms: bool = True
    """The platform can send text messages."""
    face_is_demonstration: bool = False
    """The face engine has no calibration: the screen says so."""
    sharing: bool = True
    """The platform can be asked for shared data."""
    document_camera: bool = False
    """A document camera is set up."""
    documents: bool = False
    """An A4 printer is set up."""
    presence: bool = False
    """The camera tells when nobody is there any more."""
    platform_portraits: bool = False
    """The platform is asked for the photo where the card's cannot be read."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What readiness is decided from. ``devices`` maps device name to the code of its trouble, empty when fine."""

    devices: Mapping[str, str] = field(default_factory=dict)
    store: StoreHealth = StoreHealth()
    means: Means = Means()
    now: str = ""
    """北京时间 as ``HH:MM``; empty: nothing is closed by the clock."""


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
    absent: frozenset[str] = frozenset()
    """Devices for identifying that are not there now."""
    face_is_demonstration: bool = False
    sharing: bool = True
    """Authorities can be asked for shared data."""
    paper_means: deciding.Means = field(default_factory=deciding.Means)
    """Ways that are open for handing in papers."""
    documents: bool = False
    """There is an A4 printer, in order or not."""
    presence: bool = False
    """The camera tells when nobody is there any more: part of what is consented to."""
    platform_portraits: bool = False
    """A card without a photo does not close the face check: the platform is asked."""
    openings: Mapping[str, Opening] = field(default_factory=dict)
    """Item code → when it opens; items within their hours are not named."""
    prints_documents: bool = False
    """The A4 printer is in order."""

    def can_do(self, code: str) -> bool:
        """True when the item can be done now."""
        return code not in self.item_reasons


@dataclass(frozen=True, slots=True)
class Offer:
    """What this machine tells others of itself."""

    serving: bool
    closed_items: tuple[str, ...] = ()
    """Items that another machine may be able to do: those outside their hours are closed there too."""
    prints_documents: bool = False


OUT_OF_HOURS = "item.hours"
IDENTIFYING_DEVICES = ("id_card_reader", "camera", "barcode_scanner")


def assess(facts: Facts, catalogue: Catalogue) -> Readiness:
    """Decide what can be done: a broken printer takes the paper away, a broken device the ways that need it, nothing the rest."""
    reasons = {route: reason for route in Route if (reason := _route_reason(route, facts))}
    printer = _trouble(facts, "receipt_printer")
    sharing = facts.means.sharing and facts.store.network_up
    openings = {item.code: opening for item in catalogue.items if (opening := _opening(item, facts.now))}
    return Readiness(
        routes=tuple(route for route in Route if route not in reasons),
        route_reasons=reasons,
        item_reasons={
            item.code: reason
            for item in catalogue.items
            if (reason := _item_reason(item, facts, reasons) or (OUT_OF_HOURS if item.code in openings else ""))
        },
        paper=f"paper.{printer}" if printer else "",
        network_up=facts.store.network_up,
        absent=frozenset(device for device in IDENTIFYING_DEVICES if _trouble(facts, device)),
        face_is_demonstration=facts.means.face_is_demonstration,
        sharing=sharing,
        paper_means=deciding.Means(
            sharing=sharing,
            scanner=not _trouble(facts, "barcode_scanner"),
            document_camera=facts.means.document_camera and not _trouble(facts, "document_camera"),
        ),
        documents=facts.means.documents,
        presence=facts.means.presence,
        platform_portraits=facts.means.platform_portraits,
        openings=openings,
        prints_documents=facts.means.documents and not _trouble(facts, "document_printer"),
    )


def serving(readiness: Readiness, catalogue: Catalogue) -> bool:
    """True when a resident could do at least one item now."""
    return any(readiness.can_do(item.code) for item in catalogue.items)


def offer(readiness: Readiness, catalogue: Catalogue) -> Offer:
    """What can be told to others."""
    if not serving(readiness, catalogue):
        return Offer(False)
    closed = tuple(sorted(code for code, reason in readiness.item_reasons.items() if reason != OUT_OF_HOURS))
    return Offer(True, closed, readiness.prints_documents)


def _opening(item: Item, now: str) -> Opening | None:
    return next_opening(item.hours.opens, item.hours.closes, now) if now else None


def _trouble(facts: Facts, device: str) -> str:
    return facts.devices.get(device, "missing")


def _route_reason(route: Route, facts: Facts) -> str:
    """What is set up never changes while the terminal runs, so it is told before what may come back."""
    means = facts.means
    match route:
        case Route.ID_CARD_STAFF:
            return _first("" if means.staff else "staff.none_configured", _device(facts, "id_card_reader"))
        case Route.ELECTRONIC_CREDENTIAL:
            return _first("" if means.credentials else "credential.none_configured", _device(facts, "barcode_scanner"))
        case Route.ID_CARD_SMS:
            offline = "" if facts.store.network_up else "sms.offline"
            return _first("" if means.sms else "sms.none_configured", _device(facts, "id_card_reader"), offline)
        case Route.ID_CARD_FACE:
            return _first(_device(facts, "id_card_reader"), _device(facts, "camera"))
        case _:
            assert_never(route)


def _device(facts: Facts, device: str) -> str:
    trouble = _trouble(facts, device)
    return f"{device}.{trouble}" if trouble else ""


def _first(*reasons: str) -> str:
    return next(filter(None, reasons), "")


def _item_reason(item: Item, facts: Facts, route_reasons: Mapping[Route, str]) -> str:
    """An item can be done as long as one way to identify that reaches its level is open."""
    if not facts.store.enrolled:
        return "store.not_enrolled"
    if facts.store.closed:
        return f"store.{facts.store.closed}"
    ways = routes_for(item.level)
    if any(route not in route_reasons for route in ways):
        return ""
    return _device(facts, "id_card_reader") or next((route_reasons[route] for route in ways), "route")
