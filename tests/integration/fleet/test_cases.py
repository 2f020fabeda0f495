"""Cases, from the sealed envelope to the signed receipt."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.cases import Accepted, CaseHeader, Conflict, Duplicate, Rejected, SealedCase, SubmitCases, signed_bytes
from fleet.platform import Platform
from fleet.reports import report_cases
from tests.helpers.terminal import (
    PERSONAL,
    Terminal,
    new_case_id,
    sample_applicant,
    sample_consent,
    sample_payload,
    sample_proof,
)

replace = msgspec.structs.replace


def test_a_sound_case_is_accepted_with_a_receipt_for_these_very_bytes(terminal: Terminal, platform: Platform) -> None:
    header = terminal.header()
    case = terminal.case(header)

    (outcome,) = terminal.submit(case).outcomes

    assert isinstance(outcome, Accepted)
    receipt = terminal.check_receipt(outcome.receipt)
    assert (receipt.case_id, receipt.kiosk_id, receipt.receipt_number, receipt.digest) == (
        header.case_id,
        terminal.identity.kiosk_id,
        header.receipt_number,
        case.digest,
    )
    (record,) = report_cases(platform.database)
    assert (record["case_id"], record["state"], record["digest"], record["copies"]) == (
        header.case_id,
        "received",
        case.digest,
        1,
    )


def test_the_same_case_again_gets_the_same_receipt_and_is_held_once(terminal: Terminal, platform: Platform) -> None:
    case = terminal.case()
    (first,) = terminal.submit(case).outcomes
    again, twice = terminal.submit(case, case).outcomes

    assert isinstance(first, Accepted)
    assert isinstance(again, Duplicate)
    assert again.receipt == twice.receipt == first.receipt  # type: ignore[union-attr]
    assert len(report_cases(platform.database)) == 1


def test_the_same_case_twice_in_one_delivery_is_accepted_once(terminal: Terminal, platform: Platform) -> None:
    case = terminal.case()
    first, second = terminal.submit(case, case).outcomes
    assert isinstance(first, Accepted)
    assert isinstance(second, Duplicate)
    assert second.receipt == first.receipt
    assert len(report_cases(platform.database)) == 1


def test_other_bytes_under_a_held_id_are_a_conflict_and_change_nothing(terminal: Terminal, platform: Platform) -> None:
    header = terminal.header()
    held, other = terminal.case(header), terminal.case(header)
    assert held.digest != other.digest

    first, second = terminal.submit(held, other).outcomes
    (third,) = terminal.submit(other).outcomes

    assert isinstance(first, Accepted)
    assert second == third == Conflict(header.case_id, held.digest)
    assert [record["digest"] for record in report_cases(platform.database)] == [held.digest]


def test_one_bad_case_does_not_touch_the_others(terminal: Terminal, platform: Platform) -> None:
    good, also_good = terminal.case(), terminal.case()
    outcomes = terminal.submit(good, SealedCase(b"{", b"", b""), also_good).outcomes
    assert [type(outcome) for outcome in outcomes] == [Accepted, Rejected, Accepted]
    assert len(report_cases(platform.database)) == 2


def _rejected(terminal: Terminal, case: SealedCase) -> Rejected:
    (outcome,) = terminal.submit(case).outcomes
    assert isinstance(outcome, Rejected), outcome
    assert not any(personal in outcome.reason for personal in PERSONAL)
    return outcome


def test_a_signature_by_another_key_is_refused(terminal: Terminal) -> None:
    case = terminal.case()
    forged = replace(case, signature=Ed25519PrivateKey.generate().sign(signed_bytes(case.header, case.sealed)))
    assert _rejected(terminal, forged).code == "bad_signature"


def test_a_changed_header_is_refused_even_when_the_case_is_held(terminal: Terminal) -> None:
    case = terminal.case()
    changed = replace(case, header=case.header.replace(b'"boot-1"', b'"boot-2"'))
    assert changed.header != case.header
    assert _rejected(terminal, changed).code == "bad_signature"
    terminal.submit(case)
    assert _rejected(terminal, changed).code == "bad_signature"


def test_a_sealed_part_does_not_open_under_another_header(terminal: Terminal) -> None:
    first, header = terminal.case(), msgspec.json.encode(terminal.header())
    moved = SealedCase(header, first.sealed, terminal.key.sign(signed_bytes(header, first.sealed)))
    assert _rejected(terminal, moved).code == "cannot_open"


def test_another_terminals_case_is_refused(new_terminal: Callable[..., Terminal]) -> None:
    one, other = new_terminal("测试 1 号机"), new_terminal("测试 2 号机")
    assert _rejected(other, one.case()).code == "foreign_kiosk"
    claimed = other.case(other.header(kiosk_id=one.identity.kiosk_id))
    assert _rejected(one, claimed).code == "bad_signature"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 2}, "unsupported_version"),
        ({"suite": "HPKE-SM2"}, "unsupported_suite"),
        ({"sealing_key_id": "s-0000000000000000"}, "unknown_sealing_key"),
        ({"case_id": "11111111-1111-4111-8111-111111111111"}, "bad_header"),
        ({"case_id": new_case_id().upper()}, "bad_header"),
        ({"sequence": 0}, "bad_header"),
        ({"sequence": 2**70}, "bad_header"),
        ({"platform_offset_ms": -(2**70)}, "bad_header"),
        ({"boot_id": "a\u202eb"}, "bad_header"),
        ({"receipt_number": "330304261123000100001A"}, "bad_receipt_number"),
        ({"receipt_number": "3303042611230001000011"}, "bad_receipt_number"),
        ({"sequence": 7}, "bad_receipt_number"),
    ],
)
def test_a_header_out_of_bounds_is_refused(terminal: Terminal, changes: dict[str, object], code: str) -> None:
    header = terminal.header(**changes)
    assert _rejected(terminal, terminal.case(header, sample_payload(header))).code == code


def test_a_receipt_number_of_another_terminals_range_is_refused(new_terminal: Callable[..., Terminal]) -> None:
    one, other = new_terminal(), new_terminal()
    number = other.header().receipt_number
    assert _rejected(one, one.case(one.header(receipt_number=number))).code == "bad_receipt_number"


def test_an_unknown_field_in_the_header_is_refused(terminal: Terminal) -> None:
    header = msgspec.json.decode(msgspec.json.encode(terminal.header())) | {"name": "x"}
    assert _rejected(terminal, terminal.seal(msgspec.json.encode(header), b"{}")).code == "bad_header"


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 50_000, b"\xff\xfe", b'{"case_id":"\\ud800"}'])
def test_a_payload_that_is_none_is_refused(terminal: Terminal, content: bytes) -> None:
    assert _rejected(terminal, terminal.case(payload=content)).code == "bad_payload"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"case_id": new_case_id()}, "payload_mismatch"),
        ({"receipt_number": "3303042611230001000099"}, "payload_mismatch"),
        ({"item_code": "12441500196720244T3442199806003"}, "payload_mismatch"),
        ({"task_handle_item": "12441500196720244T344219980600301"}, "bad_item_code"),
        ({"applicant": sample_applicant(id_number="330304195803080027")}, "bad_id_number"),
        ({"applicant": sample_applicant(id_type="passport")}, "bad_id_number"),
        ({"applicant": sample_applicant(sex_code="3")}, "bad_applicant"),
        ({"applicant": sample_applicant(birth_date="1958-02-30")}, "bad_applicant"),
        ({"applicant": sample_applicant(name="")}, "bad_applicant"),
        ({"identification": sample_proof(assurance_level=5)}, "bad_identification"),
        ({"identification": sample_proof(distance=-1.0)}, "bad_identification"),
        ({"identification": sample_proof(liveness_score=1.01)}, "bad_identification"),
        ({"identification": sample_proof(calibration="c" * 201)}, "bad_identification"),
        ({"identification": sample_proof(credential_id="a1" * 32)}, "bad_identification"),
        ({"identification": sample_proof(route="electronic_credential", credential_id="A1" * 32)}, "bad_identification"),
        ({"consents": (sample_consent("face", guardian_name="测试·林大瓯"),)}, "bad_consents"),
        ({"consents": (sample_consent("face", given_by="guardian"),)}, "bad_consents"),
        ({"consents": (sample_consent("case_data"),) * 51}, "bad_consents"),
        ({"signature_strokes": (((0, 10_001),),)}, "bad_signature_strokes"),
    ],
)
def test_a_payload_out_of_form_is_refused(terminal: Terminal, changes: dict[str, object], code: str) -> None:
    header = terminal.header()
    assert _rejected(terminal, terminal.case(header, sample_payload(header, **changes))).code == code


def test_all_defects_are_told_at_once(terminal: Terminal) -> None:
    header = terminal.header()
    payload = sample_payload(
        header, applicant=sample_applicant(sex_code="7", birth_date="x"), identification=sample_proof(assurance_level=0)
    )
    reason = _rejected(terminal, terminal.case(header, payload)).reason
    assert all(words in reason for words in ("sex code", "birth date", "assurance level"))


def test_a_case_beyond_the_size_limit_is_refused_alone(terminal: Terminal) -> None:
    header = msgspec.json.encode(terminal.header())
    large = terminal.seal(header, b"x" * (264 * 1024))
    long_header = terminal.seal(b" " * 8193, b"")
    outcomes = terminal.submit(large, long_header, terminal.case()).outcomes
    assert [getattr(outcome, "code", "accepted") for outcome in outcomes] == ["too_large", "too_large", "accepted"]


def test_a_delivery_of_too_many_cases_is_too_large(terminal: Terminal) -> None:
    body = msgspec.msgpack.encode(SubmitCases((SealedCase(b"", b"", b""),) * 501))
    response = terminal.send("POST", "/v1/cases", body)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_nothing_of_a_resident_lies_in_the_data_folder(terminal: Terminal, platform: Platform) -> None:
    assert isinstance(terminal.submit(terminal.case()).outcomes[0], Accepted)
    platform.processor.run()
    folder = platform.database._path.parent
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert terminal.identity.kiosk_id.encode() in stored
    for personal in PERSONAL:
        assert personal.encode() not in stored
        assert personal.encode("utf-16-le") not in stored


def test_the_sealing_binds_every_byte_of_the_header(terminal: Terminal, platform: Platform) -> None:
    """The signature would catch a change first; the sealing must do so by itself."""
    header = msgspec.json.encode(terminal.header())
    sealed = terminal.seal(header, b"{}").sealed
    key = platform.keys.opening[0]
    assert key.open(header, sealed) == b"{}"
    with pytest.raises(Exception, match=key.key_id):
        key.open(header + b" ", sealed)


def test_the_header_is_strictly_of_the_contract() -> None:
    assert CaseHeader.__struct_config__.forbid_unknown_fields
