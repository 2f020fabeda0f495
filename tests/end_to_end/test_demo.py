"""The demo as a test: five visits, six cases, on true screens, drivers and wire protocols, held against the platform's records."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from contract import receipt_number
from contract.statements import Checked, Flaw, Kind, check
from drivers.barcode_scanner.image_codes import UnreadablePicture, read_codes_file
from offline_queue.identity import IdentityStore

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("demo")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "kiosk", "demo", "--json", "--out", str(out)]
    ended = subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True, timeout=400, check=False)
    assert ended.stdout.strip(), f"nothing on standard output; stderr ends with: {ended.stderr[-3000:]}"
    result: dict[str, Any] = json.loads(ended.stdout)
    result["exit_code"], result["stderr"] = ended.returncode, ended.stderr
    return result


def _visit(demo: dict[str, Any], name: str) -> dict[str, Any]:
    visits = [visit for visit in demo["visits"] if visit["name"] == name]
    assert len(visits) == 1, demo["problems"]
    return dict(visits[0])


@pytest.mark.timeout(420)
@pytest.mark.xdist_group("demo")
class TestDemo:
    def test_all_visits_end_as_described(self, demo: dict[str, Any]) -> None:
        assert demo["problems"] == []
        assert (demo["ok"], demo["exit_code"]) == (True, 0)
        assert "Traceback" not in demo["stderr"]

    def test_every_case_is_on_the_platform_exactly_once_and_processed(self, demo: dict[str, Any]) -> None:
        records = demo["platform"]["cases"]
        assert sorted(record["case_id"] for record in records) == sorted(visit["case_id"] for visit in demo["visits"])
        assert {record["state"] for record in records} == {"processed"}
        assert all(receipt_number.is_valid(record["receipt_number"]) for record in records)

    def test_states_come_in_order_with_times(self, demo: dict[str, Any]) -> None:
        for visit in demo["visits"]:
            states = [entry["state"] for entry in visit["states"]]
            assert states[0] == "committed"
            assert states.index("accepted") < states.index("processed")
            assert [entry["at_ms"] for entry in visit["states"]] == sorted(entry["at_ms"] for entry in visit["states"])

    def test_whoever_comes_back_is_told_where_the_case_is(self, demo: dict[str, Any]) -> None:
        asked = demo["progress"]
        assert asked["receipt_number"] == demo["visits"][0]["receipt_number"]
        assert (asked["states"], asked["told_by"]) == (["submitted", "received", "accepted"], "platform")
        for path in asked["screens"]:
            assert _picture(Path(path)).std() > 5

    def test_matters_that_end_in_a_proof_have_one_that_the_platform_knows(self, demo: dict[str, Any]) -> None:
        codes = {visit["name"]: visit["proof_code"] for visit in demo["visits"] if visit["proof_code"]}
        assert sorted(codes) == ["elder", "paper_out", "second_item"]
        assert len(set(codes.values())) == 3
        database = sqlite3.connect(f"file:{Path(demo['out'], 'platform', 'platform.sqlite3')}?mode=ro", uri=True)
        with closing(database):
            held = {row[0]: row[1] for row in database.execute("SELECT verification_code, case_id FROM proofs")}
        assert held == {codes[visit["name"]]: visit["case_id"] for visit in demo["visits"] if visit["name"] in codes}

    def test_slips_say_where_the_case_was_when_they_were_printed(self, demo: dict[str, Any]) -> None:
        texts = {
            visit["name"]: Path(demo["out"], "slips", self._number(demo, visit) + ".txt").read_text(encoding="utf-8")
            for visit in demo["visits"]
        }
        assert "已送达政务服务平台" in texts["online"]
        assert "已保存在本机，尚未送达" in texts["platform_down"]
        assert "副本 COPY" in texts["paper_out"]
        for visit in demo["visits"]:
            assert visit["receipt_number"] in texts[visit["name"]]

    def test_every_slip_bears_a_code_that_the_machine_signed(self, demo: dict[str, Any]) -> None:
        """The demo asked the platform; here the machine's own public key is asked, without any platform."""
        keys = IdentityStore(Path(demo["out"], "terminal", "identity")).known_public_keys()
        kinds = {}
        for visit in demo["visits"]:
            codes = read_codes_file(Path(visit["slip"]))
            assert not isinstance(codes, UnreadablePicture)
            (text,) = {code.text for code in codes} - {visit["receipt_number"]}
            checked = check(text, keys)
            assert isinstance(checked, Checked), checked
            stated = checked.statement
            assert (stated.case_id, stated.receipt_number) == (visit["case_id"], visit["receipt_number"])
            assert isinstance(check(text[:-1] + str((int(text[-1]) + 1) % 6), keys), Flaw)
            assert visit["slip_code"] == "genuine"
            kinds[visit["name"]] = stated.kind
        assert kinds.pop("platform_down") is Kind.SAVED
        assert sorted(kinds) == ["elder", "no_face", "online", "paper_out", "second_item"]
        assert set(kinds.values()) == {Kind.DELIVERED}

    @staticmethod
    def _number(demo: dict[str, Any], visit: dict[str, Any]) -> str:
        """The numbered slip whose picture is the visit's."""
        picture = Path(visit["slip"]).read_bytes()
        return next(Path(path).stem for path in demo["slips"] if Path(path).read_bytes() == picture)

    def test_the_paper_ran_out_in_the_middle_of_a_slip(self, demo: dict[str, Any]) -> None:
        heights = [_picture(Path(path)).shape[0] for path in demo["slips"]]
        assert len(heights) == 7
        assert heights[2] < heights[3] / 2

    def test_every_screen_was_pictured_and_is_no_blank(self, demo: dict[str, Any]) -> None:
        for visit in demo["visits"]:
            assert len(visit["screens"]) >= 9
            for path in visit["screens"]:
                picture = _picture(Path(path))
                assert picture.shape[:2] == (1920, 1080)
                assert picture.std() > 2, path

    def test_every_rating_arrives_and_a_skip_as_a_skip(self, demo: dict[str, Any]) -> None:
        grades = {rating["case_id"]: rating["grade"] for rating in demo["platform"]["ratings"]}
        rated = {"online": 5, "platform_down": 0, "paper_out": 4, "no_face": 5, "second_item": 5, "elder": 5}
        assert grades == {_visit(demo, name)["case_id"]: grade for name, grade in rated.items()}

    def test_a_refused_face_check_leads_on_and_one_proof_serves_two_matters(self, demo: dict[str, Any]) -> None:
        first, second = _visit(demo, "no_face"), _visit(demo, "second_item")
        assert (first["face_consent"], first["route"], first["identified"]) == ("no", "id_card_staff", 1)
        assert (second["route"], second["identified"]) == ("id_card_staff", 0)
        assert any("route-after-refusal" in path for path in first["screens"])

    def test_nothing_of_the_residents_lies_about_in_the_clear(self, demo: dict[str, Any]) -> None:
        """Names, numbers, addresses and telephone numbers, in every file of terminal and platform, in both encodings."""
        canaries = ["林小瓯", "王小江", "330304195803080026", "42010219920214123X", "13800000000", "测试路1号"]
        patterns = [canary.encode(encoding) for canary in canaries for encoding in ("utf-8", "utf-16-le")]
        files = [path for folder in ("terminal", "platform") for path in Path(demo["out"], folder).rglob("*") if path.is_file()]
        assert any(path.suffix in (".db", ".sqlite") for path in files)
        found = [(path, pattern) for path in files for pattern in patterns if pattern in _without_register(path)]
        assert not found


def _without_register(path: Path) -> bytes:
    """A file's bytes; of the platform's database all but the register of fictitious residents, who stand there to be found."""
    if path.name != "platform.sqlite3":
        return path.read_bytes()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as held, closing(sqlite3.connect(":memory:")) as copy:
        held.backup(copy)
        assert copy.execute("DELETE FROM residents").rowcount > 0
        copy.commit()
        copy.execute("VACUUM")
        return copy.serialize()


def _picture(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path))
    assert picture is not None, path
    return np.asarray(picture)
