"""Reads the catalogue file. A broken catalogue is told whole, in one error, and never half loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from kiosk.catalogue.codes import item_code_problem, task_handle_item_problem
from kiosk.catalogue.models import Catalogue, FieldKind, Item
from kiosk.domain.identity import LEAST_ROUTES, routes_for

CARD_FACTS = frozenset({"name", "id_number", "address"})
"""Facts of the card that a form field may be filled in from."""


class CatalogueError(Exception):
    """The catalogue cannot be used; the message names the file and every defect found."""


def load(path: Path) -> Catalogue:
    """Read and check the catalogue at ``path``; raises ``CatalogueError``."""
    try:
        with path.open(encoding="utf-8") as file:
            catalogue = msgspec.convert(yaml.safe_load(file), Catalogue)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    problems = list(_problems(catalogue))
    if problems:
        raise CatalogueError(f"{path}: " + "; ".join(problems))
    return catalogue


def _problems(catalogue: Catalogue) -> Iterator[str]:
    if not catalogue.items:
        yield "there is no item"
    codes = [item.code for item in catalogue.items]
    yield from (f"{code} stands twice (一事一码)" for code in sorted({code for code in codes if codes.count(code) > 1}))
    for item in catalogue.items:
        yield from (f"{item.short_name.zh}: {problem}" for problem in _item_problems(item))


def _item_problems(item: Item) -> Iterator[str]:
    if problem := item_code_problem(item.code):
        yield f"the code {problem}"
    if problem := task_handle_item_problem(item.task_handle_item, item.code):
        yield f"the task code {problem}"
    if len(ways := routes_for(item.level)) < LEAST_ROUTES:
        yield (
            f"the level L{item.level.value} is reached by {len(ways)} of the ways to identify only"
            f" ({', '.join(ways) or 'none'}); there must be {LEAST_ROUTES} at least, so ask for L3 at most"
        )
    names = [field.name for field in item.fields]
    if len(set(names)) < len(names):
        yield "a field stands twice (一数一源)"
    for field in item.fields:
        if field.from_card and field.from_card not in CARD_FACTS:
            yield f"the field {field.name} wants {field.from_card!r} from the card, which does not hold it"
        if (field.kind is FieldKind.CHOICE) != bool(field.choices):
            yield f"the field {field.name} and its choices do not go together"
