"""Which matters the home screen shows. Pure."""

from __future__ import annotations

from kiosk.catalogue.models import Catalogue, Item
from kiosk.domain.language import Language, Words
from kiosk.flow.context import Context
from kiosk.flow.finding_views import Shelf

ALL_ON_ONE_PAGE = 6
"""So many matters need no shelves."""
BUNDLES = "bundles"
"""Shelf of the matters that go together (一件事)."""
PROOFS = "proofs"
"""Shelf of the matters that end in a proof (证明)."""
_NAMES = {BUNDLES: Words(zh="人生一件事", en="Life events"), PROOFS: Words(zh="打证明", en="Proofs")}
_DEFAULT_SITE = "default"


def shelves(catalogue: Catalogue, language: Language) -> tuple[Shelf, ...]:
    """The shelves that hold something, what goes together first; none when everything fits on one page."""
    if len(catalogue.items) <= ALL_ON_ONE_PAGE:
        return ()
    used = {item.category for item in catalogue.items}
    named = tuple(Shelf(one.id, one.name.in_(language), one.picture) for one in catalogue.categories if one.id in used)
    bundles = any(item.parts for item in catalogue.items)
    return (*((Shelf(BUNDLES, _NAMES[BUNDLES].in_(language), "shelf_bundles"),) if bundles else ()), *named)


def name_of(shelf: str, catalogue: Catalogue, language: Language) -> str:
    """What a shelf is called; empty for the front."""
    if shelf in _NAMES:
        return _NAMES[shelf].in_(language)
    return next((one.name.in_(language) for one in catalogue.categories if one.id == shelf), "")


def is_shelf(shelf: str, catalogue: Catalogue) -> bool:
    """True for one that there is."""
    return shelf in _NAMES or any(category.id == shelf for category in catalogue.categories)


def on_shelf(shelf: str, context: Context) -> tuple[Item, ...]:
    """Matters of one shelf; without one those asked for most at this kind of site."""
    catalogue = context.catalogue
    if len(catalogue.items) <= ALL_ON_ONE_PAGE:
        return catalogue.items
    if shelf == BUNDLES:
        return tuple(item for item in catalogue.items if item.parts)
    if shelf == PROOFS:
        return tuple(item for item in catalogue.items if item.proof and item.is_listed)
    if shelf:
        return tuple(item for item in catalogue.items if item.category == shelf)
    wanted = catalogue.hot.get(context.site) or catalogue.hot.get(_DEFAULT_SITE, ())
    hot = tuple(item for name in wanted if (item := catalogue.item(name)) is not None and item.is_listed)
    return hot or catalogue.items[:ALL_ON_ONE_PAGE]
