"""数据共享: told to whom it belongs, for one matter, with consent, sealed, and on record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from contract.sharing import RequestSharedData, SharedData, SharedDataAnswer, SharedDataQuestion, open_answer, sharing_info
from fleet.clock import system_clock
from fleet.errors import PlatformError
from fleet.platform import Platform
from fleet.sample_residents import SAMPLE_RESIDENTS
from fleet.sample_shared_data import sample_shared_data
from fleet.shared_data import SharedRow, questions
from tests.helpers.terminal import Terminal, seal_under
from tests.integration.fleet.conftest import MovableClock

ELDER = {"id_number": "330304195803080026", "name": "测试·林小瓯"}


@pytest.fixture(autouse=True)
def samples(platform: Platform, clock: MovableClock) -> None:
    platform.residents.add(SAMPLE_RESIDENTS, clock())
    platform.sharing.register.put(sample_shared_data(), clock())


def _request(terminal: Terminal, *elements: str, info: bytes = b"", **changes: object) -> tuple[RequestSharedData, bytes]:
    answer_key = os.urandom(32)
    values: dict[str, object] = {
        "id_type": "resident",
        "purpose": "11330304MB0TEAT3X34330511001001",
        "consent_version": "2026.11",
        "consented_at_ms": system_clock(),
        "elements": elements,
        "answer_key": answer_key,
    }
    question = SharedDataQuestion(**(values | ELDER | changes))  # type: ignore[arg-type]
    key = terminal.identity.sealing_keys[0]
    sealed = seal_under(key, info or sharing_info(terminal.identity.kiosk_id), msgspec.json.encode(question))
    return RequestSharedData(suite=key.suite, sealing_key_id=key.key_id, sealed=sealed), answer_key


def _ask(terminal: Terminal, *elements: str, **changes: object) -> tuple[int, dict[str, object] | str]:
    """Status, and outcomes or values by element; or the code of a problem."""
    request, key = _request(terminal, *elements, **changes)  # type: ignore[arg-type]
    response = terminal.send("POST", "/v1/shared-data", msgspec.json.encode(request))
    if response.status_code != 200:
        return response.status_code, str(response.json()["code"])
    answer = msgspec.json.decode(response.content, type=SharedDataAnswer)
    data = open_answer(answer.sealed, key, request.sealed)
    assert isinstance(data, SharedData)
    return 200, {one.name: one.value if one.outcome == "value" else one.outcome for one in data.elements}


def test_authorities_tell_what_they_hold_and_nothing_that_was_not_asked_for(terminal: Terminal) -> None:
    assert _ask(terminal, "phone", "social_insurance_months", "criminal_record", "nothing_known") == (
        200,
        {"phone": "13800000000", "social_insurance_months": 372, "criminal_record": False, "nothing_known": "not_held"},
    )


def test_the_answer_travels_sealed(terminal: Terminal) -> None:
    request, _ = _request(terminal, "phone")
    response = terminal.send("POST", "/v1/shared-data", msgspec.json.encode(request))
    assert b"13800000000" not in response.content


@pytest.mark.parametrize("changes", [{"name": "测试·别人"}, {"id_number": "330304195501010011"}, {"id_type": "J"}])
def test_nobody_else_s_data_is_told(terminal: Terminal, changes: dict[str, object]) -> None:
    assert _ask(terminal, "phone", **changes) == (200, {"phone": "not_held"})


def test_an_authority_that_is_down_or_refuses_says_so(terminal: Terminal, platform: Platform) -> None:
    assert platform.sharing.register.set_state("data_bureau", "down")
    assert platform.sharing.register.set_state("social_insurance_centre", "refusing")
    assert not platform.sharing.register.set_state("nobody", "down")
    assert _ask(terminal, "phone", "social_insurance_months", "marriage_status") == (
        200,
        {"phone": "down", "social_insurance_months": "refused", "marriage_status": "已婚"},
    )


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"consented_at_ms": 0}, (403, "no_consent")),
        ({"consent_version": ""}, (400, "bad_request")),
        ({"elements": ()}, (400, "bad_request")),
        ({"elements": ("phone", "phone")}, (400, "bad_request")),
        ({"elements": tuple(f"e{n}" for n in range(61))}, (400, "bad_request")),
        ({"answer_key": b"short"}, (400, "bad_request")),
        ({"purpose": "\n"}, (400, "bad_request")),
        ({"info": b"another terminal's"}, (400, "bad_request")),
    ],
)
def test_what_is_no_question_gets_no_answer(terminal: Terminal, changes: dict[str, object], answer: tuple[int, str]) -> None:
    assert _ask(terminal, "phone", **changes) == answer


def test_every_question_is_on_record_without_a_value_or_a_name(terminal: Terminal, platform: Platform) -> None:
    _ask(terminal, "phone", "nothing_known")
    (noted,) = questions(platform.database)
    assert json.loads(str(noted["outcomes"])) == {"phone": "value", "nothing_known": "not_held"}
    assert noted["kiosk_id"] == terminal.identity.kiosk_id
    whole = json.dumps(noted)
    assert ELDER["id_number"] not in whole
    assert "13800000000" not in whole


def test_the_table_shows_no_value_and_no_number(platform: Platform) -> None:
    with platform.database.reading() as connection:
        held = b"".join(repr(tuple(row)).encode() + row["sealed"] for row in connection.execute("SELECT * FROM shared_values"))
    assert len(held) > 10_000
    for shown in (b"13800000000", b"330304195803080026", "已婚".encode()):
        assert shown not in held


@pytest.mark.expects_warnings
def test_a_value_moved_to_another_person_is_not_held(terminal: Terminal, platform: Platform) -> None:
    with platform.database.transaction() as connection:
        connection.execute(
            "UPDATE shared_values SET sealed = (SELECT sealed FROM shared_values WHERE element = 'marriage_status')"
        )
    assert _ask(terminal, "phone") == (200, {"phone": "not_held"})


def test_a_value_that_cannot_be_is_not_taken_in(platform: Platform) -> None:
    for row in (
        SharedRow(id_type="resident", id_number="1", element="e\n", authority="a", value=1),
        SharedRow(id_type="resident", id_number="1", element="e", authority="a", value="x" * 2000),
    ):
        with pytest.raises(PlatformError):
            platform.sharing.register.put((row,), 1)


def test_the_commands_add_list_and_set(tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fleet", "shared-data", *words, "--data", str(tmp_path / "data")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert "values added" in run("add-samples").stdout
    assert run("set", "data_bureau", "down").returncode == 0
    told = json.loads(run("list", "--json").stdout)["authorities"]
    assert {one["authority"]: one["state"] for one in told}["data_bureau"] == "down"
    refused = run("set", "nobody", "down")
    assert refused.returncode != 0
    assert "no authority is called" in refused.stderr
    assert json.loads(run("questions", "--json").stdout) == {"questions": []}
