"""What an authority knows settles a paper only when it says what the paper would say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import assets
from kiosk.catalogue.deciding import From, Gathered, Handed, MaterialLine, Means, Status, material_lines
from kiosk.catalogue.reading import CatalogueError, read, texts_in
from kiosk.catalogue.rules import FactValue

FOLDER = Path(assets.ROOT) / "catalogue"


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    return texts_in(FOLDER)


def _marriage_certificate(texts: Mapping[str, str], status: FactValue | None) -> MaterialLine:
    catalogue = read(texts)
    item = catalogue.item("no_home_proof")
    assert item is not None
    told: dict[str, FactValue] = {} if status is None else {"marriage_status": status}
    gathered = Gathered(frozenset(item.shared), frozenset(told))
    facts = {"with_spouse": True, **told}
    lines = material_lines(item, catalogue.rules, facts, Handed(), Means(document_camera=True), gathered)
    return next(line for line in lines if line.id == "marriage_certificate")


def test_whoever_is_on_record_as_married_need_not_show_the_certificate(texts: Mapping[str, str]) -> None:
    line = _marriage_certificate(texts, "已婚")
    assert (line.source, line.status) == (From.SHARED, Status.HERE)


@pytest.mark.parametrize("status", ["未婚", "离异", None])
def test_whoever_is_not_shows_it_in_another_way(texts: Mapping[str, str], status: str | None) -> None:
    line = _marriage_certificate(texts, status)
    assert line.source is not From.SHARED
    assert not line.is_settled
    assert From.SCAN in line.ways or From.CERTIFICATE in line.ways


@pytest.mark.parametrize(
    ("rule", "said"),
    [("never_heard_of", "never_heard_of"), ("age >= 18", "age is not among what is shared"), ("marriage_status", "settled by")],
)
def test_a_rule_that_cannot_settle_is_refused(texts: Mapping[str, str], rule: str, said: str) -> None:
    materials = texts["materials.yaml"].replace('settled_when: marriage_status == "已婚"', f"settled_when: {rule}")
    assert materials != texts["materials.yaml"]
    with pytest.raises(CatalogueError, match=said):
        read({**texts, "materials.yaml": materials})
