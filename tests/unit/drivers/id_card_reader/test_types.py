"""Nothing of a person shows where a personal type is printed, logged or shown in a traceback."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.id_card_reader.cards import EmulatedCard
from drivers.id_card_reader.protocol import Frame, Response
from drivers.id_card_reader.reading import Blocks
from drivers.id_card_reader.types import (
    CardBodyNumber,
    CardExtra,
    CardKind,
    CardRead,
    Fingerprint,
    IdCardRecord,
    NewestAddress,
    SamId,
)

personal_text = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=15)
digits = st.text(st.sampled_from("3456789"), min_size=6, max_size=18)


@given(
    name=personal_text,
    address=personal_text,
    number=digits,
    birth=st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    block=st.binary(min_size=512, max_size=512),
)
def test_nothing_of_the_person_shows_in_a_repr(name: str, address: str, number: str, birth: date, block: bytes) -> None:
    record = IdCardRecord(
        kind=CardKind.RESIDENT, name=name, english_name=name, sex_code=number, ethnicity_code=number, nationality=name,
        birth=birth, address=address, id_number=number, issuer=name, valid_from=birth, valid_to=birth, is_long_term=False,
        permit_number=number, times_issued=number,
    )  # fmt: skip
    card = CardRead(record, np.frombuffer(block, np.uint8), "", NewestAddress(address), Fingerprint(block), CardBodyNumber(block))
    blocks = Blocks(block, block, {CardExtra.FINGERPRINT: block})
    shown = " ".join(f"{thing!r} {thing}" for thing in (card, record, blocks, EmulatedCard(block, block, block, block, block)))
    shown += f"{Frame(block)!r} {Response(0, 0, 0x90, block)!r}"
    for secret in (name, address, number, str(birth), f"{birth.year}", block.hex(), repr(block)[2:-1][:8]):
        assert secret not in shown


def test_a_fingerprint_says_only_how_many_fingers() -> None:
    assert repr(Fingerprint(bytes(1024))) == "Fingerprint(fingers=2)"


def test_a_fingerprint_can_be_overwritten_and_is_read_only_otherwise() -> None:
    subject = Fingerprint(b"F" * 512)
    shown = subject.block
    assert bytes(shown) == b"F" * 512
    with pytest.raises(TypeError):
        shown[0] = 0
    subject.wipe()
    subject.wipe()
    assert bytes(shown) == bytes(512)


def test_module_numbers_are_compared_as_bytes_and_shown_as_on_the_label() -> None:
    raw = bytes.fromhex("05 00 01 00 A7 2B 33 01 40 E2 01 00 F4 09 0C 00")
    assert SamId(raw) == SamId(bytes(raw))
    assert str(SamId(raw)) == "05.01-20130727-0000123456-0000788980"
