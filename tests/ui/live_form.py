"""A form in the window, with the true machine behind it."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from kiosk.flow.context import Context
from kiosk.flow.events import Event
from kiosk.flow.machine import step
from kiosk.flow.presenter import present
from kiosk.flow.session import SessionContext
from kiosk.flow.states import FlowState, Step
from kiosk.readiness import Readiness
from tests.ui.conftest import Visitor
from ui.gallery import sample


class LiveForm:
    """The window with the true machine behind it, at the form of one item."""

    def __init__(self, visitor: Visitor, item: str) -> None:
        self.session = SessionContext()
        self.session.person = sample.person()
        for field in ("name", "id_number"):
            self.session.values[field] = getattr(sample.person(), field)
        self.session.prefilled = {"name", "id_number"}
        self.session.gathered = frozenset(name for one in sample.catalogue().items for name in one.shared)
        self.session.shared = {"social_insurance_status": "正常参保"}
        self.state = FlowState(step=Step.FORM, item_code=item)
        self._window = visitor.window
        self._context = Context(sample.catalogue(), Readiness((), {}, {}, "", True), self.session, sample.TODAY)
        visitor.window.happened.connect(self.handle)
        self._show()
        QTest.qWait(20)

    def handle(self, event: Event) -> None:
        self.state, effects = step(self.state, event, self._context)
        for effect in effects:
            self.session.apply(effect, 0)  # type: ignore[arg-type]
        self._show()

    def _show(self) -> None:
        self._window.show_screen(present(self.state, self._context))


def entry(visitor: Visitor, name: str) -> QLineEdit:
    found = visitor.find(f"field:{name}")
    assert isinstance(found, QLineEdit)
    return found
