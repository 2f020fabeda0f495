"""Staff confirmation: the route without a face."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kiosk.domain.identity import Route
from kiosk.flow.events import PersonProved, ProofFailed
from kiosk.services.staff import LOCKED_S, MAX_WRONG, StaffBook, StaffFileError, add_staff


class FakeClock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def subject(tmp_path: Path, clock: FakeClock) -> StaffBook:
    add_staff(tmp_path / "staff.toml", "1001", "246810")
    add_staff(tmp_path / "staff.toml", "1002", "135791")
    return StaffBook(tmp_path / "staff.toml", clock)


def test_the_right_pin_proves_by_the_staff_route(subject: StaffBook) -> None:
    proved = subject.confirm("1002", "135791")
    assert isinstance(proved, PersonProved)
    assert (proved.proof.route, proved.proof.staff_id) == (Route.ID_CARD_STAFF, "1002")


@pytest.mark.parametrize(
    ("staff_id", "pin"), [("1001", "246811"), ("1001", "135791"), ("9999", "246810"), ("", ""), ("1001", "٢٤٦٨")]
)
def test_anything_else_is_a_wrong_code(subject: StaffBook, staff_id: str, pin: str) -> None:
    assert subject.confirm(staff_id, pin) == ProofFailed("staff.wrong_code")


def test_five_wrong_codes_lock_that_badge_for_a_while_and_no_other(subject: StaffBook, clock: FakeClock) -> None:
    for _ in range(MAX_WRONG):
        assert subject.confirm("1001", "000000") == ProofFailed("staff.wrong_code")
    assert subject.confirm("1001", "246810") == ProofFailed("staff.locked")
    assert isinstance(subject.confirm("1002", "135791"), PersonProved)
    clock.now_s += LOCKED_S + 1
    assert isinstance(subject.confirm("1001", "246810"), PersonProved)


def test_badges_that_nobody_has_are_locked_together(subject: StaffBook) -> None:
    for number in range(MAX_WRONG):
        assert subject.confirm(str(7000 + number), "000000") == ProofFailed("staff.wrong_code")
    assert subject.confirm("7999", "000000") == ProofFailed("staff.locked")


def test_without_a_file_nobody_can_confirm(tmp_path: Path, clock: FakeClock) -> None:
    assert StaffBook(tmp_path / "none.toml", clock).confirm("1001", "246810") == ProofFailed("staff.none_configured")


def test_the_file_is_private_and_holds_no_pin(subject: StaffBook, tmp_path: Path) -> None:
    path = tmp_path / "staff.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "246810" not in path.read_text()


@pytest.mark.parametrize(
    ("staff_id", "pin"), [('10"\n', "246810"), ("12345678901234", "246810"), ("1001", "12345"), ("1001", "abcdef")]
)
def test_what_the_keypad_cannot_type_is_refused(tmp_path: Path, staff_id: str, pin: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        add_staff(tmp_path / "staff.toml", staff_id, pin)


def test_a_damaged_file_is_told_in_one_line(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "staff.toml").write_text("[[staff]]\nid = 7")
    with pytest.raises(StaffFileError, match=r"staff\.toml"):
        StaffBook(tmp_path / "staff.toml", clock)
