"""The page that asks where a matter is decided and how its outcome comes to the resident. Pure."""

from __future__ import annotations

from kiosk.catalogue.files import Delivery
from kiosk.catalogue.models import FieldKind, Item
from kiosk.domain.divisions import PROVINCES
from kiosk.domain.language import Language, Words
from kiosk.flow import handling
from kiosk.flow.context import Context
from kiosk.flow.handling import ADDRESS, DECIDING, MAX_ADDRESS, RECEIVING
from kiosk.flow.states import FlowState
from kiosk.flow.views import FieldView, FormView

WAYS: dict[Delivery, Words] = {
    Delivery.MACHINE: Words(zh="在自助机打印", en="Printed at the machine"),
    Delivery.COUNTER: Words(zh="到窗口领取", en="Collect at the window"),
    Delivery.COURIER: Words(zh="快递送到家", en="By courier"),
    Delivery.ELECTRONIC: Words(zh="电子证照，手机上看", en="Electronic, on the phone"),
}
_DECIDING = Words(zh="由哪里的部门办理", en="Authority of which region")
_RECEIVING = Words(zh="结果怎么领取", en="How to get the outcome")
_ADDRESS = Words(zh="快递地址", en="Address for the courier")
_HERE = Words(zh="本地", en="Here")


def handling_form(state: FlowState, context: Context) -> FormView:
    """The questions that there are for this matter."""
    item, language = context.item(state.item_code), state.language
    wrong, values = dict(state.invalid_fields), context.session.values
    fields = []
    if handling.asks_region(item):
        fields.append(
            _choice(
                DECIDING, _DECIDING, _regions(item, language), handling.chosen(item, context.session).deciding, language, wrong
            )
        )
    if ways := handling.ways_of(item):
        choices = tuple((way.value, WAYS[way].in_(language)) for way in ways)
        fields.append(_choice(RECEIVING, _RECEIVING, choices, values.get(RECEIVING, ""), language, wrong))
        if values.get(RECEIVING) == Delivery.COURIER.value:
            fields.append(_address(context, language, wrong))
    return FormView(tuple(fields))


def asked(state: FlowState, context: Context) -> tuple[str, ...]:
    """Names of the questions that there are for this matter, as answered so far."""
    return tuple(field.name for field in handling_form(state, context).fields)


def lines(item: Item, context: Context, language: Language) -> tuple[tuple[str, str], ...]:
    """The choices as they stand in the review; none where there was nothing to choose."""
    told = handling.chosen(item, context.session)
    found = []
    if handling.asks_region(item):
        found.append((_DECIDING.in_(language), handling.region_name(told.deciding, item).in_(language)))
    if handling.ways_of(item):
        found.append((_RECEIVING.in_(language), WAYS[told.way].in_(language)))
        if told.address:
            found.append((_ADDRESS.in_(language), told.address))
    return tuple(found)


def _regions(item: Item, language: Language) -> tuple[tuple[str, str], ...]:
    here = (item.authority.division, _HERE.in_(language))
    return (here, *((code, name.in_(language)) for code, name in PROVINCES.items()))


def _choice(
    name: str, label: Words, choices: tuple[tuple[str, str], ...], value: str, language: Language, wrong: dict[str, str]
) -> FieldView:
    return FieldView(
        name=name,
        label=label.in_(language),
        kind=FieldKind.CHOICE,
        value=value,
        source="",
        required=True,
        help="",
        choices=choices,
        max_length=0,
        problem=wrong.get(name, ""),
        editable=True,
    )


def _address(context: Context, language: Language, wrong: dict[str, str]) -> FieldView:
    value, person = context.session.values.get(ADDRESS, ""), context.session.person
    from_card = person is not None and bool(value) and value == person.address
    return FieldView(
        name=ADDRESS,
        label=_ADDRESS.in_(language),
        kind=FieldKind.ADDRESS,
        value=value,
        source="card" if from_card else "",
        required=True,
        help="",
        choices=(),
        max_length=MAX_ADDRESS,
        problem=wrong.get(ADDRESS, ""),
        editable=True,
    )
