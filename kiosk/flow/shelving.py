"""Which matters the home screen shows. Pure."""

from __future__ import annotations

from kiosk.catalogue.models import Catalogue, Item
from kiosk.domain.language import Language, Words
from kiosk.flow.context import Context
from kiosk.flow.views import Shelf

ALL_ON_ONE_PAGE = 6
"""So many matters need no shelves."""
_HOT = Words(zh="常用", en="Most used")
_DEFAULT_SITE = "default"


def shelves(catalogue: Catalogue, language: Language) -> tuple[Shelf, ...]:
    """The shelves that hold something, after the one of what is asked for most; none when everything fits on one page."""
    if len(catalogue.items) <= ALL_ON_ONE_PAGE:
        return ()
    used = {item.category for item in catalogue.items}
    named = (Shelf(one.id, one.name.in_(language), one.picture) for one in catalogue.categories if one.id in used)
    return (Shelf("", _HOT.in_(language), "check_circle"), *named)


def on_shelf(shelf: str, context: Context) -> tuple[Item, ...]:
    """Matters of one category; without one those asked for most at this kind of site."""
    catalogue = context.catalogue
    if len(catalogue.items) <= ALL_ON_ONE_PAGE:
        return catalogue.items
    if shelf:
        return tuple(item for item in catalogue.items if item.category == shelf)
    wanted = catalogue.hot.get(context.site) or catalogue.hot.get(_DEFAULT_SITE, ())
    hot = tuple(item for name in wanted if (item := catalogue.item(name)) is not None and item.is_listed)
    return hot or catalogue.items[:ALL_ON_ONE_PAGE]
