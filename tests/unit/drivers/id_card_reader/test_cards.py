"""Card files: what they may say, and one clear line about what they may not."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.id_card_reader.cards import CardFileError, load_card, make_card, sample_card
from drivers.id_card_reader.photo import default_decoders
from drivers.id_card_reader.reading import Blocks, interpret_card
from drivers.id_card_reader.types import CardKind, CardNotRead, CardRead, CardTrouble, PhotoProblem

FIELDS = {
    "name": "测试·文件",
    "sex_code": "1",
    "ethnicity_code": "05",
    "birth": "19900101",
    "address": "测试路3号",
    "id_number": "330302199001010013",
    "issuer": "测试市公安局",
    "valid_from": "20200101",
    "valid_to": "20400101",
}


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_file_with_photo_becomes_a_card(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "portrait.png"), np.full((252, 204, 3), 120, np.uint8))
    card = load_card(write(tmp_path / "card.json", {**FIELDS, "photo": "portrait.png", "newest_address": "测试新路4号"}))
    outcome = interpret_card(Blocks(card.text, card.photo), default_decoders())
    assert isinstance(outcome, CardRead)
    assert (outcome.record.name, outcome.record.ethnicity_code) == ("测试·文件", "05")
    assert outcome.photo is not None
    assert abs(int(outcome.photo.mean()) - 120) < 4
    assert card.newest_address is not None
    assert card.newest_address.decode("utf-16-le").rstrip() == "测试新路4号"
    assert len(card.newest_address) == 70


def test_the_sample_is_a_good_card_marked_as_a_test() -> None:
    outcome = interpret_card(Blocks(sample_card().text, sample_card().photo), default_decoders())
    assert isinstance(outcome, CardRead)
    assert outcome.photo_problem is PhotoProblem.ABSENT
    record = outcome.record
    assert record.kind is CardKind.RESIDENT
    assert record.birth is not None
    assert record.birth.year == 1958
    assert record.is_long_term
    assert "测试" in record.name
    assert "测试" in record.issuer
    assert "SAMPLE" in record.address
    assert record.id_number.startswith("330304")


def test_a_card_nobody_knows_can_be_made() -> None:
    card = make_card({**FIELDS, "type_sign": "Z"})
    assert interpret_card(Blocks(card.text, card.photo), ()) == CardNotRead(CardTrouble.UNKNOWN_KIND, detail="U+005A")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "one JSON object"),
        ({"name": 1}, "all texts"),
        ({"kind": "passport"}, "kind must be one of"),
        ({"colour": "red"}, "no field 'colour'"),
        ({"name": "测" * 16}, "'name' is too long"),
        ({"newest_address": "测" * 36}, "'newest_address' is too long"),
        ({"photo": "none.png"}, "cannot be read"),
        ({"photo": "card.json"}, "not a PNG"),
    ],
)
def test_a_bad_file_gets_one_clear_line(tmp_path: Path, value: object, words: str) -> None:
    with pytest.raises(CardFileError, match=words) as caught:
        load_card(write(tmp_path / "card.json", value))
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b" " * 70_000], ids=["empty", "cut", "utf16", "deep", "long"]
)
def test_what_is_no_json_gets_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "card.json").write_bytes(content)
    with pytest.raises(CardFileError, match=r"card\.json"):
        load_card(tmp_path / "card.json")


def test_a_missing_file_gets_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CardFileError, match="cannot be read"):
        load_card(tmp_path / "none.json")


def test_nothing_of_the_person_shows_in_a_repr() -> None:
    assert "b'" not in repr(sample_card())
