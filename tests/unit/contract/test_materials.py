from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.materials import MAGIC, is_digest, material_digest, pack, unpack


@given(st.binary(min_size=1, max_size=1024), st.binary(min_size=1, max_size=3000))
def test_what_was_packed_is_unpacked(header: bytes, sealed: bytes) -> None:
    assert unpack(pack(header, sealed)) == (header, sealed)


@given(st.binary(max_size=64))
def test_other_bytes_are_told_apart(raw: bytes) -> None:
    with pytest.raises(ValueError, match="sealed material"):
        unpack(raw if not raw.startswith(MAGIC) else raw[1:])


def test_a_material_cut_short_is_none() -> None:
    packed = pack(b"{}", b"x" * 10)
    for length in range(len(packed) - 10 + 1):
        with pytest.raises(ValueError, match="cut short"):
            unpack(packed[:length])


def test_only_a_digest_may_become_a_file_name() -> None:
    assert is_digest(material_digest(b"anything"))
    for text in ("", "..", "../" + "a" * 61, "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n"):
        assert not is_digest(text)
