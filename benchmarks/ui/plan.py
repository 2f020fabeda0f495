"""What a resident touches on a screen, so that the matter goes on: object names of widgets, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.catalogue.deciding import From, Status
from kiosk.catalogue.models import FieldKind
from kiosk.demo.cast import STAFF_ID, STAFF_PIN
from kiosk.domain.identity import Route
from kiosk.flow.paper_views import PapersView
from kiosk.flow.proof_views import ProofView
from kiosk.flow.states import Paper, Step
from kiosk.flow.views import FaceView, FormView, Model, SlipView, StaffView

SIGN = "signature_pad"
"""Here two strokes are drawn, which count as one touch."""
_PAPER_WAYS = (From.CERTIFICATE, From.DECLARE, From.PROMISE)
_TYPED = {FieldKind.PHONE: "13800000000", FieldKind.DATE: "20240315", FieldKind.NUMBER: "1"}
_ALWAYS: dict[Step, tuple[str, ...]] = {
    Step.IDLE: ("touch_to_begin",),
    Step.GUIDE: ("main_action",),
    Step.CONSENT: ("consent_yes",),
    Step.FACE_CONSENT: ("consent_yes",),
    Step.REVIEW: ("main_action",),
    Step.SIGN: (SIGN, "main_action"),
    Step.RATING: ("grade:5",),
    Step.ANOTHER: ("another_no",),
}
_DEAD_ENDS = frozenset({Step.NOT_ELIGIBLE, Step.NOT_ACCEPTED, Step.OUT_OF_SERVICE})


class DeadEnd(Exception):
    """The matter does not go on from here; the message says where that is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the resident came for, and how they show who they are."""

    item: str
    """Code of the matter."""
    route: Route = Route.ID_CARD_FACE
    shelf: str = ""
    """Where it stands, if it is not among those of the front."""


def touches(step: Step, model: Model | None, wish: Wish, is_there: Callable[[str], bool]) -> tuple[str, ...]:
    """What to touch now; nothing where the terminal works and is waited for. Raises ``DeadEnd``.

    ``is_there`` tells whether a widget is on the screen.
    """
    if step in _DEAD_ENDS or (isinstance(model, SlipView) and model.paper is Paper.FAILED):
        raise DeadEnd(step.value)
    if step in _ALWAYS:
        return _ALWAYS[step]
    if step is Step.HOME:
        item = f"item:{wish.item}"
        return (item if is_there(item) else f"shelf:{wish.shelf}",)
    if step is Step.ROUTE:
        return (f"route:{wish.route.value}",)
    return _by_model(model)


def _by_model(model: Model | None) -> tuple[str, ...]:
    match model:
        case FormView():
            return _of_form(model)
        case PapersView():
            return _of_papers(model)
        case StaffView(busy=False):
            return ("staff_id", *_keys(STAFF_ID), "staff_pin", *_keys(STAFF_PIN), "main_action")
        case FaceView(reason=reason) if reason:
            return ("try_again",)
        case SlipView(paper=Paper.PRINTED) | ProofView(busy=False):
            return ("main_action",)
        case _:
            return ()


def _keys(digits: str) -> tuple[str, ...]:
    return tuple(f"key:{digit}" for digit in digits)


def _of_form(form: FormView) -> tuple[str, ...]:
    names: list[str] = []
    for field in form.fields:
        if field.value or not field.editable or not field.required:
            continue
        if field.choices:
            names.append(f"choice:{field.name}:{field.choices[0][0]}")
        elif field.kind in _TYPED:
            names += [f"field:{field.name}", *_keys(_TYPED[field.kind])]
        else:
            raise DeadEnd(f"{field.name} must be written")
    return (*names, "main_action")


def _of_papers(papers: PapersView) -> tuple[str, ...]:
    if papers.in_hand is not None:
        return () if papers.busy else ("paper_agree",)
    for line in papers.lines:
        if line.status is Status.TO_DO:
            way = next((way for way in _PAPER_WAYS if way in line.ways), None)
            if way is None:
                raise DeadEnd(f"the paper {line.material} must be laid down")
            return (f"paper:{line.material}:{way}",)
    return ("main_action",)
