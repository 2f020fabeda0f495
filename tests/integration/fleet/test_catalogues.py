"""Catalogues: draft, review, published, retired; signed, by two people, with a history; got by terminals with an entity tag."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import assets
from contract.catalogues import CatalogueAnswer, CatalogueStatement, check, unpack
from fleet.errors import PlatformError
from fleet.platform import Platform
from tests.helpers.terminal import Terminal

FOLDER = assets.ROOT / "catalogue"


def _files(version: str = "2026.11.2") -> dict[str, str]:
    files = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.yaml")}
    files["catalogue.yaml"] = files["catalogue.yaml"].replace("2026.11.2", version)
    return files


def _publish(platform: Platform, version: str) -> None:
    platform.catalogues.take_in(_files(version), "测试甲")
    platform.catalogues.move(version, "review", "测试甲")
    platform.catalogues.move(version, "published", "测试乙")


def _get(terminal: Terminal, etag: str = "") -> tuple[int, CatalogueAnswer | str, str]:
    headers = {"authorization": f"Bearer {terminal.token('GET', '/v1/catalogue', b'')}"} | (
        {"if-none-match": etag} if etag else {}
    )
    response = terminal.http.request("GET", "/v1/catalogue", headers=headers)
    told = response.headers.get("etag", "")
    if response.status_code != 200:
        return response.status_code, response.json()["code"] if response.content else "", told
    return 200, msgspec.json.decode(response.content, type=CatalogueAnswer), told


def test_a_catalogue_goes_from_draft_to_a_terminal_and_is_not_sent_twice(platform: Platform, terminal: Terminal) -> None:
    assert _get(terminal)[:2] == (404, "no_catalogue")
    _publish(platform, "2026.11.2")
    status, answer, etag = _get(terminal)
    assert status == 200
    assert isinstance(answer, CatalogueAnswer)
    statement = check(answer.catalogue, platform.keys.receipt_keys)
    assert isinstance(statement, CatalogueStatement)
    assert (statement.serial, statement.version) == (1, "2026.11.2")
    assert unpack(answer.catalogue.packed) == _files()
    assert _get(terminal, etag) == (304, "", etag)


def test_two_people_are_needed_and_no_step_is_skipped(platform: Platform) -> None:
    register = platform.catalogues
    register.take_in(_files(), "测试甲")
    with pytest.raises(PlatformError, match="is draft"):
        register.move("2026.11.2", "published", "测试乙")
    register.move("2026.11.2", "review", "测试甲")
    with pytest.raises(PlatformError, match="somebody else"):
        register.move("2026.11.2", "published", "测试甲")
    register.move("2026.11.2", "draft", "测试乙", "a limit is wrong")
    with pytest.raises(PlatformError, match="is draft"):
        register.move("2026.11.2", "retired", "测试乙")
    assert [(step.state, step.by) for step in register.history("2026.11.2")] == [
        ("draft", "测试甲"),
        ("review", "测试甲"),
        ("draft", "测试乙"),
    ]


def test_a_newer_one_retires_the_older_and_going_back_is_a_new_publication(platform: Platform, terminal: Terminal) -> None:
    _publish(platform, "2026.11.2")
    _publish(platform, "2026.11.3")
    assert {row.version: (row.state, row.serial) for row in platform.catalogues.rows()} == {
        "2026.11.2": ("retired", 1),
        "2026.11.3": ("published", 2),
    }
    platform.catalogues.move("2026.11.2", "published", "测试乙", "the newer one names a wrong limit")
    _, answer, _ = _get(terminal)
    assert isinstance(answer, CatalogueAnswer)
    statement = check(answer.catalogue, platform.keys.receipt_keys)
    assert isinstance(statement, CatalogueStatement)
    assert (statement.version, statement.serial) == ("2026.11.2", 3)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "1 to"),
        ({"../x.yaml": ""}, "no path of a catalogue"),
        ({"/etc/passwd.yaml": ""}, "no path of a catalogue"),
        ({"a\x00.yaml": ""}, "no path of a catalogue"),
        ({"catalogue.yaml": "version: 1"}, "names no version"),
        ({"catalogue.yaml": "a: ["}, "cannot be read"),
        ({"items/a.yaml": "x"}, "names no version"),
        ({"catalogue.yaml": "x" * (17 << 20)}, "larger than"),
    ],
)
def test_what_is_no_catalogue_is_not_taken_in(platform: Platform, files: dict[str, str], words: str) -> None:
    with pytest.raises(PlatformError, match=words):
        platform.catalogues.take_in(files, "测试甲")


def test_a_version_is_taken_in_once(platform: Platform) -> None:
    platform.catalogues.take_in(_files(), "测试甲")
    with pytest.raises(PlatformError, match="needs a new version"):
        platform.catalogues.take_in(_files(), "测试甲")
    with pytest.raises(PlatformError, match="there is no catalogue"):
        platform.catalogues.move("2026.1.1", "review", "测试甲")
    with pytest.raises(PlatformError, match="name who does it"):
        platform.catalogues.move("2026.11.2", "review", "\n")


def test_the_commands_lead_from_a_folder_to_the_publication(tmp_path: Path) -> None:
    data = tmp_path / "data"

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fleet", *words, "--data", str(data)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("enrol-token", "--region", "330304").returncode == 0
    assert "draft" in run("catalogue", "import", str(FOLDER), "--by", "甲").stdout
    assert "review" in run("catalogue", "review", "2026.11.2", "--by", "甲").stdout
    refused = run("catalogue", "publish", "2026.11.2", "--by", "甲")
    assert refused.returncode != 0
    assert "somebody else" in refused.stderr
    assert "published" in run("catalogue", "publish", "2026.11.2", "--by", "乙").stdout
    assert json.loads(run("catalogue", "list", "--json").stdout)["catalogues"][0]["state"] == "published"
    shown = json.loads(run("catalogue", "show", "2026.11.2", "--json").stdout)
    assert [step["state"] for step in shown["history"]] == ["draft", "review", "published"]
