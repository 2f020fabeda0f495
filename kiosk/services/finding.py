"""Finds matters by what residents type."""

from __future__ import annotations

import threading

from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.search import SearchIndex


class Finder:
    """Makes its index once, beside the visit if it is asked to. Safe to use from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._index: SearchIndex | None = None

    def warm_up(self) -> None:
        """Make the index ahead of the first search."""
        self._ready()

    def find(self, text: str) -> tuple[str, ...]:
        """Codes of the items that ``text`` finds, best first; nothing for an empty text."""
        return tuple(hit.item.code for hit in self._ready().search(text)) if text.strip() else ()

    def _ready(self) -> SearchIndex:
        with self._lock:
            if self._index is None:
                self._index = SearchIndex(self._catalogue)
            return self._index
