"""Rules: what they may say, what they come to, and that they always end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue.files import Element, ElementType, Source
from kiosk.catalogue.rules import RuleBook, Verdict, any_of, both, grammar_problem, names_in, unless
from kiosk.domain.language import Words


def _element(name: str, kind: ElementType, source: Source = Source.ASKED, rule: str | None = None) -> Element:
    return Element(name=name, label=Words("数", "Datum"), type=kind, source=source, rule=rule)


@pytest.fixture
def subject() -> RuleBook:
    return RuleBook(
        (
            _element("age", ElementType.NUMBER),
            _element("household", ElementType.TEXT),
            _element("owns", ElementType.YES_NO),
            _element("since", ElementType.DAY),
            _element("old", ElementType.YES_NO, Source.DERIVED, "age >= 60"),
            _element("old_local", ElementType.YES_NO, Source.DERIVED, 'old && household == "local"'),
        )
    )


@pytest.mark.parametrize(
    ("rule", "facts", "verdict"),
    [
        ("age >= 60", {"age": 60}, Verdict.YES),
        ("age >= 60", {"age": 59}, Verdict.NO),
        ("age >= 60", {}, Verdict.OPEN),
        ('age >= 60 && household == "local"', {"age": 12}, Verdict.NO),
        ('age >= 60 || household == "local"', {"household": "local"}, Verdict.YES),
        ('age >= 60 && household == "local"', {"age": 70}, Verdict.OPEN),
        ("100 / age > 1", {"age": 0}, Verdict.BROKEN),
        ('since < "2026-01-01"', {"since": "2025-12-31"}, Verdict.YES),
        ("!owns", {"owns": False}, Verdict.YES),
        ("age in [1, 2, 3]", {"age": 2}, Verdict.YES),
    ],
)
def test_a_condition_is_decided_as_far_as_the_facts_go(
    subject: RuleBook, rule: str, facts: dict[str, str | int | bool], verdict: Verdict
) -> None:
    assert subject.problem(rule) == ""
    assert subject.decide(rule, facts) is verdict


def test_no_condition_always_holds(subject: RuleBook) -> None:
    assert subject.decide(None, {}) is Verdict.YES


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("age >=", "Syntax error"),
        ("age >= 'x'", "no matching overload"),
        ("nobody == 1", "no element is called"),
        ("age + 1", "gives INT"),
        ("[1, 2].all(x, x > age)", "cannot be read"),
        ('household.startsWith("l")', "cannot be read"),
        ("exec(age)", "calls exec"),
        ("(" * 40 + "age" + ")" * 40 + " > 1", "nested"),
        ("!" * 40 + "owns", "nested"),
        ("age > 1 // a comment", "no element is called"),
        ('household == "' + "x" * 200 + '"', "cannot be read"),
    ],
)
def test_what_is_no_rule_is_told_in_one_line(subject: RuleBook, rule: str, words: str) -> None:
    problem = subject.problem(rule)
    assert words in problem
    assert "\n" not in problem


def test_derived_facts_follow_from_each_other_and_unknown_ones_stay_unknown(subject: RuleBook) -> None:
    assert subject.complete({"age": 70, "household": "local"}) == {
        "age": 70,
        "household": "local",
        "old": True,
        "old_local": True,
    }
    assert subject.complete({"household": "local"}) == {"household": "local"}


def test_facts_of_a_wrong_type_or_of_no_element_are_left_out(subject: RuleBook) -> None:
    assert subject.complete({"age": "70", "owns": 1, "nobody": "x", "since": "yesterday"}) == {}
    assert subject.complete({"age": True}) == {}
    assert subject.complete({"age": 10**30}) == {}


_SCRAPS = st.sampled_from(
    [
        "age",
        "household",
        "owns",
        "&&",
        "||",
        "(",
        ")",
        "!",
        "==",
        ">=",
        '"local"',
        "1",
        "0",
        "/",
        "%",
        "?",
        ":",
        "in",
        "[",
        "]",
        ",",
        ".",
    ]
)


@given(st.one_of(st.text(max_size=120), st.lists(_SCRAPS, max_size=60).map(" ".join)))
def test_any_text_is_refused_or_decided_and_never_escapes(text: str) -> None:
    book = RuleBook(
        (_element("age", ElementType.NUMBER), _element("household", ElementType.TEXT), _element("owns", ElementType.YES_NO))
    )
    if not book.problem(text):
        assert grammar_problem(text) == ""
        assert isinstance(book.decide(text, {"age": 0, "household": "local", "owns": True}), Verdict)


_TRUTHS = st.dictionaries(st.sampled_from(["aa", "bb"]), st.booleans())


@given(_TRUTHS)
def test_rules_put_together_mean_what_their_names_say(facts: dict[str, bool]) -> None:
    book = RuleBook((_element("aa", ElementType.YES_NO), _element("bb", ElementType.YES_NO)))
    a, b = facts.get("aa"), facts.get("bb")

    def verdict(value: bool | None) -> Verdict:
        return Verdict.OPEN if value is None else Verdict.YES if value else Verdict.NO

    either = True if a or b else None if a is None or b is None else False
    all_two = False if a is False or b is False else None if a is None or b is None else True
    excused = True if a is False or b else None if a is None or b is None else False
    assert book.decide(any_of(["aa", "bb"]), facts) is verdict(either)
    assert book.decide(both("aa", "bb"), facts) is verdict(all_two)
    assert book.decide(unless("aa", "bb"), facts) is verdict(excused)
    assert any_of(["a", None]) is None
    assert both(None, "b") == "b"
    assert names_in("a && b") == {"a", "b"}
