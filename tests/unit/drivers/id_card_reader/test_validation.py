"""What a card says that does not fit together: told, and never a reason to raise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.id_card_reader.record import has_good_check_digit
from drivers.id_card_reader.types import CardKind, IdCardRecord
from drivers.id_card_reader.validation import CardFinding, division_name, has_expired, validate

TODAY = date(2026, 11, 26)
GOOD = IdCardRecord(
    kind=CardKind.RESIDENT,
    name="测试·林小瓯",
    english_name="",
    sex_code="2",
    ethnicity_code="01",
    nationality="CHN",
    birth=date(1958, 3, 8),
    address="浙江省温州市瓯海区测试路1号",
    id_number="330304195803080026",
    issuer="测试市公安局",
    valid_from=date(2011, 6, 1),
    valid_to=date(2031, 6, 1),
    is_long_term=False,
)


def numbered(first_17: str) -> str:
    return next(first_17 + sign for sign in "0123456789X" if has_good_check_digit(first_17 + sign))


def test_a_card_that_fits_has_no_findings() -> None:
    assert validate(GOOD, TODAY) == ()


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"valid_to": date(2026, 11, 25)}, CardFinding.EXPIRED),
        ({"valid_from": date(2026, 11, 27)}, CardFinding.NOT_YET_VALID),
        ({"valid_to": None}, CardFinding.VALIDITY_UNKNOWN),
        ({"sex_code": "1"}, CardFinding.SEX_CONTRADICTS_NUMBER),
        ({"sex_code": "7"}, CardFinding.UNKNOWN_SEX),
        ({"sex_code": ""}, CardFinding.UNKNOWN_SEX),
        ({"ethnicity_code": "81"}, CardFinding.UNKNOWN_ETHNICITY),
        ({"birth": date(1958, 3, 9)}, CardFinding.BIRTH_CONTRADICTS_NUMBER),
        ({"id_number": numbered("33039919580308002")}, CardFinding.UNKNOWN_DIVISION),
        ({"id_number": numbered("99999919580308002")}, CardFinding.UNKNOWN_DIVISION),
        ({"id_number": "330304195803080025"}, CardFinding.BAD_CHECK_DIGIT),
    ],
)
def test_each_contradiction_is_told_alone(changes: dict[str, object], finding: CardFinding) -> None:
    assert validate(replace(GOOD, **changes), TODAY) == (finding,)  # type: ignore[arg-type]


def test_several_findings_come_in_their_order() -> None:
    record = replace(GOOD, sex_code="1", valid_to=date(2020, 1, 1), birth=date(2027, 1, 1))
    assert validate(record, TODAY) == (
        CardFinding.EXPIRED,
        CardFinding.BORN_IN_THE_FUTURE,
        CardFinding.BIRTH_CONTRADICTS_NUMBER,
        CardFinding.SEX_CONTRADICTS_NUMBER,
    )


def test_the_last_day_is_a_good_day() -> None:
    assert has_expired(GOOD, date(2031, 6, 1)) is False
    assert has_expired(GOOD, date(2031, 6, 2)) is True


def test_a_long_term_card_never_expires() -> None:
    assert has_expired(replace(GOOD, valid_to=None, is_long_term=True), date(9999, 12, 31)) is False


def test_a_card_without_a_last_day_says_neither() -> None:
    assert has_expired(replace(GOOD, valid_to=None), TODAY) is None


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("330304195803080026", "浙江省瓯海区"),  # the district is younger than its holder
        ("330302195801010005", "浙江省鹿城区"),
        ("810000199001010011", "香港特别行政区"),
        ("830000199001010013", "台湾地区"),
        ("330399195803080026", ""),  # python-stdnum has the province and raises KeyError for the county
        ("999999195803080026", ""),
        ("", ""),
        ("abc", ""),
        ("３３０３０４195803080026", ""),
    ],
)
def test_divisions_are_named_where_the_table_knows_them(number: str, name: str) -> None:
    assert division_name(number) == name


def test_a_permit_is_judged_by_its_number_too() -> None:
    permit = replace(GOOD, kind=CardKind.HKMT_RESIDENCE_PERMIT, ethnicity_code="", id_number=numbered("81000019580308002"))
    assert validate(permit, TODAY) == ()
    assert validate(replace(permit, sex_code="1"), TODAY) == (CardFinding.SEX_CONTRADICTS_NUMBER,)


@pytest.mark.parametrize(
    ("kind", "number"),
    [(CardKind.FOREIGN_PERMANENT_2017, "USA330190010112"), (CardKind.FOREIGN_PERMANENT_2023, numbered("93304019851224001"))],
)
def test_nothing_is_read_into_a_foreigner_s_number(kind: CardKind, number: str) -> None:
    assert validate(replace(GOOD, kind=kind, ethnicity_code="", id_number=number), TODAY) == ()


@given(number=st.text(max_size=20) | st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True), sex=st.text(max_size=2), today=st.dates())
def test_no_record_makes_it_raise(number: str, sex: str, today: date) -> None:
    for kind in CardKind:
        findings = validate(replace(GOOD, kind=kind, id_number=number, sex_code=sex), today)
        assert list(findings) == [finding for finding in CardFinding if finding in findings]
