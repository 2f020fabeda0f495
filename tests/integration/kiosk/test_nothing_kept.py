"""A planted face is found nowhere a second after the decision; the full run of 200 checks is ``benchmarks.nothing_kept``."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import memory_search, nothing_kept
from benchmarks.memory_search import Search, may_read_others

pytestmark = pytest.mark.skipif(not may_read_others(), reason="the memory of other processes cannot be read: not root")

EVERYWHERE = {"picture, BGR", "face, BGR", "card, grey", "template, float64"}
"""What must be seen in the middle of a check, so that not finding it afterwards means something."""


def test_nothing_of_a_resident_is_left_in_memory_or_on_disk(tmp_path: Path) -> None:
    result = nothing_kept.measure(2, tmp_path, lambda _words: None)
    assert result["findings"] == []
    assert result["searched_mb"] > 100
    assert result["outcomes"] == {"PersonProved": 1, "face.wrong_action": 1, "face.timed_out": 1}
    assert {finding.split(" in ")[0] for finding in result["control_during"]} >= EVERYWHERE
    assert any(finding.startswith("picture, BGR in terminal") for finding in result["control_planted"])
    assert (tmp_path / "stderr.log").read_bytes() == b""


@pytest.mark.parametrize("before", range(50, 66))
def test_the_search_finds_what_lies_across_the_border_of_two_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    monkeypatch.setattr(memory_search, "_CHUNK_BYTES", 64)
    (tmp_path / "log").write_bytes(b"." * before + b"sixteen bytes or more" + b"." * (before % 3))
    search = Search({"it": b"sixteen bytes or more", "other": b"what is not there"})
    search.folders([tmp_path], 0.0)
    assert set(search.findings) == {f"it in {tmp_path / 'log'}"}
