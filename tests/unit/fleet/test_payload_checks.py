"""Form of payloads: golden codes and numbers, and that damage to them is seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.id_numbers import is_id_number
from fleet.payload_checks import _identification_defects, item_defects
from tests.helpers.terminal import sample_proof

GOLDEN_ITEMS = (
    "11310000MB2F30661Y2312003564000",
    "12441500196720244T3442199806003",
    "11370800MB285591843370117002011",
    "11330304MB0TEAT13G4332014001001",
)
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", GOLDEN_ITEMS)
def test_golden_item_codes_pass(code: str) -> None:
    assert not list(item_defects(code, code + "01"))


@given(code=st.sampled_from(GOLDEN_ITEMS), place=st.integers(0, 17), sign=st.sampled_from(_SIGNS))
def test_every_single_change_within_the_credit_code_is_seen(code: str, place: int, sign: str) -> None:
    changed = code[:place] + sign + code[place + 1 :]
    assert bool(list(item_defects(changed, changed + "01"))) == (changed != code)


@pytest.mark.parametrize(
    "task", ["", "01", GOLDEN_ITEMS[0], GOLDEN_ITEMS[0] + "1", GOLDEN_ITEMS[0] + "x1", GOLDEN_ITEMS[1] + "01"]
)
def test_the_33_character_code_must_belong_to_the_item(task: str) -> None:
    assert list(item_defects(GOLDEN_ITEMS[0], task))


@given(code=st.text(max_size=40), task=st.text(max_size=40))
def test_any_text_is_judged_without_an_exception(code: str, task: str) -> None:
    assert list(item_defects(code, task))


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("resident", "11010519491231002X"),
        ("resident", "330304195803080026"),
        ("I", "CAN110197901012"),
        ("Y", "911124198108030024"),
    ],
)
def test_numbers_of_each_kind_pass(kind: str, number: str) -> None:
    assert is_id_number(kind, number)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("resident", "110101197608056896"),  # printed in a public manual, and wrong
        ("resident", "33030419580308002"),
        ("resident", "330304195803080026 "),
        ("resident", "٣30304195803080026"),
        ("Y", "330304195803080026"),
        ("passport", "330304195803080026"),
        ("I", "can110197901012"),
    ],
)
def test_wrong_numbers_do_not(kind: str, number: str) -> None:
    assert not is_id_number(kind, number)


@given(place=st.integers(0, 17), digit=st.sampled_from("0123456789X"))
def test_every_single_wrong_digit_is_seen(place: int, digit: str) -> None:
    number = "330304195803080026"
    changed = number[:place] + digit + number[place + 1 :]
    assert is_id_number("resident", changed) == (changed == number)


@pytest.mark.parametrize("route", ["id_card_staff", "electronic_credential", "id_card_sms", "id_card_face"])
def test_a_reference_photo_stands_on_the_face_route_only(route: str) -> None:
    proof = sample_proof(route=route, reference="platform", credential_id="")
    assert bool(list(_identification_defects(proof))) == (route != "id_card_face")
