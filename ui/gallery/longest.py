"""Plates with the longest contents there are: what fits on these fits always. Made by the true presenter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from kiosk.catalogue.models import Item
from kiosk.domain.aids import PLAIN, Aids
from kiosk.domain.language import Language, Words
from kiosk.domain.progress import Standing, Standings, StandingStep
from kiosk.flow.states import FlowState, Step
from ui import strings
from ui.gallery import sample
from ui.gallery.plates import Maker, Plate

_NAME = "测试" + "阿卜杜" * 166
_MIXED = "𠮷野家🀄👨‍👩‍👧 שלום مرحبا \u202eabc " * 8
_SCREEN_OF_REASON = {
    "card": Step.CARD,
    "guardian": Step.GUARDIAN_CARD,
    "face": Step.FACE,
    "sms": Step.SMS,
    "credential": Step.CREDENTIAL,
    "staff": Step.STAFF,
    "sign": Step.SIGN,
    "papers": Step.PAPERS,
    "progress": Step.PROGRESS,
    "route": Step.ROUTE,
    "store": Step.NOT_ACCEPTED,
    "eligibility": Step.NOT_ELIGIBLE,
}
"""Where the reasons of a family stand."""


def longest_plates(language: Language, aids: Aids = PLAIN) -> tuple[Plate, ...]:
    """All of them in one language."""
    make = Maker(language, aids)
    return (*_items(make, language), *_reasons(make, language), *_people(make), _answer(make))


def _items(make: Maker, language: Language) -> Iterable[Plate]:
    measures: dict[str, Callable[[Item], int]] = {
        "name": lambda item: len(item.name.in_(language)),
        "summary": lambda item: len(item.summary.in_(language)),
        "guide": lambda item: _length(item.guide, language),
        "materials": lambda item: len(item.materials),
        "fields": lambda item: len(item.fields),
        "choices": lambda item: max((_length((c.label for c in f.choices), language) for f in item.fields), default=0),
        "parts": lambda item: len(item.parts),
    }
    chosen = {name: max(sample.catalogue().items, key=measure) for name, measure in measures.items()}
    for name, item in chosen.items():
        for step in (Step.GUIDE, Step.FORM, Step.PAPERS, Step.REVIEW, Step.SLIP):
            yield make.plate(f"longest-{name}-{step.value}", FlowState(step=step, item_code=item.code))


def _length(texts: Iterable[Words], language: Language) -> int:
    return sum(len(text.in_(language)) for text in texts)


def _reasons(make: Maker, language: Language) -> Iterable[Plate]:
    for family, step in _SCREEN_OF_REASON.items():
        codes = (code for code in strings.reason_codes(language) if code.partition(".")[0] == family)
        code = max(sorted(codes), key=lambda code: _said(code, language))
        yield make.plate(f"longest-reason-{family}", FlowState(step=step, item_code=sample.PERMIT, reason=code))


def _said(code: str, language: Language) -> int:
    reason = strings.reason(code, language, age=60, minutes=5)
    return len(reason.what + reason.todo)


def _people(make: Maker) -> Iterable[Plate]:
    for kind, text in (("name", _NAME), ("mixed", _MIXED)):
        session = sample.session()
        session.person = replace(sample.person(), name=text, address=text)
        session.values |= {"name": text, "address": text, "current_address": text}
        for step in (Step.STAFF, Step.FORM, Step.REVIEW):
            state = FlowState(step=step, item_code=sample.PERMIT)
            yield make.plate(f"longest-person-{kind}-{step.value}", state, session=session)


def _answer(make: Maker) -> Plate:
    steps = (StandingStep("submitted", 1_795_400_640_000, "resident"),)
    told = StandingStep("supplement", 1_795_400_650_000, "window", "请补充材料（SAMPLE）" * 30)
    case = Standing(sample.RECEIPT_NUMBER, sample.PERMIT, (*steps, told), "correct")
    return make.plate("longest-answer", FlowState(step=Step.PROGRESS_ANSWER), session=sample.session_with(Standings((case,))))
