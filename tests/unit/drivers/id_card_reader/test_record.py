"""The text record against hand-made bytes, every card kind, and every way to be broken."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.id_card_reader.code_tables import ETHNICITY, ethnicity_name, sex_name
from drivers.id_card_reader.record import encode_fields, encode_record, has_good_check_digit, parse_record
from drivers.id_card_reader.types import CardKind, CardNotRead, CardTrouble, IdCardRecord, RecordFault

RESIDENT = {
    "name": "测试·林小瓯",
    "sex_code": "2",
    "ethnicity_code": "01",
    "birth": "19580308",
    "address": "浙江省温州市瓯海区测试路1号 SAMPLE",
    "id_number": "330304195803080026",
    "issuer": "测试市公安局",
    "valid_from": "20110601",
    "valid_to": "长期",
}
PERMIT = {
    "name": "测试·陈样本",
    "sex_code": "1",
    "birth": "19900101",
    "address": "浙江省温州市鹿城区测试街2号",
    "id_number": "810000199001010011",
    "issuer": "测试市公安局",
    "valid_from": "20240101",
    "valid_to": "20290101",
    "permit_number": "H12345678",
    "times_issued": "01",
}
FOREIGN_2017 = {
    "english_name": "SAMPLE,TEST PERSON",
    "sex_code": "2",
    "id_number": "USA330190010112",
    "nationality": "USA",
    "chinese_name": "测试",
    "valid_from": "20200102",
    "valid_to": "20300101",
    "birth": "19900101",
    "issuer": "3300",
}
FOREIGN_2023 = {
    "chinese_name": "测试",
    "sex_code": "1",
    "times_issued": "00",
    "birth": "19851224",
    "english_name": "SAMPLE, A PERSON WITH A VERY LONG TEST NAME",
    "id_number": "933040198512240019",
    "issuer": "测试移民管理局",
    "valid_from": "20240301",
    "valid_to": "20340301",
    "nationality": "CAN",
}
KINDS = [
    (CardKind.RESIDENT, RESIDENT),
    (CardKind.HKMT_RESIDENCE_PERMIT, PERMIT),
    (CardKind.FOREIGN_PERMANENT_2017, FOREIGN_2017),
    (CardKind.FOREIGN_PERMANENT_2023, FOREIGN_2023),
]


def with_good_check_digit(fields: dict[str, str]) -> dict[str, str]:
    number = fields["id_number"]
    if len(number) != 18:
        return fields
    digit = next(sign for sign in "0123456789X" if has_good_check_digit(number[:17] + sign))
    return {**fields, "id_number": number[:17] + digit}


def parsed(fields: dict[str, str], kind: CardKind = CardKind.RESIDENT) -> IdCardRecord:
    record = parse_record(encode_fields(with_good_check_digit(fields), kind))
    assert isinstance(record, IdCardRecord)
    return record


def fault_of(data: bytes) -> str:
    outcome = parse_record(data)
    assert isinstance(outcome, CardNotRead)
    assert outcome.trouble is CardTrouble.BAD_RECORD
    return outcome.detail


def test_a_resident_card_laid_out_by_hand_is_read() -> None:
    def field(text: str, length: int) -> bytes:
        return text.encode("utf-16-le") + b" \0" * (length // 2 - len(text))

    data = (
        field("测试·林小瓯", 30)
        + field("2", 2)
        + field("01", 4)
        + field("19580308", 16)
        + field("浙江省 温州市测试路1号", 70)
        + field("330304195803080026", 36)
        + field("测试市公安局", 30)
        + field("20110601", 16)
        + field("20310601", 16)
        + field("", 36)
    )
    assert parse_record(data) == IdCardRecord(
        kind=CardKind.RESIDENT,
        name="测试·林小瓯",
        english_name="",
        sex_code="2",
        ethnicity_code="01",
        nationality="CHN",
        birth=date(1958, 3, 8),
        address="浙江省 温州市测试路1号",
        id_number="330304195803080026",
        issuer="测试市公安局",
        valid_from=date(2011, 6, 1),
        valid_to=date(2031, 6, 1),
        is_long_term=False,
    )


@pytest.mark.parametrize(("kind", "fields"), KINDS)
def test_every_kind_keeps_all_it_says(kind: CardKind, fields: dict[str, str]) -> None:
    fields = with_good_check_digit(fields)
    record = parsed(fields, kind)
    assert record.kind is kind
    assert record.id_number == fields["id_number"]
    assert record.english_name == fields.get("english_name", "")
    assert record.name == fields.get("name", fields.get("chinese_name"))
    assert record.permit_number == fields.get("permit_number", "")
    assert record.times_issued == fields.get("times_issued", "")
    assert record.nationality == fields.get("nationality", "CHN" if kind is CardKind.RESIDENT else "")
    assert parse_record(encode_record(record)) == record


def test_long_term_has_no_last_day() -> None:
    record = parsed(RESIDENT)
    assert record.is_long_term
    assert record.valid_to is None


def test_an_expired_card_is_read_all_the_same() -> None:
    assert parsed({**RESIDENT, "valid_to": "20120601"}).valid_to == date(2012, 6, 1)


def test_an_english_name_across_both_places_keeps_the_space_between_them() -> None:
    name = "A" * 34 + " " + "B" * 11
    assert parsed({**FOREIGN_2023, "english_name": name}, CardKind.FOREIGN_PERMANENT_2023).english_name == name


def test_without_a_chinese_name_the_english_one_serves() -> None:
    record = parsed({**FOREIGN_2017, "chinese_name": ""}, CardKind.FOREIGN_PERMANENT_2017)
    assert record.name == "SAMPLE,TEST PERSON"
    assert parse_record(encode_record(record)) == record


def test_a_rare_character_of_two_code_units_survives() -> None:
    assert parsed({**RESIDENT, "name": "测试𠮷㐂"}).name == "测试𠮷㐂"


def test_nul_padding_is_padding() -> None:
    data = bytearray(encode_fields(RESIDENT))
    data[12:30] = bytes(18)
    record = parse_record(bytes(data))
    assert isinstance(record, IdCardRecord)
    assert record.name == RESIDENT["name"]


@pytest.mark.parametrize("code", ["99", "81", "00", "ZZ"])
def test_an_unknown_ethnicity_is_kept(code: str) -> None:
    assert parsed({**RESIDENT, "ethnicity_code": code}).ethnicity_code == code
    assert ethnicity_name(code) == code


@pytest.mark.parametrize("sign", ["Z", "j", "\0", "测", "R"])
def test_an_unknown_type_is_never_read_as_a_resident(sign: str) -> None:
    outcome = parse_record(encode_fields(RESIDENT, type_sign=sign))
    assert outcome == CardNotRead(CardTrouble.UNKNOWN_KIND, detail=f"U+{ord(sign):04X}")


@pytest.mark.parametrize("number", ["110101197608056896", "330304195803080025", "33030419580308002X"])
def test_a_wrong_check_digit_is_told(number: str) -> None:
    assert fault_of(encode_fields({**RESIDENT, "id_number": number})) == RecordFault.BAD_CHECK_DIGIT


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_known_good_numbers_pass(number: str) -> None:
    assert has_good_check_digit(number)


@pytest.mark.parametrize(
    "number", ["", "33030419580308002", "33030419580308002x", "３３０３０４195803080026", "33030419580308 026"]
)
def test_a_number_of_the_wrong_shape_is_told(number: str) -> None:
    assert fault_of(encode_fields({**RESIDENT, "id_number": number})) == RecordFault.BAD_NUMBER
    assert not has_good_check_digit(number)


def test_a_2017_permanent_resident_number_has_its_own_shape() -> None:
    data = encode_fields({**FOREIGN_2017, "id_number": "330304195803080"}, CardKind.FOREIGN_PERMANENT_2017)
    assert fault_of(data) == RecordFault.BAD_NUMBER


@pytest.mark.parametrize("field", ["birth", "valid_from", "valid_to"])
@pytest.mark.parametrize("day", ["20230229", "20231301", "00000101", "2023010", "1958030８", "长期有效", "", "        "])
def test_an_impossible_date_is_told(field: str, day: str) -> None:
    assert fault_of(encode_fields({**RESIDENT, field: day})) == RecordFault.BAD_DATE


@pytest.mark.parametrize("changes", [{"valid_from": "19570101"}, {"valid_from": "20300101", "valid_to": "20290101"}])
def test_dates_in_impossible_order_are_told(changes: dict[str, str]) -> None:
    assert fault_of(encode_fields({**RESIDENT, **changes})) == RecordFault.BAD_DATE


def test_other_kinds_may_leave_a_date_out() -> None:
    assert parsed({**FOREIGN_2023, "valid_from": ""}, CardKind.FOREIGN_PERMANENT_2023).valid_from is None


@pytest.mark.parametrize("name", ["测试\x1b[2J", "测试\n", "\ud800测试", "测\0试"])
def test_broken_text_is_told(name: str) -> None:
    assert fault_of(encode_fields({**RESIDENT, "name": name})) == RecordFault.BAD_ENCODING


def test_a_card_without_a_name_is_broken() -> None:
    assert fault_of(encode_fields({**RESIDENT, "name": ""})) == RecordFault.NO_NAME


@pytest.mark.parametrize("length", [0, 255, 257, 1280])
def test_another_length_is_told(length: int) -> None:
    assert fault_of(bytes(length)) == RecordFault.BAD_LENGTH


def test_encoding_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="'name' is too long"):
        encode_fields({"name": "测" * 16})
    with pytest.raises(ValueError, match="no field 'permit_number'"):
        encode_fields({"permit_number": "H1"})
    with pytest.raises(ValueError, match="one character"):
        encode_fields({}, type_sign="JJ")


def test_the_table_of_peoples_is_complete() -> None:
    assert len(ETHNICITY) == 58
    assert (ETHNICITY["01"], ETHNICITY["22"], ETHNICITY["56"], ETHNICITY["97"]) == ("汉", "畲", "基诺", "其他")
    assert (sex_name("1"), sex_name("2"), sex_name("7")) == ("男", "女", "7")


def test_nothing_of_the_person_shows_in_a_repr() -> None:
    shown = repr(parsed(RESIDENT)) + repr(parse_record(encode_fields({**RESIDENT, "id_number": "110101197608056896"})))
    assert not any(text in shown for text in ("林小瓯", "3303", "1101", "温州", "1958"))


@given(st.binary(min_size=256, max_size=256))
def test_any_256_bytes_give_a_value(data: bytes) -> None:
    assert isinstance(parse_record(data), (IdCardRecord, CardNotRead))


@given(
    st.sampled_from(KINDS),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=7).filter(
        lambda text: text == text.rstrip(" \0")
    ),
    st.dates(date(1900, 1, 1), date(1999, 12, 31)),
)
def test_what_is_encoded_is_parsed_again(kind_and_fields: tuple[CardKind, dict[str, str]], name: str, birth: date) -> None:
    kind, fields = kind_and_fields
    name_field = "name" if "name" in fields else "chinese_name"
    changed = {**fields, name_field: name, "birth": birth.strftime("%Y%m%d")}
    record = parsed(changed, kind)
    assert (record.name, record.birth) == (name, birth)
    assert parse_record(encode_record(record)) == record


@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.integers(0, 255), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6),
)
def test_a_mutated_record_gives_a_value_that_repeats_itself(
    kind_and_fields: tuple[CardKind, dict[str, str]], changes: list[tuple[int, bytes]]
) -> None:
    kind, fields = kind_and_fields
    data = bytearray(encode_fields(with_good_check_digit(fields), kind))
    for place, piece in changes:
        data[place : place + len(piece)] = piece[: 256 - place]
    outcome = parse_record(bytes(data))
    if isinstance(outcome, CardNotRead):
        assert outcome.trouble in (CardTrouble.BAD_RECORD, CardTrouble.UNKNOWN_KIND)
    else:
        assert outcome.name, "success without a name"
        assert outcome.id_number, "success without a number"
