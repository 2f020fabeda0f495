"""``kiosk verify-receipt`` as a clerk meets it: a true process, without a network."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import receipt_number
from contract.kiosks import EnrolAnswer
from contract.statements import Kind
from offline_queue.identity import IdentityStore
from tests.helpers.platform_stand_in import Platform
from tests.helpers.statements import PUBLIC_KEY, SIGNING_KEY, sample_statement
from tests.integration.kiosk.test_commands import kiosk, told

SAMPLE = sample_statement()
NUMBER = receipt_number.make("330304", date(2026, 11, 23), "A001", 1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a terminal that was enrolled twice: its present key is a new one."""
    folder = tmp_path_factory.mktemp("terminal")
    identity, platform = IdentityStore(folder / "identity"), Platform()
    answer = EnrolAnswer(
        kiosk_id="k-330304-0001",
        region_code="330304",
        device_code="A001",
        sealing_keys=platform.sealing_keys,
        receipt_keys=platform.receipt_keys,
        platform_time_ms=1_795_420_800_000,
    )
    for key in (SIGNING_KEY, Ed25519PrivateKey.from_private_bytes(b"\1" * 32)):
        identity.adopt(answer, key, "http://127.0.0.1:9", "测试机")
    return folder


def test_a_genuine_code_is_told_in_words(data: Path) -> None:
    ended = kiosk("verify-receipt", "--data", str(data), SAMPLE.text)
    assert (ended.returncode, ended.stderr) == (0, "")
    for words in (SAMPLE.statement.receipt_number, SAMPLE.statement.item_code, "2026-11-23 16:00", "delivered", PUBLIC_KEY.hex()):
        assert words in ended.stdout


def test_a_genuine_code_is_told_to_programs() -> None:
    saved = sample_statement(kind=Kind.SAVED)
    ended = kiosk("verify-receipt", "-", "--json", "--public-key", PUBLIC_KEY.hex(), given=saved.text + "\n")
    assert ended.returncode == 0
    assert json.loads(ended.stdout) == {
        "valid": True,
        "code": "genuine",
        "receipt_number": saved.statement.receipt_number,
        "item_code": saved.statement.item_code,
        "said": "saved",
        "committed_at_ms": saved.statement.committed_at_ms,
        "committed_at": "2026-11-23 16:00",
        "case_id": saved.statement.case_id,
        "digest": saved.statement.digest,
        "key_id": saved.statement.key_id,
        "public_key": PUBLIC_KEY.hex(),
    }


_OTHER = sample_statement(Ed25519PrivateKey.generate()).text
_FORGED = sample_statement(Ed25519PrivateKey.generate(), key_id=SAMPLE.statement.key_id).text


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("hello", "not_a_receipt_code", "not the code of a slip"),
        ("", "not_a_receipt_code", "not the code of a slip"),
        (SAMPLE.text[:-1], "damaged", "altered or damaged"),
        (SAMPLE.text + " ", "damaged", "altered or damaged"),
        (SAMPLE.text.lower(), "not_a_receipt_code", "not the code of a slip"),
        (_OTHER, "unknown_machine", "not known here"),
        (_FORGED, "bad_signature", "forged"),
        (NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), "bad_receipt_number", "check character"),
    ],
    ids=["words", "nothing", "cut", "longer", "small letters", "another machine", "forged", "mistyped"],  # codes differ each run
)
def test_every_reason_is_one_clear_line(data: Path, text: str, code: str, words: str) -> None:
    ended = kiosk("verify-receipt", "--data", str(data), text)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith("not valid: ")
    assert ended.stdout.count("\n") == 1
    assert words in ended.stdout
    answer = json.loads(kiosk("verify-receipt", "--json", "--data", str(data), text).stdout)
    assert (answer["valid"], answer["code"], answer["receipt_number"]) == (False, code, "")


def test_a_plain_number_proves_a_number_only(tmp_path: Path) -> None:
    ended = kiosk("verify-receipt", "--data", str(tmp_path), NUMBER)
    assert ended.returncode == 0
    assert "does not prove" in ended.stdout
    answer = json.loads(kiosk("verify-receipt", "--json", NUMBER).stdout)
    assert (answer["valid"], answer["code"], answer["receipt_number"], answer["said"]) == (True, "number_only", NUMBER, "")


def test_the_keys_shown_are_the_keys_taken(data: Path, tmp_path: Path) -> None:
    shown = kiosk("verify-receipt", "--show-key", "--data", str(data))
    assert shown.returncode == 0
    assert shown.stdout.split()[1:] == [PUBLIC_KEY.hex()]
    assert len(shown.stdout.split()[0]) == 64
    keys = tmp_path / "keys.txt"
    keys.write_text(shown.stdout, encoding="ascii")
    assert kiosk("verify-receipt", "--public-key", "00" * 32, "--public-key", str(keys), SAMPLE.text).returncode == 0
    assert kiosk("verify-receipt", "--public-key", "00" * 32, SAMPLE.text).returncode == 1


def test_whatever_comes_in_by_the_pipe_ends_in_one_line() -> None:
    for given in ("", "\n", "\0" * 5000, "OUEBAN1:" + "A" * 100_000, SAMPLE.text + "\n\n"):
        ended = kiosk("verify-receipt", "-", "--public-key", PUBLIC_KEY.hex(), given=given)
        assert (ended.returncode, ended.stdout.count("\n"), ended.stderr) == (1, 1, "")


def test_what_cannot_be_done_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("no key", encoding="ascii")
    for words, exit_code in (
        (["--data", str(tmp_path / "none"), SAMPLE.text], 1),
        (["--data", str(tmp_path), SAMPLE.text], 1),
        (["--data", str(tmp_path), "--show-key"], 1),
        (["--public-key", str(tmp_path / "none.txt"), SAMPLE.text], 2),
        (["--public-key", str(tmp_path / "bad.txt"), SAMPLE.text], 2),
        ([], 2),
    ):
        ended = kiosk("verify-receipt", *words)
        assert ended.returncode == exit_code
        assert told(ended).startswith("kiosk verify-receipt: ")
