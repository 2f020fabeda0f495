"""Where the nearest machine is that can: the last word of each terminal that told where it stands, and who is close to whom."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from contract.kiosks import Heartbeat, NearbyKiosk, Place
from fleet.decoding import is_plain_text

FRESH_MS = 600_000
"""Nobody is sent to a machine that was not heard from for longer."""
USUAL_COUNT = 5
"""So many neighbours are told in any case: what breaks next at the asking machine is not known yet."""
MOST = 12
LONGEST_ADDRESS = 120
_MAX_ITEMS = 500
_LONGEST_CODE = 64
_RINGS_M = (3_000.0, 15_000.0, 50_000.0)
"""Looked through from the inside, so that a city's hundreds of machines are rarely read. Beyond the last is not near."""
_EARTH_M = 6_371_009.0
_DEGREE_M = math.radians(1.0) * _EARTH_M
_NEAR_POLE = 0.01
_MOST_CONDITIONS = 100
_A4 = "a4"
"""Stands for the A4 printer among codes of items, none of which is so short."""


def place_problem(heartbeat: Heartbeat) -> str:
    """What is out of bounds in what a heartbeat says of the terminal's place; empty when nothing is."""
    place = heartbeat.place
    if place is not None:
        if not (-90.0 <= place.latitude <= 90.0 and -180.0 <= place.longitude <= 180.0):
            return "the place is not on Earth"
        if place.address and not is_plain_text(place.address, LONGEST_ADDRESS):
            return f"the address has more than {LONGEST_ADDRESS} characters, or characters that cannot be seen"
    if len(heartbeat.closed_items) > _MAX_ITEMS:
        return f"more than {_MAX_ITEMS} closed items"
    if not all(is_plain_text(code, _LONGEST_CODE) for code in heartbeat.closed_items):
        return "an item's code has too many characters, or characters that cannot be seen"
    return ""


def note(connection: sqlite3.Connection, kiosk_id: str, heartbeat: Heartbeat, now_ms: int) -> None:
    """Keep where the terminal stands and what it can do now; nothing when it does not tell."""
    place = heartbeat.place
    if place is None:
        return
    connection.execute(
        """INSERT OR REPLACE INTO kiosk_places (kiosk_id, latitude, longitude, address, serving, catalogue_version,
               closed_items, prints_documents, told_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(kiosk_id, place.latitude, place.longitude, place.address, heartbeat.serving, heartbeat.catalogue_version),
            *(msgspec.json.encode(heartbeat.closed_items), heartbeat.prints_documents, now_ms),
        ),
    )


def nearest_to(connection: sqlite3.Connection, kiosk_id: str, heartbeat: Heartbeat, now_ms: int) -> tuple[NearbyKiosk, ...]:
    """Who serves close by, nearest first: the next few, and for each thing that cannot be done at the asker one that can.

    Only machines with the asker's own catalogue count: of another one it is not known what it offers.
    """
    if heartbeat.place is None:
        return ()
    asker = _Asker(kiosk_id, heartbeat.place, heartbeat.catalogue_version, now_ms)
    found: list[NearbyKiosk] = []
    for ring_m in _RINGS_M:
        wanted = _wanted(heartbeat, found) if len(found) >= USUAL_COUNT else None
        if wanted == frozenset():
            break
        seen = {*found, *_within(connection, asker, ring_m, wanted)}
        found = _pick(heartbeat, sorted(seen, key=_by_distance))
    return tuple(found)


def distance_m(one: Place, other: Place) -> float:
    """Great-circle distance (haversine), in metres."""
    latitude, other_latitude = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((other_latitude - latitude) / 2) ** 2 + (
        math.cos(latitude) * math.cos(other_latitude) * math.sin(across / 2) ** 2
    )
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half)))


@dataclass(frozen=True, slots=True)
class _Asker:
    kiosk_id: str
    place: Place
    catalogue_version: str
    now_ms: int


def _within(connection: sqlite3.Connection, asker: _Asker, ring_m: float, wanted: frozenset[str] | None) -> Iterator[NearbyKiosk]:
    """All machines, or those that offer something ``wanted``. The box around the ring does not reach over the 180th meridian."""
    here = asker.place
    up = ring_m / _DEGREE_M
    aside = up / max(_NEAR_POLE, math.cos(math.radians(min(90.0, abs(here.latitude) + up))))
    offer, values = _offering(wanted)
    rows = connection.execute(
        f"""SELECT name, latitude, longitude, address, closed_items, prints_documents
           FROM kiosk_places JOIN kiosks USING (kiosk_id)
           WHERE latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ? AND told_at_ms >= ? AND serving AND catalogue_version = ?
               AND kiosk_id <> ? AND succeeded_by IS NULL AND {offer}""",  # noqa: S608 - made of constants
        (
            *(here.latitude - up, here.latitude + up, here.longitude - aside, here.longitude + aside),
            *(asker.now_ms - FRESH_MS, asker.catalogue_version, asker.kiosk_id, *values),
        ),
    )
    for row in rows:
        far_m = distance_m(here, Place(row["latitude"], row["longitude"], ""))
        if far_m <= ring_m:
            closed = msgspec.json.decode(row["closed_items"], type=tuple[str, ...])
            yield NearbyKiosk(row["name"], row["address"], round(far_m), closed, bool(row["prints_documents"]))


def _offering(wanted: frozenset[str] | None) -> tuple[str, tuple[str, ...]]:
    """A condition with its values: what nobody in the city can do must not have every machine of the city read."""
    if wanted is None or len(wanted) > _MOST_CONDITIONS:
        return "TRUE", ()
    codes = tuple(f'"{code}"' for code in sorted(wanted - {_A4}))
    tests = ["NOT instr(CAST(closed_items AS TEXT), ?)"] * len(codes) + ["prints_documents"] * (_A4 in wanted)
    return f"({' OR '.join(tests)})", codes


def _by_distance(kiosk: NearbyKiosk) -> tuple[int, str]:
    return kiosk.distance_m, kiosk.name


def _pick(heartbeat: Heartbeat, near: list[NearbyKiosk]) -> list[NearbyKiosk]:
    picked = near[:USUAL_COUNT]
    for kiosk in near[USUAL_COUNT:]:
        wanted = _wanted(heartbeat, picked)
        if not wanted or len(picked) == MOST:
            break
        if wanted & _offers(kiosk, wanted):
            picked.append(kiosk)
    return picked


def _wanted(heartbeat: Heartbeat, picked: list[NearbyKiosk]) -> frozenset[str]:
    """What the asker cannot do and none of these can either."""
    wanted = frozenset(heartbeat.closed_items) | (frozenset() if heartbeat.prints_documents else {_A4})
    for kiosk in picked:
        wanted -= _offers(kiosk, wanted)
    return wanted


def _offers(kiosk: NearbyKiosk, wanted: frozenset[str]) -> frozenset[str]:
    return wanted - frozenset(kiosk.closed_items) - (frozenset() if kiosk.prints_documents else {_A4})
