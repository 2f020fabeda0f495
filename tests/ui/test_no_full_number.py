"""No screen shows, names or describes a whole identity number: neither any plate of the gallery nor any state of a visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from kiosk.domain.identity import Person, Route
from kiosk.domain.language import Language
from kiosk.flow import events as ev
from kiosk.flow.presenter import present
from tests.helpers.any_event import CHILD, ELDER, NEWCOMER, any_event
from tests.helpers.people import INSURANCE, PERMIT, SENIOR
from tests.helpers.visitor import Visitor
from tests.ui.conftest import Visitor as Finger
from ui.gallery import sample
from ui.gallery.plates import plates
from ui.gallery.render import show

PEOPLE = (ELDER, CHILD, NEWCOMER)


def middle(number: str) -> str:
    """What masking takes away, with a digit on each side: a birthday alone may also be the example in an empty field."""
    return number[5:15]


def words_of(widget: QWidget) -> list[str]:
    words = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.windowTitle()]
    if isinstance(widget, QLabel | QAbstractButton):
        words.append(widget.text())
    if isinstance(widget, QLineEdit):
        words += [widget.text(), widget.placeholderText(), widget.displayText(), widget.inputMask()]
    return words


@pytest.mark.parametrize("language", list(Language))
def test_no_plate_of_the_gallery_tells_a_number(subject: Finger, language: Language) -> None:
    wanted = {middle(person.id_number) for person in (sample.person(), sample.session_of_child().person) if person is not None}
    masked = 0
    for plate in plates(language):
        show(subject.window, plate)
        for widget in subject.window.findChildren(QWidget):
            for word in words_of(widget):
                told = word.replace("\u200b", "").replace(" ", "")
                assert not any(digits in told for digits in wanted), (
                    f"{plate.name}: {type(widget).__name__} {widget.objectName()}"
                )
                masked += "********" in told
    assert masked, "some screen shows it masked, or the search finds nothing at all"


def strings_in(value: object) -> Iterator[str]:
    """Every text anywhere in a view."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from strings_in(getattr(value, one.name))
    elif isinstance(value, tuple | list | frozenset):
        for part in value:
            yield from strings_in(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from (*strings_in(key), *strings_in(part))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    item=st.sampled_from((INSURANCE, PERMIT, SENIOR)),
    route=st.sampled_from(Route),
    person=st.sampled_from(PEOPLE),
    events=st.lists(any_event(), max_size=40),
)
def test_no_state_of_a_visit_hands_a_number_to_a_screen(item: str, route: Route, person: Person, events: list[ev.Event]) -> None:
    visitor = Visitor()
    visitor.identifies(item, route, person)
    for event in (None, *events):
        if event is not None:
            visitor.does(event)
        told = "\n".join(strings_in(present(visitor.state, visitor.context)))
        assert not any(middle(one.id_number) in told for one in PEOPLE), visitor.state.step


def test_the_search_finds_a_number_that_is_handed_over() -> None:
    visitor = Visitor().identifies(SENIOR, Route.ID_CARD_STAFF)
    visitor.session.values["collect"] = ELDER.id_number
    told = "\n".join(strings_in(present(visitor.state, visitor.context)))
    assert middle(ELDER.id_number) in told
