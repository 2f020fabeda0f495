"""Merkle trees over short byte strings, as in Certificate Transparency (RFC 9162, section 2.1). Pure.

One signature over a root then stands for many receipts, and each receipt can still be checked alone by its path to the root.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
MAX_TREE_SIZE = 1 << 32


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry; the prefix keeps leaves and nodes apart."""
    return sha256(b"\0" + entry).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def tree(entries: Sequence[bytes]) -> tuple[bytes, list[tuple[bytes, ...]]]:
    """Root over ``entries`` and the inclusion proof of each, in order. ``ValueError`` without entries."""
    if not entries:
        raise ValueError("a tree has at least one leaf")
    level = [leaf_hash(entry) for entry in entries]
    proofs: list[list[bytes]] = [[] for _ in entries]
    place = list(range(len(entries)))
    while len(level) > 1:
        for leaf, index in enumerate(place):
            beside = index ^ 1
            # The last node of an odd level moves up as it is, without a neighbour.
            if beside < len(level):
                proofs[leaf].append(level[beside])
            place[leaf] = index >> 1
        paired = [_node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0], [tuple(proof) for proof in proofs]


def root_from_proof(entry: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that ``proof`` leads to from ``entry`` (RFC 9162, section 2.1.3.2); ``None`` when the proof cannot be one."""
    if not 0 <= index < size <= MAX_TREE_SIZE:
        return None
    position, last, reached = index, size - 1, leaf_hash(entry)
    for beside in proof:
        if len(beside) != HASH_BYTES or last == 0:
            return None
        if position & 1 or position == last:
            reached = sha256(b"\1" + beside + reached).digest()
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            reached = sha256(b"\1" + reached + beside).digest()
        position, last = position >> 1, last >> 1
    return reached if last == 0 else None
