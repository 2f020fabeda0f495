"""What this person needs for this item: which fields, which papers, and from where. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.catalogue.files import Condition, Role
from kiosk.catalogue.models import BundlePart, FormField, Item, ItemMaterial
from kiosk.catalogue.rules import Facts, RuleBook, Verdict, names_in
from kiosk.domain.language import Words


class From(StrEnum):
    """Where a paper comes from, in this visit."""

    CARD = "card"
    SHARED = "shared"
    CERTIFICATE = "certificate"
    SCAN = "scan"
    DECLARE = "declare"
    PROMISE = "promise"
    """Handed in later (容缺受理)."""
    BRING = "bring"
    """It cannot be had at this machine now."""


class Status(StrEnum):
    """How far one paper is."""

    HERE = "here"
    TO_FETCH = "to_fetch"
    """The authority has not been asked yet."""
    TO_DO = "to_do"
    """The resident has to do something: show, lay down, sign."""
    PROMISED = "promised"
    MISSING = "missing"
    """Neither here nor promised, and nothing can be done about it at this machine."""


@dataclass(frozen=True, slots=True)
class Means:
    """Ways that are open at this machine, now."""

    sharing: bool = True
    scanner: bool = True
    """Codes of electronic certificates can be read."""
    document_camera: bool = True


@dataclass(frozen=True, slots=True)
class Handed:
    """What the resident has done about the papers so far, by material id."""

    certificates: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Identifier of the certificate shown."""
    scanned: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    promised: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One paper that this person needs: what, why, from where, how far."""

    material: ItemMaterial
    source: From
    status: Status
    ways: tuple[From, ...] = ()
    """What the resident may do about it; empty when nothing is to be done."""
    barred: Words | None = None
    """容缺受理: why this person may not hand it in later, where others may."""
    undecided: bool = False
    """Whether it is needed depends on facts that are not known; it is asked for."""

    @property
    def id(self) -> str:
        """Name of the material."""
        return self.material.id

    @property
    def name(self) -> Words:
        """What it is."""
        return self.material.material.name

    @property
    def why(self) -> Words:
        """Why it is needed."""
        return self.material.why

    @property
    def is_settled(self) -> bool:
        """True when nothing about it keeps the case from being handed in."""
        return self.status in (Status.HERE, Status.PROMISED)


@dataclass(frozen=True, slots=True)
class Gathered:
    """How the authorities answered."""

    asked: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    """Elements whose value came from the authority; what the resident says of the same element is no such word."""


def parts_of(item: Item, rules: RuleBook, facts: Facts) -> tuple[BundlePart, ...]:
    """Matters of a bundle that are part of it for this person; none of a plain item."""
    return tuple(part for part in item.parts if rules.decide(part.when, facts) is Verdict.YES)


def fields_of(item: Item, rules: RuleBook, facts: Facts) -> tuple[FormField, ...]:
    """The form's fields for this person; those whose rule is not decided yet wait until it is."""
    return tuple(one for one in item.fields if rules.decide(one.when, facts) is Verdict.YES)


def against(item: Item, rules: RuleBook, facts: Facts) -> tuple[Condition, ...]:
    """Conditions that surely do not hold; what is not known speaks against nobody."""
    return tuple(condition for condition in item.conditions if rules.decide(condition.rule, facts) is Verdict.NO)


def to_fetch(item: Item, rules: RuleBook, facts: Facts, gathered: Gathered) -> tuple[str, ...]:
    """Elements to ask authorities for: what is needed by this person as far as is known, and not known yet (minimum fields)."""
    known = facts.keys() | gathered.asked
    wanted = {one.name for one in fields_of(item, rules, facts)}
    rules_of = [one.when for one in item.fields] + [one.when for one in item.materials] + [one.when for one in item.parts]
    for rule in filter(None, (*rules_of, *(one.rule for one in item.conditions))):
        if rules.decide(rule, facts) is Verdict.OPEN:
            wanted |= rules.origins(names_in(rule))
    needed_here = [needed for needed in item.materials if rules.decide(needed.when, facts) is not Verdict.NO]
    for needed in needed_here:
        wanted.update(needed.shared)
    if any(needed.lack_days for needed in needed_here):
        for one in item.lacking:
            wanted |= rules.origins(names_in(one.rule))
    return tuple(name for name in item.shared if name in wanted and name not in known)


