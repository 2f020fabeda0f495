"""Where the facts of a proof come from, and the fictitious ones of the reference platform.

A true platform asks the register of the authority instead: whatever answers ``FactsOf`` can stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, Protocol

import yaml

import assets


class Bilingual(NamedTuple):
    """One text in Chinese and English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in ``language``."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Facts:
    """What a register holds of a person, for one kind of proof. ``rows``: label and value."""

    statement: Bilingual = field(repr=False)
    rows: tuple[tuple[Bilingual, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoFacts:
    """Nothing to prove: ``held`` is false when the register knows nothing, true when it is not settled yet."""

    held: bool
    reason: str


class FactsOf(Protocol):
    """Answers for the registers."""

    def facts_of(self, kind: str, id_number: str, name: str) -> Facts | NoFacts:
        """What is held of this very person (number and name agree). May block."""
        ...


@dataclass(frozen=True, slots=True)
class KindOfProof:
    """One kind 证明种类: what stands above, and the sentence that goes with the name."""

    title: Bilingual
    statement: Bilingual
    withheld: frozenset[str] = frozenset()
    """Labels, in Chinese, of rows that stand on the paper only: on health, and on other people."""


@cache
def kinds() -> Mapping[str, KindOfProof]:
    """The kinds that the reference platform makes, by name."""
    given = _read()["kinds"]
    return {name: _kind(one) for name, one in given.items()}


def _kind(given: dict[str, Any]) -> KindOfProof:
    return KindOfProof(Bilingual(**given["title"]), Bilingual(**given["statement"]), frozenset(given.get("withheld", ())))


class SampleFacts:
    """Facts of the fictitious residents; of nobody else."""

    def facts_of(self, kind: str, id_number: str, name: str) -> Facts | NoFacts:
        """See ``FactsOf``."""
        return _samples().get((kind, id_number, name)) or NoFacts(held=False, reason="登记簿上没有可以证明的记录")


@cache
def _samples() -> Mapping[tuple[str, str, str], Facts | NoFacts]:
    return {(one["kind"], one["id_number"], one["name"]): _sample(one) for one in _read()["facts"]}


def _sample(given: dict[str, Any]) -> Facts | NoFacts:
    for word, is_held in (("not_held", False), ("not_yet", True)):
        if word in given:
            return NoFacts(held=is_held, reason=given[word])
    rows = tuple((Bilingual(zh, en), value) for zh, en, value in given["rows"])
    return Facts(kinds()[given["kind"]].statement, rows)


@cache
def _read() -> dict[str, Any]:
    with (assets.ROOT / "samples" / "proofs.yaml").open(encoding="utf-8") as file:
        given: dict[str, Any] = yaml.safe_load(file)
    return given
