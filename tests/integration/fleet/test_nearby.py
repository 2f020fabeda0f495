"""Heartbeats of several terminals over the API: each hears which others serve close by."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from contract.kiosks import Heartbeat, NearbyKiosk, Place
from fleet.heartbeats import INTERVAL_S
from fleet.nearby import FRESH_MS, MOST, USUAL_COUNT
from tests.helpers.terminal import Terminal, sample_heartbeat
from tests.integration.fleet.conftest import MovableClock
from tests.integration.fleet.test_requests import problem_of

HERE = Place(27.9939, 120.6994, "温州市鹿城区测试路 1 号（SAMPLE）")
ONE_ITEM, OTHER_ITEM = "item-one", "item-two"
Make = Callable[..., Terminal]


def at(metres_north: float) -> Place:
    return Place(HERE.latitude + metres_north / 111_195, HERE.longitude, f"北 {metres_north:.0f} 米（SAMPLE）")


def names(nearest: tuple[NearbyKiosk, ...]) -> list[str]:
    return [kiosk.name for kiosk in nearest]


def test_two_terminals_hear_of_each_other(terminal: Terminal, new_terminal: Make) -> None:
    assert terminal.beat(place=HERE).nearest == ()
    other = new_terminal("测试 2 号机")
    (seen,) = other.beat(place=at(600), closed_items=(ONE_ITEM,), prints_documents=True).nearest
    assert (seen.name, seen.address, seen.closed_items, seen.prints_documents) == ("测试 1 号机", HERE.address, (), False)
    (seen,) = terminal.beat(place=HERE).nearest
    assert (seen.name, seen.closed_items, seen.prints_documents) == ("测试 2 号机", (ONE_ITEM,), True)
    assert seen.distance_m == pytest.approx(600, abs=2)


def test_a_terminal_that_does_not_tell_its_place_hears_of_nobody_and_nobody_of_it(terminal: Terminal, new_terminal: Make) -> None:
    new_terminal("测试 2 号机").beat(place=at(600))
    answer = terminal.beat()
    assert (answer.nearest, answer.takes_place, answer.next_in_s) == ((), True, INTERVAL_S)
    assert new_terminal("测试 3 号机").beat(place=at(900)).nearest != ()
    assert "测试 1 号机" not in names(new_terminal("测试 4 号机").beat(place=HERE).nearest)


@pytest.mark.parametrize("changes", [{"serving": False}, {"catalogue_version": "another"}, {"place": at(60_000)}])
def test_a_machine_that_is_no_help_does_not_count(terminal: Terminal, new_terminal: Make, changes: dict[str, object]) -> None:
    new_terminal("测试 2 号机").beat(**{"place": at(600), **changes})
    assert terminal.beat(place=HERE).nearest == ()


def test_a_machine_that_was_not_heard_from_for_ten_minutes_does_not_count(
    terminal: Terminal, new_terminal: Make, clock: MovableClock
) -> None:
    new_terminal("测试 2 号机").beat(place=at(600))
    clock.ahead_ms += FRESH_MS - 60_000
    terminal.clock_offset_s = clock.ahead_ms / 1000
    assert names(terminal.beat(place=HERE).nearest) == ["测试 2 号机"]
    clock.ahead_ms += 120_000
    terminal.clock_offset_s = clock.ahead_ms / 1000
    assert terminal.beat(place=HERE).nearest == ()


def test_the_last_word_of_a_machine_counts(terminal: Terminal, new_terminal: Make) -> None:
    other = new_terminal("测试 2 号机")
    other.beat(place=at(600))
    other.beat(place=at(900), closed_items=(ONE_ITEM,))
    (seen,) = terminal.beat(place=HERE).nearest
    assert (seen.distance_m, seen.closed_items) == (900, (ONE_ITEM,))
    other.beat(place=at(900), serving=False)
    assert terminal.beat(place=HERE).nearest == ()


def test_the_next_few_come_first_and_then_who_can_what_none_of_them_can(terminal: Terminal, new_terminal: Make) -> None:
    for number in range(1, USUAL_COUNT + 2):
        new_terminal(f"近 {number}").beat(place=at(100 * number), closed_items=(ONE_ITEM, OTHER_ITEM))
    new_terminal("中").beat(place=at(5_000), closed_items=(OTHER_ITEM,))
    new_terminal("远").beat(place=at(20_000), prints_documents=True)
    near = [f"近 {number}" for number in range(1, USUAL_COUNT + 1)]
    assert names(terminal.beat(place=HERE, prints_documents=True).nearest) == near
    assert names(terminal.beat(place=HERE, closed_items=(ONE_ITEM,), prints_documents=True).nearest) == [*near, "中"]
    assert names(terminal.beat(place=HERE, closed_items=(ONE_ITEM, OTHER_ITEM)).nearest) == [*near, "中", "远"]
    assert len(terminal.beat(place=HERE, closed_items=("nowhere",)).nearest) <= MOST


@pytest.mark.parametrize(
    "changes",
    [
        {"place": Place(90.5, 0.0, "")},
        {"place": Place(0.0, -180.5, "")},
        {"place": Place(0.0, 0.0, "路" * 121)},
        {"place": Place(0.0, 0.0, "路\u202e")},
        {"closed_items": ("a",) * 501},
        {"closed_items": ("",)},
    ],
)
def test_a_place_out_of_bounds_is_refused(terminal: Terminal, changes: dict[str, object]) -> None:
    response = terminal.send("POST", "/v1/heartbeats", msgspec.json.encode(sample_heartbeat(**changes)))
    assert (response.status_code, problem_of(response).code) == (400, "bad_request")


def test_a_heartbeat_without_a_place_is_what_an_older_platform_takes() -> None:
    told = msgspec.json.decode(msgspec.json.encode(sample_heartbeat()), type=dict[str, object])
    assert not {"place", "closed_items", "prints_documents"} & told.keys()
    assert Heartbeat.__struct_config__.forbid_unknown_fields
