"""The fictitious values that ``kiosk-fleet shared-data add-samples`` takes in: what authorities know of the sample residents."""

from __future__ import annotations

from typing import Any

import yaml

import assets
from contract.sharing import SharedValue
from fleet.shared_data import SharedRow


def sample_shared_data() -> tuple[SharedRow, ...]:
    """One row for each value, kept by the authority that the sample catalogue names for the element."""
    keepers = {element["name"]: element.get("authority") for element in _read("catalogue/elements.yaml")["elements"]}
    rows = []
    for resident in _read("samples/residents.yaml")["residents"]:
        card = resident["card"]
        kind, number = str(card["card_kind"]), str(card["id_number"])
        values: dict[str, SharedValue] = resident["shared"]
        rows += [
            SharedRow(id_type=kind, id_number=number, element=name, authority=keepers[name], value=value)
            for name, value in values.items()
            if keepers.get(name)
        ]
    return tuple(rows)


def _read(path: str) -> dict[str, Any]:
    with (assets.ROOT / path).open(encoding="utf-8") as file:
        given: dict[str, Any] = yaml.safe_load(file)
    return given
