"""Searching by name, everyday word, pinyin, initials, and in spite of mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue.search import LEAST_SCORE, SearchIndex, normal
from tests.helpers.people import sample_catalogue


@pytest.fixture(scope="module")
def subject() -> SearchIndex:
    return SearchIndex(sample_catalogue())


@pytest.mark.parametrize(
    ("query", "item"),
    [
        ("居住证申领", "residence_permit"),
        ("暂住证", "residence_permit"),
        ("jzz", "residence_permit"),
        ("juzhuzheng", "residence_permit"),
        ("JuZhuZheng", "residence_permit"),
        ("老人证", "senior_card"),
        ("老年优代证", "senior_card"),
        ("senior", "senior_card"),
        ("snior card", "senior_card"),
        ("gjj", "fund_proof"),
        ("公鸡金明细", "fund_statement"),
        ("违章", "traffic_violations"),
        ("我想给孩子上户口", "newborn"),
        ("买房", "home_purchase"),
        ("开公司", "yiqiban"),
        ("ｙｑｂ", "yiqiban"),
        ("退休工资", "pension_statement"),
        ("无房证明", "no_home_proof"),
        ("yidijiuyi", "treatment_elsewhere"),
        ("异地就一", "treatment_elsewhere"),
    ],
)
def test_the_first_hit_is_what_was_meant(subject: SearchIndex, query: str, item: str) -> None:
    hits = subject.search(query)
    assert hits
    assert hits[0].item.id == item


def test_every_listed_matter_is_found_by_its_name_and_its_first_everyday_word(subject: SearchIndex) -> None:
    for item in sample_catalogue().items:
        assert subject.search(item.name.zh)[0].item is item
        assert item in [hit.item for hit in subject.search(item.aliases[0], limit=3)], item.aliases[0]


@pytest.mark.parametrize("query", ["", "   ", "！！！", "飞机票", "xyzxyz", "🙂"])
def test_nothing_is_found_for_nothing(subject: SearchIndex, query: str) -> None:
    assert subject.search(query) == ()


@given(st.text(max_size=300))
def test_any_text_can_be_searched_for(text: str) -> None:
    hits = SEARCH.search(text)
    assert all(LEAST_SCORE <= hit.score <= 100 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(normal(text)) <= 40


SEARCH = SearchIndex(sample_catalogue())
