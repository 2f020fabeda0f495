from __future__ import annotations

import os
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from offline_queue.case_ids import CaseIds


def test_an_id_carries_version_variant_and_time() -> None:
    made = UUID(CaseIds(lambda n: b"\xff" * n).next(0x0123456789AB))
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == 0x0123456789AB


def test_the_layout_is_that_of_rfc_9562() -> None:
    """Appendix A.6 of the RFC, with its random bits handed in; rand_a is 0xCC3."""
    fixed = (0x18C4DC0C0C07398F).to_bytes(8, "big") + bytes.fromhex("0cc3")
    made = CaseIds(lambda _: fixed).next(0x017F22E279B0)
    # Our counter starts in the lower half of rand_a, so its top bit is cleared: 0xCC3 becomes 0x4C3.
    assert made == "017f22e2-79b0-74c3-98c4-dc0c0c07398f"


@given(st.lists(st.integers(0, 2**48 - 2), min_size=2, max_size=200))
def test_ids_ascend_whatever_the_wall_clock_does(moments: list[int]) -> None:
    subject = CaseIds(os.urandom)
    made = [subject.next(moment) for moment in moments]
    assert made == sorted(set(made))


def test_ten_thousand_ids_within_one_millisecond_ascend() -> None:
    subject = CaseIds(os.urandom)
    made = [subject.next(1_795_420_800_000) for _ in range(10_000)]
    assert made == sorted(set(made))
