"""电子证照: told to whom it belongs, valid on the day, sealed, and every use on record with its purpose."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.case_contents import CaseContents, MaterialLine
from contract.certificates import (
    CertificateAnswer,
    CertificateQuestion,
    CertificateState,
    CheckCertificate,
    certificate_info,
    open_state,
    seal_state,
)
from fleet.certificates import HeldCertificate, sample_certificates
from fleet.clock import in_china
from fleet.database import FILE_NAME
from fleet.platform import Platform
from fleet.reports import report_cases, report_certificates
from kiosk.catalogue.certificates import read_identifier
from tests.helpers.people import sample_catalogue
from tests.helpers.terminal import Terminal, sample_applicant, sample_payload, seal_under
from tests.integration.fleet.conftest import MovableClock

IDENTIFIER = "1.2.156.3005.2.11330304MB0TEAT21B001.11330304MB0TEAT21B.SAMPLE00000.001.X"
HOLDER = "330304195803080026"
SOMEBODY_ELSE = "42010219920214123X"
PURPOSE = "11330304MB0TEAT3X34330511001001"


@pytest.fixture
def today(clock: MovableClock) -> date:
    return in_china(clock()).date()


def _hold(platform: Platform, today: date, starts: int, ends: int | None, *, revoked: bool = False, holder: str = HOLDER) -> None:
    valid_to = None if ends is None else today + timedelta(days=ends)
    certificate = HeldCertificate(IDENTIFIER, "resident", holder, today + timedelta(days=starts), valid_to, revoked)
    assert platform.certificates.put([certificate]) == 1


def _request(terminal: Terminal, info: bytes = b"", **changes: object) -> tuple[CheckCertificate, bytes]:
    answer_key = os.urandom(32)
    values: dict[str, object] = {"id_type": "resident", "id_number": HOLDER, "identifier": IDENTIFIER, "purpose": PURPOSE}
    question = CertificateQuestion(**({**values, "answer_key": answer_key} | changes))  # type: ignore[arg-type]
    key = terminal.identity.sealing_keys[0]
    sealed = seal_under(key, info or certificate_info(terminal.identity.kiosk_id), msgspec.json.encode(question))
    return CheckCertificate(suite=key.suite, sealing_key_id=key.key_id, sealed=sealed), answer_key


def _ask(terminal: Terminal, **changes: object) -> CertificateState:
    request, key = _request(terminal, **changes)  # type: ignore[arg-type]
    response = terminal.send("POST", "/v1/certificates/check", msgspec.json.encode(request))
    assert response.status_code == 200, response.text
    assert HOLDER.encode() not in response.content
    state = open_state(msgspec.json.decode(response.content, type=CertificateAnswer).sealed, key, request.sealed)
    assert isinstance(state, CertificateState)
    return state


@pytest.mark.parametrize(
    ("starts", "ends", "revoked", "outcome"),
    [
        (-10, None, False, "valid"),
        (0, 0, False, "valid"),
        (-10, -1, False, "expired"),
        (1, 10, False, "not_yet_valid"),
        (-10, 10, True, "revoked"),
    ],
)
def test_a_certificate_counts_from_its_first_day_to_its_last(
    terminal: Terminal, platform: Platform, today: date, starts: int, ends: int | None, *, revoked: bool, outcome: str
) -> None:
    _hold(platform, today, starts, ends, revoked=revoked)
    state = _ask(terminal)
    assert state.outcome == outcome
    assert state.valid_to == ("" if ends is None else (today + timedelta(days=ends)).isoformat())


def test_somebody_elses_and_one_that_does_not_exist_get_the_same_answer(
    terminal: Terminal, platform: Platform, today: date
) -> None:
    _hold(platform, today, -10, None)
    theirs = _ask(terminal, id_number="42010219920214123X")
    none = _ask(terminal, identifier=IDENTIFIER.replace("SAMPLE00000", "SAMPLE99999"))
    assert theirs == none == CertificateState(outcome="unknown")


def test_each_use_is_on_record_with_its_purpose_and_without_names(terminal: Terminal, platform: Platform, today: date) -> None:
    _hold(platform, today, -10, None)
    _ask(terminal)
    _ask(terminal, id_number="42010219920214123X")
    newest, first = report_certificates(platform.database)
    assert (first["outcome"], first["purpose"], first["kiosk_id"]) == ("valid", PURPOSE, terminal.identity.kiosk_id)
    assert newest["outcome"] == "unknown"
    assert HOLDER not in json.dumps([first, newest])
    assert IDENTIFIER not in json.dumps([first, newest])


@pytest.mark.parametrize(
    "changes",
    [
        {"answer_key": b"short"},
        {"id_number": ""},
        {"identifier": "x" * 121},
        {"purpose": ""},
        {"info": b"another kind of question"},
    ],
)
def test_what_is_no_question_is_refused_and_not_on_record(
    terminal: Terminal, platform: Platform, changes: dict[str, object]
) -> None:
    request, _ = _request(terminal, **changes)  # type: ignore[arg-type]
    response = terminal.send("POST", "/v1/certificates/check", msgspec.json.encode(request))
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
    assert report_certificates(platform.database) == []


@pytest.mark.parametrize(
    ("starts", "ends", "revoked", "holder", "expected"),
    [
        (-30, 30, False, HOLDER, "processed"),
        (-30, None, False, HOLDER, "processed"),
        (-30, -1, False, HOLDER, "needs_staff"),
        (1, 30, False, HOLDER, "needs_staff"),
        (-30, 30, True, HOLDER, "needs_staff"),
        (-30, 30, False, SOMEBODY_ELSE, "needs_staff"),
    ],
)
def test_a_certificate_is_looked_at_again_when_its_case_arrives(
    terminal: Terminal,
    platform: Platform,
    starts: int,
    ends: int | None,
    revoked: bool,
    holder: str,
    expected: str,
) -> None:
    """A terminal that could not ask has taken it on its check character alone."""
    header = terminal.header()
    _hold(platform, in_china(header.committed_at_ms).date(), starts, ends, revoked=revoked, holder=holder)
    line = MaterialLine(
        material="household_register",
        role="primary",
        source="certificate",
        stuff_type=1,
        stuff_status=0,
        certificate=IDENTIFIER,
    )
    applicant = sample_applicant(id_number=HOLDER, birth_date="1958-03-08")
    payload = sample_payload(header, applicant=applicant, contents=CaseContents(materials=(line,)))
    terminal.submit(terminal.case(header, payload))
    platform.processor.run()
    (record,) = report_cases(platform.database)
    assert (record["state"], record["reason"]) == (expected, "certificate_not_valid" if expected == "needs_staff" else "")


def test_neither_identifier_nor_a_digest_of_it_alone_lies_in_the_database(
    platform: Platform, today: date, tmp_path: Path
) -> None:
    _hold(platform, today, -1, None)
    platform.close()
    content = b"".join(path.read_bytes() for path in (tmp_path / "data").glob(f"{FILE_NAME}*"))
    assert b"certificate" in content
    for hint in (IDENTIFIER, hashlib.sha256(IDENTIFIER.encode()).hexdigest(), HOLDER):
        assert hint.encode() not in content


def test_a_key_the_platform_does_not_hold_is_told(terminal: Terminal) -> None:
    request, _ = _request(terminal)
    response = terminal.send(
        "POST", "/v1/certificates/check", msgspec.json.encode(msgspec.structs.replace(request, suite="other"))
    )
    assert (response.status_code, response.json()["code"]) == (422, "unknown_sealing_key")


def test_the_samples_are_sound_and_of_the_catalogues_types() -> None:
    types = {needed.certificate for item in sample_catalogue().items for needed in item.materials if needed.certificate}
    samples = sample_certificates()
    assert len({one.identifier for one in samples}) == len(samples) > 20
    for one in samples:
        read = read_identifier(one.identifier)
        assert read is not None, one
        assert "SAMPLE" in read.serial
    assert types <= {read.type_code for one in samples if (read := read_identifier(one.identifier))}


def test_the_command_adds_the_samples_and_reports_uses(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    added = subprocess.run(
        [sys.executable, "-m", "fleet", "shared-data", "add-samples", *data], capture_output=True, check=True, encoding="utf-8"
    )
    assert f"{len(sample_certificates())} certificates" in added.stdout
    told = subprocess.run(
        [sys.executable, "-m", "fleet", "report", "certificates", "--json", *data],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert json.loads(told.stdout) == {"certificates": []}


@given(st.binary(max_size=200))
def test_what_is_no_answer_opens_as_none(noise: bytes) -> None:
    assert open_state(noise, bytes(32), b"question") is None
    state = CertificateState(outcome="valid", valid_to="2030-01-01")
    sealed = seal_state(state, bytes(32), b"question")
    assert open_state(sealed, bytes(32), b"question") == state
    assert open_state(sealed, bytes(32), b"another") is None
