"""What cannot be done now: why, until when, and where else. Pure."""

from __future__ import annotations

from kiosk.catalogue.models import Item
from kiosk.domain.nearby import Nearest
from kiosk.flow import proofs
from kiosk.flow.closed_views import Closed
from kiosk.flow.context import Context


def of_item(item: Item, context: Context, reason: str = "") -> Closed | None:
    """Of one item, by ``reason`` where that stands on the screen already; ``None`` for one that can be done."""
    reason = reason or context.readiness.item_reasons.get(item.code, "")
    if not reason:
        return None
    # Outside its hours it is closed on every machine, whatever else is wrong with this one.
    opening = context.readiness.openings.get(item.code)
    return Closed(reason, opening, None if opening is not None else context.nearby.that_can(item.code))


def of_machine(context: Context) -> Closed:
    """Of a machine that can do nothing: when the first item opens, or who else serves."""
    ready = context.readiness
    reason = next(iter(ready.item_reasons.values()), "service.closed")
    openings = ready.openings.values() if len(ready.openings) == len(context.catalogue.items) else ()
    opening = min(openings, key=lambda one: (one.tomorrow, one.at), default=None)
    return Closed(reason, opening, None if opening is not None else context.nearby.that_serves())


def printer_elsewhere(item: Item, context: Context) -> Nearest | None:
    """Where the proof of this item can be printed, when that cannot be done here."""
    if not item.proof or context.readiness.documents:
        return None
    return context.nearby.that_prints_documents()


def notices(item: Item | None, context: Context) -> tuple[str, ...]:
    """Codes of what does not work just now: for everybody, and for whoever wants this item."""
    ready = context.readiness
    found = [ready.paper, "" if ready.network_up else "network.down"]
    if item is not None and item.proof and not ready.documents:
        found.append(proofs.NO_PRINTER)
    return tuple(filter(None, found))
