"""Which box answers which kind of question."""

from __future__ import annotations

from kiosk.catalogue.models import FieldKind
from kiosk.flow.views import FieldView
from ui.look import Look
from ui.widgets.address_box import AddressBox
from ui.widgets.day_box import DayBox
from ui.widgets.field import ChoiceBox, EntryBox, FieldBox
from ui.widgets.masked_box import MaskedBox

_BOXES: dict[FieldKind, type[FieldBox]] = {
    FieldKind.CHOICE: ChoiceBox,
    FieldKind.DATE: DayBox,
    FieldKind.ADDRESS: AddressBox,
    FieldKind.PHONE: MaskedBox,
    FieldKind.ID_NUMBER: MaskedBox,
}


def make_field(look: Look, view: FieldView) -> FieldBox:
    """The box for this kind of question."""
    box = _BOXES.get(view.kind, EntryBox)(look, view)
    box.update_from(view)
    return box
