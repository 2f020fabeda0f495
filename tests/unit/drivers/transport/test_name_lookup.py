"""A name is found within the caller's time or not at all, and a resolver that hangs holds one thread a name."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from drivers.transport.name_lookup import NameLookup, system_resolver
from drivers.types import Deadline


class SlowResolver:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = threading.Event()

    def __call__(self, name: str) -> str:
        self.asked.append(name)
        self.may_answer.wait(30.0)
        if name == "unknown.example":
            raise OSError("no such name")
        return "192.0.2.1"


@pytest.fixture
def resolver() -> Iterator[SlowResolver]:
    made = SlowResolver()
    yield made
    made.may_answer.set()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "192.0.2.7"])
def test_digits_need_no_looking_up(resolver: SlowResolver, address: str) -> None:
    assert NameLookup(resolver).address(address, Deadline(0.0)) == address
    assert not resolver.asked


def test_a_resolver_that_hangs_costs_the_caller_s_time_and_no_more(resolver: SlowResolver) -> None:
    names = NameLookup(resolver)
    for _ in range(3):
        with pytest.raises(TimeoutError, match=r"printer\.example"):
            names.address("printer.example", Deadline(0.02))
    assert resolver.asked == ["printer.example"]


def test_a_late_answer_serves_the_next_one_who_asks(resolver: SlowResolver) -> None:
    names = NameLookup(resolver)
    with pytest.raises(TimeoutError):
        names.address("printer.example", Deadline(0.0))
    resolver.may_answer.set()
    assert names.address("printer.example", Deadline(20.0)) == "192.0.2.1"
    assert len(resolver.asked) == 1


def test_the_one_after_that_asks_anew_for_names_move(resolver: SlowResolver) -> None:
    resolver.may_answer.set()
    names = NameLookup(resolver)
    assert [names.address("printer.example", Deadline(20.0)) for _ in range(2)] == ["192.0.2.1"] * 2
    assert len(resolver.asked) == 2


def test_a_name_that_is_not_known_is_an_oserror_each_time(resolver: SlowResolver) -> None:
    resolver.may_answer.set()
    names = NameLookup(resolver)
    for _ in range(2):
        with pytest.raises(OSError, match="no such name"):
            names.address("unknown.example", Deadline(20.0))


def test_giving_up_is_obeyed_while_the_resolver_hangs(resolver: SlowResolver) -> None:
    deadline = Deadline(30.0)
    threading.Timer(0.05, deadline.cancel).start()
    with pytest.raises(TimeoutError):
        NameLookup(resolver).address("printer.example", deadline)


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example"])
def test_what_can_be_no_name_is_an_oserror(name: str) -> None:
    with pytest.raises(OSError, match="label"):
        NameLookup().address(name, Deadline(20.0))


def test_the_system_knows_this_machine() -> None:
    assert system_resolver("localhost") in {"127.0.0.1", "::1"}
