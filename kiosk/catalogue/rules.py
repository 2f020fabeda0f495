"""Conditions and derivations in CEL (Common Expression Language), over typed data elements.

The grammar allowed here is smaller than CEL's: literals, comparisons, logic, arithmetic, ``in`` and ``?:``. Without macros,
methods and comprehensions every rule ends, in a time that its length bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache

from cel_expr_python import cel

from kiosk.catalogue.files import Element, ElementType, Source

FactValue = str | int | bool
"""Value of a data element: text, day, choice and telephone are ``str``."""
Facts = Mapping[str, FactValue]
"""What is known, by element name. What is not in it is unknown, which is not the same as false."""

MAX_NESTING = 12
MAX_NUMBER = 2**53
_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"[^\"\\\n]{0,80}\"|'[^'\\\n]{0,80}')|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9]{1,15})"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[<>!+\-*/%?:(),\[\]]))"
)
_FUNCTIONS = frozenset({"size", "int", "string"})
_WORDS = frozenset({"true", "false", "in"})


class Verdict(Enum):
    """What a condition comes to."""

    YES = "yes"
    NO = "no"
    OPEN = "open"
    """Not decided: facts are missing."""
    BROKEN = "broken"
    """It cannot be computed from these facts, for instance because it divides by zero."""


def is_fact(value: object, kind: ElementType) -> bool:
    """True when ``value`` is of the element's type."""
    match kind:
        case ElementType.YES_NO:
            return isinstance(value, bool)
        case ElementType.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER
        case ElementType.DAY:
            return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
        case _:
            return isinstance(value, str) and len(value) <= 1000


@lru_cache(maxsize=20_000)
def names_in(rule: str) -> frozenset[str]:
    """Elements a rule speaks of; of a rule that is no rule, those up to its first defect."""
    found: set[str] = set()
    place = 0
    while match := _TOKEN.match(rule, place):
        place = match.end()
        if (name := match["name"]) and name not in _WORDS and name not in _FUNCTIONS:
            found.add(name)
    return frozenset(found)


def grammar_problem(rule: str) -> str:
    """Why the rule is outside the allowed grammar, in words; empty when it is inside."""
    place, depth, name = 0, 0, ""
    signs = 0
    while place < len(rule.rstrip()):
        match = _TOKEN.match(rule, place)
        if match is None:
            return f"cannot be read from {rule[place : place + 12].strip()!r} on; methods, macros and escapes are not allowed"
        place, sign = match.end(), match["sign"] or ""
        if sign == "(" and name and name not in _FUNCTIONS | _WORDS:
            return f"calls {name}(); only {', '.join(sorted(_FUNCTIONS))} may be called"
        signs = signs + 1 if sign in ("!", "-") else 0
        depth += (sign in ("(", "[", "?")) - (sign in (")", "]"))
        if depth > MAX_NESTING or signs > MAX_NESTING:
            return f"is nested more than {MAX_NESTING} deep"
        name = match["name"] or ""
    return ""


_CEL_TYPES = {ElementType.NUMBER: "INT", ElementType.YES_NO: "BOOL"}


def _cel_type(kind: ElementType) -> cel.Type:
    found: cel.Type = getattr(cel.Type, _CEL_TYPES.get(kind, "STRING"))
    return found


class RuleBook:
    """Compiles and evaluates rules over one catalogue's elements. Safe to use from one thread at a time."""

    def __init__(self, elements: Iterable[Element]) -> None:
        self._elements = {element.name: element for element in elements}
        self._env = cel.NewEnv(variables={name: _cel_type(element.type) for name, element in self._elements.items()})
        self._compiled: dict[str, cel.Expression] = {}
        self._derived = tuple(element for element in self._elements.values() if element.source is Source.DERIVED and element.rule)

    def problem(self, rule: str, wanted: ElementType = ElementType.YES_NO) -> str:
        """What is wrong with a rule that should give a value of the type ``wanted``, in one line; empty when nothing is."""
        if problem := grammar_problem(rule):
            return problem
        if unknown := sorted(names_in(rule) - self._elements.keys()):
            return f"speaks of {', '.join(unknown)}, which no element is called"
        try:
            given = self._compile(rule).return_type()
        except RuntimeError as error:
            return _first_line(error)
        return "" if given == _cel_type(wanted) else f"gives {given.name()} where {_cel_type(wanted).name()} is needed"

    def decide(self, rule: str | None, facts: Facts) -> Verdict:
        """Whether a condition holds; ``None`` always does. ``facts`` hold the derived ones already."""
        if rule is None:
            return Verdict.YES
        value = self._evaluate(rule, facts)
        if isinstance(value, bool):
            return Verdict.YES if value else Verdict.NO
        return Verdict.OPEN if names_in(rule) - facts.keys() else Verdict.BROKEN

    def complete(self, facts: Facts) -> dict[str, FactValue]:
        """The facts, and all that can be derived from them. A fact of a wrong type, or of no element, is left out."""
        known = {
            name: value
            for name, value in facts.items()
            if (element := self._elements.get(name)) is not None and is_fact(value, element.type)
        }
        waiting = [element for element in self._derived if element.name not in known]
        while waiting:
            found = [(element, value) for element in waiting if (value := self._derive(element, known)) is not None]
            if not found:
                break
            known.update((element.name, value) for element, value in found)
            waiting = [element for element in waiting if element.name not in known]
        return known

    def origins(self, names: Iterable[str]) -> frozenset[str]:
        """The elements, and all that derived ones among them are computed from."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found or name not in self._elements:
                continue
            found.add(name)
            rule = self._elements[name].rule
            waiting += names_in(rule) if rule else ()
        return frozenset(found)

    def element(self, name: str) -> Element | None:
        """The element of this name."""
        return self._elements.get(name)

    def _derive(self, element: Element, known: Facts) -> FactValue | None:
        value = self._evaluate(element.rule or "", known)
        return value if is_fact(value, element.type) else None  # type: ignore[return-value]  # is_fact has just said so

    def _evaluate(self, rule: str, facts: Facts) -> object:
        try:
            given = {name: facts[name] for name in names_in(rule) & facts.keys()}
            value = self._compile(rule).eval(data=given)
        except RuntimeError:
            return None
        return None if value.type() == cel.Type.ERROR else value.value()

    def _compile(self, rule: str) -> cel.Expression:
        compiled = self._compiled.get(rule)
        if compiled is None:
            compiled = self._compiled[rule] = self._env.compile(rule)
        return compiled


def _first_line(error: RuntimeError) -> str:
    return str(error).split("\n", 1)[0].removeprefix("INVALID_ARGUMENT: ERROR: ").strip()


def both(first: str | None, second: str | None) -> str | None:
    """A rule that holds when both do."""
    if first is None or second is None:
        return first or second
    return f"({first}) && ({second})"


def any_of(rules: Iterable[str | None]) -> str | None:
    """A rule that holds when one of them does; always, when one always does."""
    found: list[str] = []
    for rule in rules:
        if rule is None:
            return None
        if rule not in found:
            found.append(rule)
    return found[0] if len(found) == 1 else " || ".join(f"({rule})" for rule in found)


def unless(excuse: str | None, rule: str) -> str | None:
    """A rule that holds when ``rule`` does or ``excuse`` does not; ``excuse`` ``None`` always does."""
    return rule if excuse is None else f"!({excuse}) || ({rule})"
