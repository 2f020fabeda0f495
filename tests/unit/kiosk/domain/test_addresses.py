"""An address is taken apart into the divisions that there are, and put together again without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.addresses import OWN_PATH, Address, Division, below, is_whole, provinces, take_apart


def _paths(divisions: tuple[Division, ...], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for division in divisions:
        here = (*path, division.name)
        found += [here, *_paths(division.parts, here)]
    return found


PATHS = _paths(provinces())


def test_the_table_is_that_of_the_country_with_the_own_city_first() -> None:
    assert len(provinces()) == 34
    assert (provinces()[0].name, provinces()[0].parts[0].name) == OWN_PATH
    names = [division.name for division in below(OWN_PATH)]
    assert names == [
        "鹿城区",
        "龙湾区",
        "瓯海区",
        "洞头区",
        "永嘉县",
        "平阳县",
        "苍南县",
        "文成县",
        "泰顺县",
        "瑞安市",
        "乐清市",
        "龙港市",
    ]
    assert sum(1 for path in PATHS if is_whole(path)) > 2800


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("浙江省温州市瓯海区测试路 1 号", ("浙江省", "温州市", "瓯海区"), "测试路 1 号"),
        ("温州市瓯海区娄桥街道", ("浙江省", "温州市", "瓯海区"), "娄桥街道"),
        ("北京市东城区测试胡同 2 号", ("北京市", "东城区"), "测试胡同 2 号"),
        ("海南省五指山市测试路", ("海南省", "五指山市"), "测试路"),
        ("广东省东莞市测试路", ("广东省", "东莞市"), "测试路"),
        ("浙江省测试", ("浙江省",), "测试"),
        ("杭州市西湖区测试路", ("浙江省", "杭州市", "西湖区"), "测试路"),
        ("测试路 8 号", (), "测试路 8 号"),
        ("瓯海区测试路", (), "瓯海区测试路"),
        ("", (), ""),
    ],
)
def test_the_longest_beginning_that_names_divisions(text: str, path: tuple[str, ...], line: str) -> None:
    assert take_apart(text) == Address(path, line)


def test_every_path_comes_back_out_of_its_own_text() -> None:
    for path in PATHS:
        assert take_apart(Address(path, "测试路 1 号").text) == Address(path, "测试路 1 号")


@given(st.text(max_size=80))
def test_nothing_is_lost_of_any_text(text: str) -> None:
    found = take_apart(text)
    assert found.text.endswith(text.strip())


def test_below_nothing_that_there_is_there_is_nothing() -> None:
    assert below(("火星",)) == ()
    assert not is_whole(())
    assert is_whole(("浙江省", "温州市", "瓯海区"))


def test_it_is_not_in_the_repr() -> None:
    assert "瓯海" not in repr(take_apart("浙江省温州市瓯海区测试路"))
