"""Passwords of operators, and the brake on guessing them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import PlatformError
from fleet.operators import FILE_NAME, Brake, Operators, read_basic

PASSWORD = "a long sample password"


@pytest.fixture
def subject(tmp_path: Path) -> Operators:
    return Operators(tmp_path)


def test_nobody_is_an_operator_at_first(subject: Operators) -> None:
    assert not subject.exist
    assert not subject.are("operator", "")


def test_only_name_and_password_together_count(subject: Operators) -> None:
    subject.set_password("li", PASSWORD)
    subject.set_password("wang", PASSWORD + "!")
    assert subject.exist
    assert subject.are("li", PASSWORD)
    assert not subject.are("li", PASSWORD + "!")
    assert not subject.are("Li", PASSWORD)
    subject.set_password("li", "another sample password")
    assert not subject.are("li", PASSWORD)
    assert subject.are("wang", PASSWORD + "!")


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("a:b", PASSWORD), ("li", "short"), ("li", "x" * 201)])
def test_unfit_names_and_passwords_are_told(subject: Operators, name: str, password: str) -> None:
    with pytest.raises(PlatformError):
        subject.set_password(name, password)
    assert not subject.exist


def test_a_file_open_to_others_or_damaged_is_told(subject: Operators, tmp_path: Path) -> None:
    subject.set_password("li", PASSWORD)
    path = tmp_path / FILE_NAME
    path.chmod(0o644)
    with pytest.raises(PlatformError, match="chmod 600"):
        Operators(tmp_path)
    path.chmod(0o600)
    path.write_bytes(b"{")
    with pytest.raises(PlatformError, match="damaged"):
        Operators(tmp_path)


def test_the_brake_holds_an_address_for_the_rest_of_the_minute() -> None:
    now = [0.0]
    brake = Brake(failures=3, window_s=60, clock_s=lambda: now[0])
    for at_s in (0.0, 10.0, 20.0):
        now[0] = at_s
        assert brake.wait_s("a") == 0
        brake.note_failure("a")
    assert brake.wait_s("a") == 40
    assert brake.wait_s("b") == 0
    now[0] = 60.0
    assert brake.wait_s("a") == 0


def test_the_brake_remembers_a_bounded_number_of_addresses() -> None:
    brake = Brake(failures=1)
    for number in range(3000):
        brake.note_failure(str(number))
    assert len(brake._failed_at_s) == 1000
    assert brake.wait_s("2999") > 0


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("Basic bGk6cHc6eA==", ("li", "pw:x")),
        ("basic bGk6", ("li", "")),
        ("Basic bGk=", None),
        ("Basic /w==", None),
        ("Bearer bGk6", None),
        ("", None),
    ],
)
def test_basic_headers_are_read(header: str, read: tuple[str, str] | None) -> None:
    assert read_basic(header) == read


@given(st.text(max_size=200).map(lambda text: "Basic " + text))
def test_no_basic_header_is_an_exception(header: str) -> None:
    read_basic(header)
