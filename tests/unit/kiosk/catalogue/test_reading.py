"""A catalogue is read whole or not at all, and every defect is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import assets
from kiosk.catalogue.codes import item_code_problem, task_handle_item_problem
from kiosk.catalogue.reading import MAX_FILE_BYTES, CatalogueError, load, read, texts_in
from kiosk.catalogue.schema import SHAPES, schema_of

PACKAGED = assets.ROOT / "catalogue"
Texts = dict[str, str]
SENIOR, INSURANCE, PERMIT = "items/36-senior_card.yaml", "items/01-insurance_proof.yaml", "items/25-residence_permit.yaml"


@pytest.fixture
def texts() -> Texts:
    return texts_in(PACKAGED)


def test_the_sample_catalogue_is_sound_and_complete() -> None:
    catalogue = load(PACKAGED)
    numbers = [item.number for item in catalogue.items if item.number is not None]
    assert numbers == list(range(1, 41))
    assert len([item for item in catalogue.items if item.parts]) >= 8
    assert len(catalogue.policies) == 12
    assert catalogue.sample


@pytest.mark.parametrize(
    "code",
    ["11310000MB2F30661Y2312003564000", "12441500196720244T3442199806003", "11370800MB285591843370117002011"],
)
def test_published_codes_pass(code: str) -> None:
    assert item_code_problem(code) == ""
    assert task_handle_item_problem(code + "01", code) == ""


def _change(path: str, old: str, new: str) -> Callable[[Texts], None]:
    def change(texts: Texts) -> None:
        assert old in texts[path], old
        texts[path] = texts[path].replace(old, new, 1)

    return change


BROKEN: dict[str, tuple[Callable[[Texts], None], str]] = {
    "days of what is no day": (
        _change("elements.yaml", "type: phone\n    source: shared", "type: phone\n    days: future\n    source: shared"),
        "says which days, but is none",
    ),
    "a correction of what no authority gives": (
        _change("elements.yaml", "type: address\n    source: asked", "type: address\n    correctable: true\n    source: asked"),
        "can be corrected, but no authority gives it",
    ),
    "a word nobody knows": (_change(SENIOR, "picture:", "pictures:"), "pictures: Extra inputs"),
    "a comma without quotes": (_change(SENIOR, "en: Senior privilege card", "en: Senior, privilege card"), "needs quotes"),
    "a wrong check character": (_change(SENIOR, "TEAT3X34330511", "TEAT3Y34330511"), "check character is wrong"),
    "another authority's code": (
        _change(SENIOR, "department: civil_affairs_bureau", "department: tax_bureau"),
        "but tax_bureau is",
    ),
    "the same code twice": (
        lambda t: t.update({"items/99-x.yaml": t[SENIOR].replace("id: senior_card", "id: other")}),
        "一事一码",
    ),
    "a field twice": (_change(SENIOR, "  - element: phone", "  - element: phone\n  - element: phone"), "一数一源"),
    "an element nobody knows": (_change(SENIOR, "element: collect", "element: colect"), "colect is no element"),
    "an element twice": (_change("elements.yaml", "name: age", "name: name"), "the element (一数一源) name stands twice"),
    "a missing translation": (_change(SENIOR, "en: Senior privilege card", "en: ''"), "missing in English"),
    "Chinese for English": (_change(SENIOR, "en: Senior privilege card", "en: 老年人优待证"), "holds Chinese characters"),
    "a rule that is none": (_change(SENIOR, "age >= 60", "age >> 60"), "Syntax error"),
    "a rule of another type": (_change(SENIOR, "age >= 60", "age + 60"), "gives INT"),
    "a rule that loops": (_change(SENIOR, "rule: age >= 60", "rule: '[1].all(x, x > 0)'"), "cannot be read"),
    "a circle of derivations": (
        _change("elements.yaml", "rule: property_holdings == 0", "rule: has_no_home || property_holdings == 0"),
        "a circle",
    ),
    "a primary material to be handed in later": (
        _change("items/26-id_card_renewal.yaml", "role: secondary", "role: primary"),
        "is primary and cannot be handed in later",
    ),
    "too long a time for it": (_change("items/26-id_card_renewal.yaml", "lack_days: 8", "lack_days: 9"), "at most 8 are allowed"),
    "three alls": (_change("items/27-travel_endorsement.yaml", "    reason_code: original_is_stamped\n", ""), "三个凡是"),
    "more asked than before": (_change(SENIOR, "fields: 14", "fields: 0"), "more than the 0 of before"),
    "a level nobody reaches": (_change(SENIOR, "level: 2", "level: 4"), "ask for L3 at most"),
    "hours that end before they begin": (
        _change(SENIOR, "level: 2", "level: 2\nhours: {opens: '17:30', closes: '08:30'}"),
        "not before it closes at 08:30",
    ),
    "an hour no clock shows": (
        _change(SENIOR, "level: 2", "level: 2\nhours: {opens: '08:30', closes: '25:00'}"),
        "closes at 25:00, which no clock shows",
    ),
    "a promise beyond the law": (_change(SENIOR, "legal_days: 10", "legal_days: 3"), "where the law allows 3"),
    "a bundle of an item that is none": (
        _change("bundles/newborn.yaml", "item: newborn_medical", "item: newborn_medicine"),
        "is no item",
    ),
    "a policy that ends before it starts": (
        _change("policies.yaml", "ends: 2026-12-31", "ends: 2025-12-31"),
        "ends before it starts",
    ),
    "a hot item that is none": (_change("catalogue.yaml", "yiqiban", "yiqiban2"), "is no item or bundle"),
    "no such division": (_change("departments.yaml", 'division: "330304"', 'division: "990304"'), "no division"),
    "a file that belongs to nothing": (lambda t: t.update({"items.yaml": ""}), "no such file belongs"),
    "a register that is missing": (lambda t: t.pop("materials.yaml") and None, "materials.yaml is missing"),
    "a key twice": (_change(SENIOR, "level: 2", "level: 2\nlevel: 3"), "stands twice"),
    "an anchor": (_change(SENIOR, "fee: {", "fee: &a {"), "anchors and aliases"),
    "no YAML": (lambda t: t.update({SENIOR: "a: ["}), "while parsing"),
    "deeply nested": (lambda t: t.update({SENIOR: "[" * 5000 + "]" * 5000}), "nested"),
    "empty": (lambda t: t.update({SENIOR: ""}), "Input should be"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_catalogue_is_refused_with_the_defect(texts: Texts, name: str) -> None:
    change, words = BROKEN[name]
    change(texts)
    with pytest.raises(CatalogueError) as caught:
        read(texts)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_defects_are_told_at_once(texts: Texts) -> None:
    _change(SENIOR, "age >= 60", "age >> 60")(texts)
    _change(INSURANCE, "category: social_insurance", "category: nothing")(texts)
    with pytest.raises(CatalogueError) as caught:
        read(texts)
    assert "age >> 60" in str(caught.value)
    assert "nothing is no category" in str(caught.value)


def test_json_reads_as_yaml_does(texts: Texts) -> None:
    as_json = {
        path.replace(".yaml", ".json"): json.dumps(yaml.safe_load(text), default=str, ensure_ascii=False)
        for path, text in texts.items()
    }
    assert read(as_json).items == read(texts).items


def test_a_file_twice_in_two_forms_is_refused(texts: Texts) -> None:
    texts[SENIOR.replace(".yaml", ".json")] = json.dumps(yaml.safe_load(texts[SENIOR]), default=str)
    with pytest.raises(CatalogueError, match="twice, as"):
        read(texts)


def test_too_much_is_refused_before_it_is_read(tmp_path: Path, texts: Texts) -> None:
    (tmp_path / "catalogue.yaml").write_text("#" * (MAX_FILE_BYTES + 1), encoding="ascii")
    with pytest.raises(CatalogueError, match="larger than"):
        load(tmp_path)
    texts["items/large.yaml"] = "#" * (17 << 20)
    with pytest.raises(CatalogueError, match="larger than"):
        read(texts)


def test_no_folder_and_no_text_are_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no such folder"):
        load(tmp_path / "nothing")
    (tmp_path / "catalogue.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogueError):
        load(tmp_path)


def test_every_kind_of_file_has_a_schema() -> None:
    for shape in SHAPES:
        assert schema_of(shape)["$schema"]
