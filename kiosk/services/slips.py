"""The slip: what it says. ``slip_desk`` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import yaml

from contract.statements import Kind, SignedStatement, read
from drivers.receipt_printer.types import Align, Block, Code128, Pair, QrCode, Rule, Space, Text
from kiosk.catalogue.deciding import From
from kiosk.catalogue.models import Item
from kiosk.config import Settings
from kiosk.domain.language import Language, Words
from kiosk.flow import handling, knowing
from kiosk.flow.context import Context
from kiosk.flow.handling_presenter import WAYS

QR_MODULE_DOTS = 5
"""The code with a statement has 57 modules: 36 mm on paper, on an 80 mm roll as on a 58 mm one."""


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """What one slip tells."""

    language: Language
    item: Item
    case_id: str
    receipt_number: str
    stored_at: str
    delivered: bool
    holder_name: str = field(repr=False)
    holder_number: str = field(repr=False)
    """Masked."""
    machine: str
    hotline: str
    check_at: str
    """Address of the page where anyone can check the code."""
    copy: bool
    sample: bool
    others: tuple[tuple[str, str], ...] = ()
    """Name and receipt number of the other parts of a bundle."""
    promised: tuple[tuple[str, str], ...] = ()
    """容缺: paper, and its last day or the number of working days, in words."""
    decided_by: str = ""
    """跨省通办: region whose authority decides, where it is another than that which takes it in."""
    received: str = ""
    """How the outcome comes to the resident, where it was chosen."""
    statement: str = field(default="", repr=False)
    """The machine's signed word for the code; empty when it could not be made: then the code holds the receipt number alone."""


def facts_of(context: Context, item: Item, language: Language, *, settings: Settings, copy: bool, sample: bool) -> SlipFacts:
    """Facts of the present visit's slip. The name is shortened: a slip is easily left lying."""
    session = context.session
    person = session.person
    others = ((context.catalogue.item(code), number) for code, number in session.others)
    lines = (line for line in knowing.papers(item, context) if line.source is From.PROMISE)
    told = handling.chosen(item, session)
    elsewhere = handling.region_name(told.deciding, item).in_(language) if told.is_elsewhere else ""
    return SlipFacts(
        language=language,
        item=item,
        case_id=session.case_id,
        receipt_number=session.receipt_number,
        stored_at=session.stored_at,
        delivered=session.delivered,
        holder_name=short_name(person.name) if person else "",
        holder_number=person.masked_id_number if person else "",
        machine=settings.machine.name,
        hotline=settings.machine.hotline,
        check_at=settings.platform.check_at,
        copy=copy,
        sample=sample,
        others=tuple((part.short_name.in_(language) if part else "", number) for part, number in others),
        decided_by=elsewhere,
        received=WAYS[told.way].in_(language) if handling.ways_of(item) else "",
        promised=tuple((line.name.in_(language), knowing.due(line, context) or str(line.material.lack_days)) for line in lines),
    )


def stated(facts: SlipFacts, statement: str | None) -> SlipFacts:
    """The facts with the statement for the code. Words and code must agree: the statement is newer, so it decides.

    A statement of another case, or none at all, leaves the facts as they are.
    """
    found = read(statement) if statement else None
    if statement is None or not isinstance(found, SignedStatement) or found.statement.receipt_number != facts.receipt_number:
        return facts
    return replace(facts, statement=statement, delivered=found.statement.kind is Kind.DELIVERED)


def short_name(name: str) -> str:
    """Last character of a Chinese name behind stars (``**明``); the initial of other names."""
    if not name:
        return ""
    if name.isascii():
        return name[0] + "***"
    return "*" * (len(name) - 1) + name[-1]


def spoken_lines(receipt_number: str) -> tuple[str, str]:
    """The number in groups that can be read aloud: region and date, then machine and serial."""
    return f"{receipt_number[:6]} {receipt_number[6:12]}", f"{receipt_number[12:16]} {receipt_number[16:]}"


