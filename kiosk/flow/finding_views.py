"""What the screens show on which a matter is found: home and search."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.flow.closed_views import Closed


@dataclass(frozen=True, slots=True)
class ItemCard:
    """One item on the home screen."""

    code: str
    name: str
    summary: str
    picture: str
    closed: Closed | None = None
    """``None`` when it can be done now."""
    asks_again: bool = False
    """This one needs more than was shown of the person so far in this visit."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One category of matters, or those that go together."""

    id: str
    name: str
    picture: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """The items of one shelf, and what does not work just now."""

    items: tuple[ItemCard, ...]
    chosen_but_closed: str
    """Name of the item just touched that cannot be done; empty otherwise."""
    closed: Closed | None
    """Why that one cannot."""
    notices: tuple[str, ...]
    """Codes of what is missing for everybody: ``paper.…``, ``network.down``."""
    known_as: str = field(default="", repr=False)
    """Masked name of the resident, once identified in this visit: they need not be again, but for items that ask for more."""
    shelves: tuple[Shelf, ...] = ()
    """Empty when everything fits on one page."""
    shelf: str = ""
    shelf_name: str = ""
    """Empty on the front."""
    has_proofs: bool = False
    """Some matter ends in a proof that is printed here."""


@dataclass(frozen=True, slots=True)
class SearchView:
    """What was typed, and what it finds."""

    text: str = field(repr=False)
    items: tuple[ItemCard, ...]
    chosen_but_closed: str = ""
    closed: Closed | None = None
