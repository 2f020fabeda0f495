from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reconciliation import day_of, ids_digest, ids_of_day

moments = st.integers(0, 253_402_300_799_000)
tails = st.integers(0, (1 << 62) - 1)


def case_id(moment_ms: int, tail: int) -> str:
    return str(UUID(int=moment_ms << 80 | 7 << 76 | 0b10 << 62 | tail))


@given(moments, tails)
def test_an_id_lies_within_the_range_of_its_day_and_of_no_other(moment_ms: int, tail: int) -> None:
    made = case_id(moment_ms, tail)
    day = day_of(made)
    assert day == (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment_ms)).date().isoformat()
    if day < "9999-12-31":
        first, behind = ids_of_day(day)
        assert first <= made < behind


@pytest.mark.parametrize("text", ["", "nonsense", "2026-13-01", "1969-12-31", "9999-12-31"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no id carries"):
        ids_of_day(text)


@pytest.mark.parametrize("text", ["", "nonsense", "ffffffff-ffff-7fff-bfff-ffffffffffff"])
def test_an_id_without_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="carries no day"):
        day_of(text)


def test_the_digest_covers_every_id_and_their_borders() -> None:
    assert ids_digest([]) == (0, hashlib.sha256(b"").hexdigest())
    assert ids_digest(["a", "b"]) == (2, hashlib.sha256(b"a\nb\n").hexdigest())
    assert ids_digest(["a", "b"])[1] != ids_digest(["ab"])[1]
