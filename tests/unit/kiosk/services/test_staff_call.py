"""A call for staff stands until it is old, and its caller is told once whether anybody knows."""

from __future__ import annotations

from kiosk.services.staff_call import STANDS_S, StaffCall


class _Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_call_ages_and_ends() -> None:
    clock = _Clock()
    subject = StaffCall(clock)
    assert subject.age_s() is None
    subject.call()
    clock.now_s = 40.0
    assert subject.age_s() == 40.0
    clock.now_s = STANDS_S + 1
    assert subject.age_s() is None
    assert subject.answered(True) is None


def test_the_caller_hears_of_every_failure_and_once_of_the_success() -> None:
    subject = StaffCall(_Clock())
    assert subject.answered(True) is None, "nobody has called"
    subject.call()
    assert [subject.answered(reached) for reached in (False, False, True, True)] == [False, False, True, None]