class SlipWriter:
    """Lays down the words of a slip from the template file."""

    def __init__(self, template: Path) -> None:
        """Read the template once; a broken one is a bug of the release and raises."""
        with template.open(encoding="utf-8") as file:
            self._words: Mapping[str, Words] = msgspec.convert(yaml.load(file, Loader=yaml.CSafeLoader), dict[str, Words])

    def blocks(self, facts: SlipFacts) -> tuple[Block, ...]:
        """The slip in the order it comes out of the printer."""
        return (*self._head(facts), *self._state(facts), *self._body(facts), *self._foot(facts))

    def _say(self, key: str, facts: SlipFacts) -> str:
        return self._words[key].in_(facts.language)

    def _head(self, facts: SlipFacts) -> tuple[Block, ...]:
        marks = [key for key, shown in (("sample", facts.sample), ("copy", facts.copy)) if shown]
        return (
            Text(self._say("title", facts), Align.CENTER, bold=True),
            *(Text(f"【{self._say(key, facts)}】", Align.CENTER) for key in marks),
            Rule(),
            Text(self._say("number", facts), Align.CENTER),
            *(Text(line, Align.CENTER, scale=2, bold=True) for line in spoken_lines(facts.receipt_number)),
            Space(),
        )

    def _state(self, facts: SlipFacts) -> tuple[Block, ...]:
        key = "delivered" if facts.delivered else "pending"
        mark = "√" if facts.delivered else "…"
        return (
            Text(f"{mark} {self._say(key, facts)}", Align.CENTER, bold=True),
            Text(self._say(f"{key}_more", facts)),
            Rule(),
        )

    def _body(self, facts: SlipFacts) -> tuple[Block, ...]:
        item, language = facts.item, facts.language
        return (
            Pair(self._say("item", facts), item.name.in_(language)),
            Pair(self._say("applicant", facts), facts.holder_name),
            Pair(self._say("id_number", facts), facts.holder_number),
            Pair(self._say("accepted_by" if facts.decided_by else "department", facts), item.department.in_(language)),
            *((Pair(self._say("decided_by", facts), facts.decided_by),) if facts.decided_by else ()),
            Pair(self._say("promised", facts), item.promised.in_(language)),
            *((Pair(self._say("received", facts), facts.received),) if facts.received else ()),
            Pair(self._say("stored_at", facts), facts.stored_at),
            Pair(self._say("machine", facts), facts.machine),
            Rule(),
            *self._others(facts),
            *self._notice(facts),
        )

    def _others(self, facts: SlipFacts) -> tuple[Block, ...]:
        """一件事: every matter of the bundle with its own number."""
        if not facts.others:
            return ()
        pairs = (Pair(name, number) for name, number in facts.others)
        return (Text(self._say("others", facts), bold=True), *pairs, Rule())

    def _notice(self, facts: SlipFacts) -> tuple[Block, ...]:
        """容缺告知: what is to be handed in, by when, where, and what follows when it is not."""
        if not facts.promised:
            return ()
        key = {True: "lack_by", False: "lack_days"}
        lines = (Pair(name, self._say(key["-" in due], facts).format(due=due)) for name, due in facts.promised)
        return (Text(self._say("lack_title", facts), bold=True), *lines, Text(self._say("lack_more", facts)), Rule())

    def _foot(self, facts: SlipFacts) -> tuple[Block, ...]:
        return (
            *self._code(facts),
            Code128(facts.receipt_number),
            Space(),
            Text(self._say("keep", facts), Align.CENTER),
            Text(f"{self._say('hotline', facts)} {facts.hotline}", Align.CENTER),
        )

    def _code(self, facts: SlipFacts) -> tuple[Block, ...]:
        if not facts.statement:
            return (QrCode(facts.receipt_number),)
        return (
            QrCode(facts.statement, QR_MODULE_DOTS),
            Text(self._say("check", facts), Align.CENTER),
            Text(facts.check_at, Align.CENTER),
        )
