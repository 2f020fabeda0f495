"""The form of credentials and of issuers' keys."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.credentials import (
    MAX_TEXT_CHARACTERS,
    IssuerKey,
    credential_id,
    make_issuer_key,
    read_issuer_key,
    take_apart,
)
from tests.helpers.credentials import SampleIssuer, sample_claims

ISSUER = SampleIssuer(key=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
TEXT = ISSUER.sign(sample_claims(jti="a" * 16))


def test_a_key_is_read_back_from_its_line() -> None:
    key = ISSUER.public
    assert read_issuer_key(key.line) == key
    assert key.issuer == "oueban-test"


@given(st.text(max_size=120))
def test_any_line_is_a_key_or_none(line: str) -> None:
    key = read_issuer_key(line)
    assert key is None or key.line == line


@pytest.mark.parametrize("issuer", ["", "a.b", "瓯", "-x", "a" * 33])
def test_an_issuer_s_name_is_plain(issuer: str) -> None:
    with pytest.raises(ValueError, match="issuer"):
        make_issuer_key(issuer, b"\0" * 32)


def test_other_base64_of_the_same_key_is_none() -> None:
    line = IssuerKey("oueban-test.00", b"\0" * 32).line
    assert read_issuer_key(line) is not None
    assert read_issuer_key(line[:-2] + "B=") is None
    assert read_issuer_key(line.rstrip("=")) is None


def test_a_text_is_taken_apart_whole() -> None:
    parts = take_apart(TEXT)
    assert parts is not None
    assert TEXT.startswith(parts.signed.decode())
    assert "330304195803080026" not in repr(parts)
    assert "330304195803080026" not in repr(sample_claims())


@given(st.integers(0, len(TEXT) - 1), st.sampled_from("ABCXYZabcxyz0189-_.=+/ \n瓯"))
def test_there_is_one_text_for_one_row_of_bytes(place: int, sign: str) -> None:
    changed = TEXT[:place] + sign + TEXT[place + 1 :]
    assert (take_apart(changed) == take_apart(TEXT)) == (changed == TEXT)


@given(st.text(max_size=200) | st.text(alphabet="AQgw-_.", max_size=200))
def test_any_text_is_taken_apart_or_not_without_an_exception(text: str) -> None:
    take_apart(text)


def test_nothing_longer_than_a_code_is_looked_at() -> None:
    assert take_apart("A" * MAX_TEXT_CHARACTERS + "." + TEXT) is None


def test_ids_tell_issuers_apart() -> None:
    assert credential_id("a", "bc") != credential_id("ab", "c")
    assert len(credential_id("a", "b")) == 64


def test_a_long_address_still_makes_a_code_that_telephones_can_show() -> None:
    """At most 700 characters are a QR code of version 18 at level L."""
    assert (
        len(ISSUER.sign(sample_claims(address="浙江省温州市瓯海区娄桥街道测试路一百二十八号样例小区二幢三单元四百零一室"))) <= 700
    )
