"""A catalogue's files, each valid by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kiosk.catalogue.files import BundleFile, Department, Element, Head, ItemFile, Material, PolicyFile, WorkingDaysTable
from kiosk.catalogue.rules import RuleBook


@dataclass(frozen=True)
class CatalogueFiles:
    """What they say of each other is not checked yet: ``kiosk.catalogue.linting`` does."""

    head: Head
    departments: tuple[Department, ...]
    elements: tuple[Element, ...]
    materials: tuple[Material, ...]
    policies: tuple[PolicyFile, ...]
    items: Mapping[str, ItemFile]
    """By path."""
    bundles: Mapping[str, BundleFile]
    working_days: WorkingDaysTable | None = None

    @cached_property
    def choosable(self) -> frozenset[str]:
        """Ids of items and bundles."""
        return frozenset((*(item.id for item in self.items.values()), *(bundle.id for bundle in self.bundles.values())))

    @cached_property
    def rules(self) -> RuleBook:
        """Rules over these elements."""
        return RuleBook(self.elements)
