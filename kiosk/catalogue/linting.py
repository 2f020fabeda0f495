"""Every defect of a catalogue, told at once: an item that is wrong never reaches a resident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from kiosk.catalogue.calendar_checks import calendar_problems
from kiosk.catalogue.codes import item_code_problem, task_handle_item_problem
from kiosk.catalogue.file_set import CatalogueFiles
from kiosk.catalogue.files import BundleFile, Element, Hours, ItemFile, Material, NeededMaterial, Role, Source
from kiosk.catalogue.problems import Problem, translation_problems, twice
from kiosk.catalogue.registry_checks import registry_problems
from kiosk.catalogue.rules import names_in
from kiosk.domain.identity import LEAST_ROUTES, AssuranceLevel, routes_for

LONGEST_LACK_DAYS = 20
"""容缺: working days at most."""
LACK_BEFORE_PROMISE_DAYS = 2
"""容缺: so many working days at least before the item's own promise runs out."""


def problems_of(files: CatalogueFiles) -> list[Problem]:
    """All defects, the registers' first; empty when the catalogue can be used."""
    return [*registry_problems(files), *_Items(files).problems()]


@dataclass(frozen=True)
class _Items:
    files: CatalogueFiles

    @cached_property
    def elements(self) -> dict[str, Element]:
        return {element.name: element for element in self.files.elements}

    @cached_property
    def materials(self) -> dict[str, Material]:
        return {material.id: material for material in self.files.materials}

    @cached_property
    def items(self) -> dict[str, ItemFile]:
        return {item.id: item for item in self.files.items.values()}

    def problems(self) -> Iterator[Problem]:
        yield from self._names()
        yield from self._head()
        yield from (Problem("working-days", "calendar", text) for text in calendar_problems(self.files.working_days))
        for path, item in self.files.items.items():
            yield from (Problem(path, code, text) for code, text in self._item(item))
            yield from translation_problems(path, item)
        for path, bundle in self.files.bundles.items():
            yield from (Problem(path, code, text) for code, text in self._bundle(bundle))
            yield from translation_problems(path, bundle)

    def _names(self) -> Iterator[Problem]:
        items, bundles = self.files.items.values(), self.files.bundles.values()
        if not any(item.number for item in items):
            yield Problem("items", "empty", "there is no item with a number, so nothing could be chosen")
        yield from _repeated("code (一事一码)", (item.code for item in items))
        yield from _repeated("id", [item.id for item in items] + [bundle.id for bundle in bundles])
        yield from _repeated("number", (str(item.number) for item in items if item.number is not None))

    def _head(self) -> Iterator[Problem]:
        """容缺: who is kept from it must be known from card or authority, for nobody is asked to speak against themselves."""
        for one in self.files.head.lacking:
            if text := self.files.rules.problem(one.rule):
                yield Problem("catalogue", "rule", f"the rule {one.rule!r} {text}")
                continue
            asked = [name for name in sorted(names_in(one.rule)) if self.elements[name].source is Source.ASKED]
            yield from (
                Problem("catalogue", "rule", f"the rule {one.rule!r} needs {name}, which residents say") for name in asked
            )

    def _item(self, item: ItemFile) -> Iterator[tuple[str, str]]:
        yield from self._codes(item)
        yield from self._places(item)
        yield from self._fields(item)
        yield from self._papers(item)
        yield from self._rules((condition.rule for condition in item.conditions), item)
        if len(ways := routes_for(AssuranceLevel(item.level))) < LEAST_ROUTES:
            yield (
                "level",
                (
                    f"the level L{item.level} is reached by {len(ways)} of the ways to identify only"
                    f" ({', '.join(ways) or 'none'}); there must be {LEAST_ROUTES} at least, so ask for L3 at most"
                ),
            )
        if text := _hours_problem(item.hours):
            yield "hours", text
        if item.legal_days < item.promised_days:
            yield "promise", f"promises {item.promised_days} days where the law allows {item.legal_days}"
        if item.project_type == 1 and item.promised_days > 0:
            yield "promise", "is 即办件 (1), decided at once, and promises days"
        if item.trips > item.baseline.trips:
            yield "baseline", f"needs {item.trips} trips, more than the {item.baseline.trips} of before"

    def _codes(self, item: ItemFile) -> Iterator[tuple[str, str]]:
        if problem := item_code_problem(item.code):
            yield "code", f"the code {problem}"
        if problem := task_handle_item_problem(item.task_handle_item, item.code):
            yield "code", f"the task code {problem}"
        department = next((one for one in self.files.departments if one.id == item.department), None)
        if department is None:
            return
        if item.code[:18] != department.credit_code:
            yield "owner", f"the code belongs to {item.code[:18]}, but {department.id} is {department.credit_code}"
        if item.code[18:19] != str(department.level):
            yield "owner", f"the code says level {item.code[18:19]}, but {department.id} is of level {department.level}"

    def _places(self, item: ItemFile | BundleFile) -> Iterator[tuple[str, str]]:
        if item.department not in {department.id for department in self.files.departments}:
            yield "department", f"{item.department} is no department"
        if item.category not in {category.id for category in self.files.head.categories}:
            yield "category", f"{item.category} is no category"

    def _fields(self, item: ItemFile) -> Iterator[tuple[str, str]]:
        yield from (("twice", f"the field {name} stands twice (一数一源)") for name in twice(one.element for one in item.fields))
        for asked in item.fields:
            element = self.elements.get(asked.element)
            if element is None:
                yield "element", f"the field {asked.element} is no element"
            elif element.source is Source.DERIVED:
                yield "element", f"the field {asked.element} is computed; it cannot stand in a form"
        yield from self._rules((asked.when for asked in item.fields), item)
        by_resident = [one for one in item.fields if (found := self.elements.get(one.element)) and found.source is Source.ASKED]
        if len(by_resident) > item.baseline.fields:
            yield "baseline", f"asks for {len(by_resident)} fields, more than the {item.baseline.fields} of before"

    def _papers(self, item: ItemFile) -> Iterator[tuple[str, str]]:
        yield from (("twice", f"the material {name} stands twice") for name in twice(one.material for one in item.materials))
        for needed in item.materials:
            yield from ((code, f"the material {needed.material} {text}") for code, text in self._paper(needed, item))
        yield from self._rules((needed.when for needed in item.materials), item)

    def _paper(self, needed: NeededMaterial, item: ItemFile) -> Iterator[tuple[str, str]]:
        material = self.materials.get(needed.material)
        if material is None:
            yield "material", "is not in materials.yaml"
            return
        shareable = bool(material.shared or material.certificate)
        if needed.required_from_resident and shareable and needed.reason_code is None:
            yield "three_alls", "has a shared source but is required from the resident without a reason code (三个凡是)"
        if needed.reason_code is not None and not needed.required_from_resident:
            yield "three_alls", "has a reason code but is not required from the resident"
        if needed.required_from_resident and not (material.scan or material.declare or material.card):
            yield "material", "is required from the resident, who has no way to hand it in here"
        if needed.lack_days and needed.role is Role.PRIMARY:
            yield "lacking", "is primary and cannot be handed in later (容缺)"
        longest = max(0, min(LONGEST_LACK_DAYS, item.promised_days - LACK_BEFORE_PROMISE_DAYS))
        if needed.lack_days > longest:
            yield (
                "lacking",
                f"may be handed in {needed.lack_days} working days later; at most {longest} are allowed (容缺)",
            )

    def _rules(self, rules: Iterable[str | None], item: ItemFile) -> Iterator[tuple[str, str]]:
        """Each rule is a condition, and what it speaks of can be known when the item is asked for."""
        here = {asked.element for asked in item.fields}
        for rule in dict.fromkeys(filter(None, rules)):
            if text := self.files.rules.problem(rule):
                yield "rule", f"the rule {rule!r} {text}"
                continue
            asked = (name for name in sorted(names_in(rule)) if self.elements[name].source is Source.ASKED)
            yield from (
                ("rule", f"the rule {rule!r} needs {name}, which this item never asks") for name in asked if name not in here
            )

    def _bundle(self, bundle: BundleFile) -> Iterator[tuple[str, str]]:
        yield from self._places(bundle)
        yield from (("twice", f"{name} stands twice") for name in twice(part.item for part in bundle.items))
        yield from (("element", f"the question {name} is no element") for name in bundle.questions if name not in self.elements)
        parts = [self.items[part.item] for part in bundle.items if part.item in self.items]
        yield from (("item", f"{part.item} is no item") for part in bundle.items if part.item not in self.items)
        asked = {field.element for part in parts for field in part.fields} | set(bundle.questions)
        for rule in dict.fromkeys(part.when for part in bundle.items if part.when):
            if text := self.files.rules.problem(rule):
                yield "rule", f"the rule {rule!r} {text}"
            else:
                never = (
                    name for name in sorted(names_in(rule)) if self.elements[name].source is Source.ASKED and name not in asked
                )
                yield from (("rule", f"the rule {rule!r} needs {name}, which this bundle never asks") for name in never)
        if parts and max(part.hours.opens for part in parts) >= min(part.hours.closes for part in parts):
            yield "hours", "there is no hour at which all of its items are open"
        if parts and not set(parts[0].card_kinds).intersection(*(part.card_kinds for part in parts)):
            yield "card_kind", "no kind of card may ask for all of its items"


def _hours_problem(hours: Hours) -> str:
    for word, time in (("opens", hours.opens), ("closes", hours.closes)):
        if time > "24:00":
            return f"{word} at {time}, which no clock shows"
    if hours.opens >= hours.closes:
        return f"opens at {hours.opens}, not before it closes at {hours.closes}"
    return ""


def _repeated(what: str, names: Iterable[str]) -> Iterator[Problem]:
    yield from (Problem("items", "twice", f"the {what} {name} stands twice") for name in twice(names))
