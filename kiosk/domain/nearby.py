"""就近办: which machines close by can do what this one cannot now, as the platform last said it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

FRESH_S = 600.0
"""Younger than this is told as it is; older with its age."""
KEPT_S = 86_400.0
"""Nobody is sent anywhere by what is older."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Another machine that served when the platform last spoke of it."""

    name: str
    address: str
    distance_m: int
    closed: frozenset[str] = frozenset()
    """Codes of items that could not be done there."""
    prints_documents: bool = False


@dataclass(frozen=True, slots=True)
class Nearest:
    """The one to send a resident to."""

    name: str
    address: str
    distance_m: int
    age_minutes: int = 0
    """0 for what is known to be so now."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """Machines close by, nearest first, and how long ago that was said."""

    machines: tuple[Machine, ...] = ()
    age_s: float = 0.0

    def that_can(self, code: str) -> Nearest | None:
        """The nearest one that can do this item."""
        return self._first(tuple(machine for machine in self.machines if code not in machine.closed))

    def that_prints_documents(self) -> Nearest | None:
        """The nearest one that prints on A4."""
        return self._first(tuple(machine for machine in self.machines if machine.prints_documents))

    def that_serves(self) -> Nearest | None:
        """The nearest one that can do anything."""
        return self._first(self.machines)

    def _first(self, able: tuple[Machine, ...]) -> Nearest | None:
        if not able or self.age_s > KEPT_S:
            return None
        age_minutes = round(self.age_s / 60) if self.age_s > FRESH_S else 0
        return Nearest(able[0].name, able[0].address, able[0].distance_m, age_minutes)


NOBODY_KNOWN = Nearby()
