"""Lists of pairs, good and bad."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.face.pairs import PairsUnusable, read_pairs

GOOD = "probe,reference,same\na.jpg,b.jpg,1\na.jpg,c.jpg,0\n"


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "pairs.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace(",1", ",True")])
def test_pictures_lie_relative_to_the_list(tmp_path: Path, content: str) -> None:
    listed = read_pairs(_written(tmp_path, content.encode()))
    assert [(pair.probe.name, pair.reference.name, pair.is_same) for pair in listed.pairs] == [
        ("a.jpg", "b.jpg", True),
        ("a.jpg", "c.jpg", False),
    ]
    assert listed.pairs[0].probe.parent == tmp_path
    assert listed.name.startswith("pairs.csv ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column"),
        (b"probe,same\na,1\n", "no column reference"),
        (b"probe,reference,same\na,b,1\n", "two people"),
        (b"probe,reference,same\na,b,0\n", "one person"),
        (b"probe,reference,same\na,b,yes\n", "line 2"),
        (b"probe,reference,same\na,b\n", "line 2"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_bad_list_is_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(PairsUnusable, match=words) as caught:
        read_pairs(_written(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_no_list_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(PairsUnusable, match="No such file"):
        read_pairs(tmp_path / "none.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_whatever_is_in_the_file_nothing_but_a_clear_line_comes_of_it(tmp_path: Path, content: bytes) -> None:
    path = _written(tmp_path, b"probe,reference,same\n" + content)
    with contextlib.suppress(PairsUnusable):
        assert {pair.is_same for pair in read_pairs(path).pairs} == {True, False}
