from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import merkle

# The eight entries and the roots by which implementations of Certificate Transparency logs are commonly checked.
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

entries = st.lists(st.binary(max_size=40), min_size=1, max_size=40, unique=True)


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert merkle.tree(ENTRIES[:size])[0].hex() == ROOTS[size]


@given(entries)
def test_every_entry_leads_to_the_root(leaves: list[bytes]) -> None:
    root, proofs = merkle.tree(leaves)
    for index, (leaf, proof) in enumerate(zip(leaves, proofs, strict=True)):
        assert merkle.root_from_proof(leaf, index, len(leaves), proof) == root


@given(entries, st.data())
def test_nothing_else_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    root, proofs = merkle.tree(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(max_size=40).filter(lambda entry: entry != leaves[index]))
    assert merkle.root_from_proof(other, index, len(leaves), proofs[index]) != root
    assert merkle.root_from_proof(leaves[index], index, len(leaves), (*proofs[index], bytes(32))) is None
    if proofs[index]:
        assert merkle.root_from_proof(leaves[index], index, len(leaves), proofs[index][1:]) != root


@given(st.binary(max_size=20), st.integers(-5, 10), st.integers(-5, 10), st.lists(st.binary(max_size=33), max_size=5))
def test_nonsense_is_no_proof(entry: bytes, index: int, size: int, proof: list[bytes]) -> None:
    root = merkle.root_from_proof(entry, index, size, proof)
    assert root is None or (0 <= index < size and all(len(node) == merkle.HASH_BYTES for node in proof))


def test_a_tree_needs_a_leaf() -> None:
    with pytest.raises(ValueError, match="leaf"):
        merkle.tree([])
