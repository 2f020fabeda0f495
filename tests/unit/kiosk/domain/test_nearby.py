"""Whom residents are sent to."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.nearby import FRESH_S, KEPT_S, NOBODY_KNOWN, Machine, Nearby, Nearest

NEAR = Machine("近", "一路", 100, frozenset({"permit"}))
FAR = Machine("远", "二路", 900, prints_documents=True)
SUBJECT = Nearby((NEAR, FAR))


def test_the_nearest_that_can_is_named() -> None:
    assert SUBJECT.that_can("senior") == Nearest("近", "一路", 100)
    assert SUBJECT.that_can("permit") == Nearest("远", "二路", 900)
    assert SUBJECT.that_prints_documents() == Nearest("远", "二路", 900)
    assert SUBJECT.that_serves() == Nearest("近", "一路", 100)


def test_nobody_is_named_who_is_not_known_to_be_able() -> None:
    assert Nearby((NEAR,)).that_can("permit") is None
    assert Nearby((NEAR,)).that_prints_documents() is None
    assert NOBODY_KNOWN.that_serves() is None


def test_what_is_older_is_told_with_its_age_and_at_last_not_at_all() -> None:
    assert replace(SUBJECT, age_s=FRESH_S).that_serves() == Nearest("近", "一路", 100)
    assert replace(SUBJECT, age_s=7200.0).that_serves() == Nearest("近", "一路", 100, age_minutes=120)
    assert replace(SUBJECT, age_s=KEPT_S + 1).that_serves() is None
