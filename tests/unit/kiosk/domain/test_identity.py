"""Persons: masked, redacted, forgotten."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.identity import LEAST_ROUTES, AssuranceLevel, Proof, Route, mask_id_number, routes_for
from tests.helpers.people import sample_person, sample_portrait


def test_neither_person_nor_portrait_show_themselves() -> None:
    person, portrait = sample_person(), sample_portrait()
    assert repr(person) == "Person(card_kind='resident')"
    assert repr(portrait) == "Portrait(<redacted>)"


def test_a_forgotten_portrait_is_overwritten() -> None:
    portrait = sample_portrait()
    pixels = portrait.pixels
    assert pixels is not None
    portrait.forget()
    assert not pixels.any()
    assert portrait.pixels is None
    portrait.forget()


@pytest.mark.parametrize(("day", "age"), [(date(2018, 1, 1), 60), (date(2017, 12, 31), 59), (date(2018, 6, 1), 60)])
def test_age_counts_full_years(day: date, age: int) -> None:
    assert sample_person(birth=date(1958, 1, 1)).age_on(day) == age


def test_a_leap_day_child_grows_older_on_the_first_of_march() -> None:
    person = sample_person(birth=date(1960, 2, 29))
    assert person.age_on(date(2020, 2, 28)) == 59
    assert person.age_on(date(2021, 2, 28)) == 60
    assert person.age_on(date(2021, 3, 1)) == 61


def test_the_last_valid_day_still_counts() -> None:
    person = sample_person(card_valid_to=date(2026, 11, 23))
    assert not person.card_is_expired_on(date(2026, 11, 23))
    assert person.card_is_expired_on(date(2026, 11, 24))


@given(st.text(alphabet="0123456789X", max_size=30))
def test_a_masked_number_keeps_its_length_and_hides_the_middle(number: str) -> None:
    masked = mask_id_number(number)
    assert len(masked) == len(number)
    assert masked.count("*") >= len(number) - 10
    if len(number) == 18:
        assert masked == number[:6] + "********" + number[-4:]


def test_the_face_is_never_the_first_way_shown_and_staff_are_always_one() -> None:
    for level in AssuranceLevel:
        assert routes_for(level)[0] is Route.ID_CARD_STAFF
        assert all(route.level >= level for route in routes_for(level))


def test_two_ways_at_least_lead_to_every_level_an_item_may_ask_for() -> None:
    enough = [level for level in AssuranceLevel if len(routes_for(level)) >= LEAST_ROUTES]
    assert enough == [AssuranceLevel.L1, AssuranceLevel.L2, AssuranceLevel.L3]
    for level in enough:
        assert [route for route in routes_for(level) if route is not Route.ID_CARD_FACE][1:], "two without a face"


def test_two_cards_of_one_number_are_one_person() -> None:
    one, other = sample_person(id_number="42010219920214123x"), sample_person(id_number="42010219920214123X", name="-")
    assert one.is_same_as(other)
    assert not one.is_same_as(sample_person())


@pytest.mark.parametrize(("name", "masked"), [("林小瓯", "林**"), ("王", "王*"), ("", "")])
def test_a_masked_name_is_enough_for_its_owner_only(name: str, masked: str) -> None:
    assert sample_person(name=name).masked_name == masked


def test_a_proof_shows_no_distance() -> None:
    assert "0.31" not in repr(Proof(Route.ID_CARD_FACE, AssuranceLevel.L3, distance=0.31))
