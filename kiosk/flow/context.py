"""What the machine may look at besides its own state. It never changes any of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kiosk.catalogue.models import Catalogue, Item
from kiosk.domain.nearby import NOBODY_KNOWN, Nearby
from kiosk.domain.waiting import Patience
from kiosk.domain.working_days import NOTHING_KNOWN, WorkingDays
from kiosk.flow.session import SessionContext
from kiosk.readiness import Readiness

MAX_TRIES = 3


def _find_nothing(_text: str) -> tuple[str, ...]:
    return ()


def _read_nothing(_text: str) -> str | None:
    return None


LOCK_S = 300.0


@dataclass(frozen=True, slots=True)
class Context:
    """Catalogue, readiness, the visit's session, and date and time as given by the caller."""

    catalogue: Catalogue
    readiness: Readiness
    session: SessionContext
    today: date
    max_tries: int = MAX_TRIES
    """Failed tries after which a route is paused."""
    now_s: float = 0.0
    """Now, on the monotonic clock: nobody can set it."""
    find: Callable[[str], tuple[str, ...]] = _find_nothing
    """Codes of the items that a search text finds, best first."""
    working_days: WorkingDays = NOTHING_KNOWN
    site: str = ""
    """Kind of site, for what is shown first: ``mall``, ``village``, ``hall``."""
    read_number: Callable[[str], str | None] = _read_nothing
    """The receipt number in what was typed; ``None`` when there is no sound one."""
    lock_s: float = LOCK_S
    """How long a route is paused."""
    nearby: Nearby = NOBODY_KNOWN
    """Other machines, for what cannot be done here."""
    patience: Patience | None = None
    """What is being waited for now."""
    card_lies: bool = False
    """A card that was read lies on the reader still."""

    def item(self, code: str) -> Item:
        """The chosen item; ``LookupError`` for one that is not in the catalogue, which the machine never lets happen."""
        item = self.catalogue.item(code)
        if item is None:
            raise LookupError(f"no item {code!r}")
        return item
