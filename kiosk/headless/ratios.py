"""少填、少报、少跑: what the flow truly asks of a typical resident, held against what the counter asked before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from kiosk.catalogue.models import Catalogue, Item
from kiosk.demo.residents import Resident, sample_residents
from kiosk.domain.identity import Route
from kiosk.headless.dry import DryWorld
from kiosk.headless.visit import HeadlessVisit, Report


@dataclass(frozen=True, slots=True)
class ItemRatio:
    """One item: what was asked before, and what is asked now."""

    item: str
    number: int
    fields_before: int
    fields_now: int
    materials_before: int
    materials_now: int
    trips_before: int
    trips_now: int


@dataclass(frozen=True, slots=True)
class Ratios:
    """All items together; shares are 0..1."""

    items: int
    fields_fewer: float
    materials_fewer: float
    trips_fewer: float
    zero_trip: float
    per_item: tuple[ItemRatio, ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


class NobodyFits(Exception):
    """An item that none of the sample residents can finish; the message names it and why."""


def measure(catalogue: Catalogue, today: date) -> Ratios:
    """Run every listed item headless; raises ``NobodyFits``."""
    people = sample_residents()
    per_item = tuple(_measure_item(item, catalogue, people, today) for item in catalogue.items if item.number is not None)
    return Ratios(
        items=len(per_item),
        fields_fewer=_fewer(sum(one.fields_before for one in per_item), sum(one.fields_now for one in per_item)),
        materials_fewer=_fewer(sum(one.materials_before for one in per_item), sum(one.materials_now for one in per_item)),
        trips_fewer=_fewer(sum(one.trips_before for one in per_item), sum(one.trips_now for one in per_item)),
        zero_trip=round(sum(one.trips_now == 0 for one in per_item) / max(1, len(per_item)), 4),
        per_item=per_item,
    )


def _measure_item(item: Item, catalogue: Catalogue, people: tuple[Resident, ...], today: date) -> ItemRatio:
    told: list[Report] = []
    for resident in people:
        report = HeadlessVisit(DryWorld(catalogue, resident, today), resident, item.code, Route.ID_CARD_STAFF).run()
        if report.ok:
            return ItemRatio(
                item.id,
                item.number or 0,
                item.baseline.fields,
                len(report.asked_fields),
                item.baseline.materials,
                len(report.asked_materials),
                item.baseline.trips,
                item.trips,
            )
        told.append(report)
    raise NobodyFits(f"{item.id}: {told[-1].notice if told else 'there is no sample resident'}")


def _fewer(before: int, now: int) -> float:
    return round(1 - now / before, 4) if before else 0.0
