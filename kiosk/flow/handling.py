"""Where a matter is decided (跨省通办), and how its outcome comes to the resident (物流递送): one page, where there is a choice.

The answers stand in the session beside those of the form, under names that no element can have.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kiosk.catalogue.files import Delivery, Scope
from kiosk.catalogue.models import Item
from kiosk.domain.divisions import PROVINCES
from kiosk.domain.language import Words
from kiosk.flow.context import Context
from kiosk.flow.effects import RememberField
from kiosk.flow.events import Event, FieldEntered
from kiosk.flow.moves import Result, enter
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState, Step

DECIDING, RECEIVING, ADDRESS = "handling.deciding", "handling.receiving", "handling.address"
MAX_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class Handling:
    """What was chosen, or follows from the item where there is nothing to choose."""

    accepting: str
    """Division of the authority that takes it in."""
    deciding: str
    """Division whose authority decides."""
    way: Delivery
    address: str = field(default="", repr=False)
    """Of the courier; empty for other ways."""

    @property
    def is_elsewhere(self) -> bool:
        """Decided by an authority of another region than that which takes it in."""
        return self.deciding != self.accepting


def asks_region(item: Item) -> bool:
    """True for a matter that authorities elsewhere decide as well."""
    return item.scope is Scope.NATIONWIDE


def ways_of(item: Item) -> tuple[Delivery, ...]:
    """Ways to choose from; none where there is no choice: what comes out here, or on the telephone, costs no trip and no parcel.

    A parcel needs an address, so it is asked for also where it is the only way.
    """
    has_choice = len(item.delivery) > 1 and Delivery.COUNTER in item.delivery
    return item.delivery if has_choice or Delivery.COURIER in item.delivery else ()


def is_asked(item: Item) -> bool:
    """True when the page comes by itself. Most matters are decided where they are handed in: who wants it otherwise says so."""
    return bool(ways_of(item))


def may_open(item: Item) -> bool:
    """True when the page may be opened from the review."""
    return asks_region(item) or is_asked(item)


def chosen(item: Item, session: SessionContext) -> Handling:
    """What holds now; the own region and the item's first way until something else is chosen."""
    here = item.authority.division
    deciding = session.values.get(DECIDING, "") if asks_region(item) else ""
    told = session.values.get(RECEIVING, "")
    way = next((one for one in item.delivery if one.value == told), item.delivery[0])
    address = session.values.get(ADDRESS, "").strip() if way is Delivery.COURIER else ""
    return Handling(here, deciding if deciding in PROVINCES else here, way, address)


def region_name(division: str, item: Item) -> Words:
    """The authority's own region, or the province."""
    return PROVINCES.get(division) or item.department


def after_papers(state: FlowState, item: Item, context: Context) -> Result:
    """To the choice where there is one, else to the review."""
    return open_page(state, item, context) if is_asked(item) else (enter(state, Step.REVIEW), ())


def wanted(state: FlowState, _event: Event, context: Context) -> Result:
    """Another region, from the review."""
    item = context.item(state.item_code)
    return open_page(state, item, context) if may_open(item) else (state, ())


def open_page(state: FlowState, item: Item, context: Context) -> Result:
    """What is likely stands there already: the own region, the address of the card."""
    person, values = context.session.person, context.session.values
    first = () if DECIDING in values or not asks_region(item) else (RememberField(DECIDING, item.authority.division),)
    wants_address = Delivery.COURIER in ways_of(item) and ADDRESS not in values and person is not None
    own = (RememberField(ADDRESS, person.address[:MAX_ADDRESS]),) if wants_address and person is not None else ()
    return enter(state, Step.HANDLING), (*first, *own)


def answer(state: FlowState, event: FieldEntered, context: Context) -> Result:
    """Keep the answer, and drop the complaint about it."""
    if event.name not in (DECIDING, RECEIVING, ADDRESS) or not may_open(context.item(state.item_code)):
        return state, ()
    remaining = tuple(problem for problem in state.invalid_fields if problem[0] != event.name)
    return replace(state, invalid_fields=remaining), (RememberField(event.name, event.value[:MAX_ADDRESS]),)


def done(state: FlowState, _event: Event, context: Context) -> Result:
    """On to the review; what is missing is told at once."""
    wrong = problems(context.item(state.item_code), context.session)
    if wrong:
        return replace(state, invalid_fields=wrong), ()
    return enter(state, Step.REVIEW), ()


def problems(item: Item, session: SessionContext) -> tuple[tuple[str, str], ...]:
    """(name, reason) of everything that is missing."""
    wrong = []
    ways = ways_of(item)
    told = session.values.get(RECEIVING, "")
    if ways and told not in {way.value for way in ways}:
        wrong.append((RECEIVING, "field.missing"))
    if ways and told == Delivery.COURIER.value and len(session.values.get(ADDRESS, "").strip()) < _SHORTEST_ADDRESS:
        wrong.append((ADDRESS, "field.missing"))
    return tuple(wrong)


_SHORTEST_ADDRESS = 6
"""``测试路 8 号`` is as short as an address that a courier finds."""
