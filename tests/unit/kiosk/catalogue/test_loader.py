"""The catalogue file, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import assets
from kiosk.catalogue.codes import item_code_problem, task_handle_item_problem
from kiosk.catalogue.loader import CatalogueError, load
from kiosk.domain.identity import AssuranceLevel

SAMPLE = assets.ROOT / "catalogue" / "items.yaml"


def test_the_packaged_catalogue_holds_three_items_with_codes_of_the_right_grammar() -> None:
    catalogue = load(SAMPLE)
    assert [item.short_name.zh for item in catalogue.items] == ["参保证明", "居住证", "老年优待证"]
    assert {len(item.code) for item in catalogue.items} == {31}
    assert {len(item.task_handle_item) for item in catalogue.items} == {33}
    assert [item.level for item in catalogue.items] == [AssuranceLevel.L3, AssuranceLevel.L3, AssuranceLevel.L2]


def _broken(folder: Path, old: str, new: str) -> Path:
    text = SAMPLE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "items.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("TEAT13G4332014001001", "TEAT13H4332014001001", "check character"),
        ('"11330304MB0TEAT13G433201400100101"', '"11330304MB0TEAT13G43320140010010A"', "two-digit order"),
        ("from_card: name", "from_card: mother", "mother"),
        ("kind: choice", "kind: text", "do not go together"),
        ("- name: phone", "- name: name", "twice"),
        ("project_type: 1", "project_type: 9", "9"),
        ('version: "2026.11.1"', "version: [", "expected"),
        ("level: 3", "level: 4", "L4 is reached by 1 of the ways"),
        ("level: 3", "level: 5", "5"),
    ],
)
def test_a_broken_catalogue_is_refused_with_the_reason(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(CatalogueError, match=told):
        load(_broken(tmp_path, old, new))


@pytest.mark.parametrize(
    "code",
    ["11310000MB2F30661Y2312003564000", "12441500196720244T3442199806003", "11370800MB285591843370117002011"],
)
def test_public_samples_of_item_codes_pass(code: str) -> None:
    assert not item_code_problem(code)
    assert not task_handle_item_problem(code + "01", code)


def test_every_wrong_character_in_the_credit_code_is_noticed() -> None:
    code = "11310000MB2F30661Y2312003564000"
    for place in range(18):
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if character != code[place]:
                assert item_code_problem(code[:place] + character + code[place + 1 :])
