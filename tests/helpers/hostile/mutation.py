"""Random and mutated byte streams."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

_LONGEST = 8192


def streams(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """``count`` streams, one in eight wholly random, the others good ones with one to six injuries; the same for the same ``seed``."""
    source = random.Random(seed)
    for _ in range(count):
        if not seeds or source.random() < 0.125:
            yield source.randbytes(source.randrange(0, 400))
        else:
            yield injured(source, seeds)


def injured(source: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Seeds put one behind the other and damaged."""
    stream = b"".join(source.choices(seeds, k=source.choice((1, 1, 1, 2, 3))))
    for _ in range(source.choice((1, 1, 2, 3, 6))):
        stream = source.choice(_INJURIES)(source, stream)
    return stream[:_LONGEST]


def pieces(source: random.Random, stream: bytes) -> Iterator[bytes]:
    """The stream as a line would deliver it: cut anywhere."""
    start = 0
    while start < len(stream):
        end = start + source.choice((1, 2, 5, 16, 64, 500, 4096))
        yield stream[start:end]
        start = end


def _flip(source: random.Random, stream: bytes) -> bytes:
    if not stream:
        return b""
    place = source.randrange(len(stream))
    return stream[:place] + bytes([stream[place] ^ (1 << source.randrange(8))]) + stream[place + 1 :]


def _drop(source: random.Random, stream: bytes) -> bytes:
    start = source.randrange(len(stream) + 1)
    return stream[:start] + stream[start + source.choice((1, 2, 8, 64)) :]


def _insert(source: random.Random, stream: bytes) -> bytes:
    place = source.randrange(len(stream) + 1)
    return stream[:place] + source.randbytes(source.choice((1, 2, 8, 64))) + stream[place:]


def _repeat(source: random.Random, stream: bytes) -> bytes:
    start = source.randrange(len(stream) + 1)
    part = stream[start : start + source.choice((1, 5, 40, 300))]
    return stream[:start] + part * source.choice((2, 3, 10)) + stream[start:]


def _cut(source: random.Random, stream: bytes) -> bytes:
    return stream[: source.randrange(len(stream) + 1)]


def _swap(source: random.Random, stream: bytes) -> bytes:
    place = source.randrange(len(stream) + 1)
    return stream[place:] + stream[:place]


def _overwrite(source: random.Random, stream: bytes) -> bytes:
    place = source.randrange(len(stream) + 1)
    tough = source.choice((b"\x00", b"\xff", b"\xaa\xaa\xaa\x96\x69", b"\x7f\xff\xff\xff", b"\r\n", b"\x1b", b"]Q1", b"\xd8\x00"))
    return stream[:place] + tough + stream[place + len(tough) :]


_INJURIES: tuple[Callable[[random.Random, bytes], bytes], ...] = (_flip, _flip, _drop, _insert, _repeat, _cut, _swap, _overwrite)