def material_lines(
    item: Item, rules: RuleBook, facts: Facts, handed: Handed, means: Means, gathered: Gathered
) -> tuple[MaterialLine, ...]:
    """The papers this person needs, in the item's order. Never a list of all that might be needed."""
    lines = []
    barred = barred_from_lacking(item, rules, facts)
    for needed in item.materials:
        verdict = rules.decide(needed.when, facts)
        if verdict is Verdict.NO:
            continue
        line = _line(needed, handed, means, gathered, may_lack=barred is None, says_so=_says_so(needed, rules, facts))
        own = barred if needed.lack_days and not line.is_settled else None
        lines.append(replace(line, barred=own, undecided=verdict is not Verdict.YES))
    return tuple(lines)


def barred_from_lacking(item: Item, rules: RuleBook, facts: Facts) -> Words | None:
    """容缺受理: why this person may hand in nothing later; ``None`` when they may, or as long as it is not known."""
    return next((one.otherwise for one in item.lacking if rules.decide(one.rule, facts) is Verdict.NO), None)


def _says_so(needed: ItemMaterial, rules: RuleBook, facts: Facts) -> bool:
    """False when what the authority knows speaks against the paper: a marriage certificate of somebody on record as single."""
    rule = needed.material.settled_when
    return rule is None or rules.decide(rule, facts) is Verdict.YES


def _line(
    needed: ItemMaterial, handed: Handed, means: Means, gathered: Gathered, *, may_lack: bool, says_so: bool
) -> MaterialLine:
    material = needed.material
    shared = needed.shared
    if material.card:
        return MaterialLine(needed, From.CARD, Status.HERE)
    is_known = bool(shared) and gathered.given.issuperset(shared)
    if is_known and says_so:
        return MaterialLine(needed, From.SHARED, Status.HERE)
    done = _done(material.id, handed)
    if done is not None and (may_lack or done is not From.PROMISE):
        return MaterialLine(needed, done, Status.PROMISED if done is From.PROMISE else Status.HERE)
    if shared and not is_known and means.sharing and not gathered.asked.intersection(shared) - gathered.given:
        return MaterialLine(needed, From.SHARED, Status.TO_FETCH)
    ways = _ways(needed, means, may_lack=may_lack)
    if not ways:
        return MaterialLine(needed, From.BRING, Status.MISSING)
    return MaterialLine(needed, ways[0], Status.TO_DO, ways)


def _done(material: str, handed: Handed) -> From | None:
    for done, source in (
        (handed.certificates, From.CERTIFICATE),
        (handed.scanned, From.SCAN),
        (handed.declared, From.DECLARE),
        (handed.promised, From.PROMISE),
    ):
        if material in done:
            return source
    return None


def _ways(needed: ItemMaterial, means: Means, *, may_lack: bool = True) -> tuple[From, ...]:
    material = needed.material
    ways = (
        (From.CERTIFICATE, bool(needed.certificate) and means.scanner),
        (From.SCAN, material.scan and means.document_camera),
        (From.DECLARE, material.declare is not None),
        (From.PROMISE, may_lack and needed.role is Role.SECONDARY and needed.lack_days > 0),
    )
    return tuple(way for way, is_open in ways if is_open)


def usual_source(needed: ItemMaterial) -> From:
    """Where a paper comes from for most people, while nobody is known."""
    material = needed.material
    if material.card:
        return From.CARD
    if needed.shared:
        return From.SHARED
    return next(iter(_ways(needed, Means())), From.BRING)
