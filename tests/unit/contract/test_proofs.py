from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contract.proofs import QR_PREFIX, ProofAnswer, ProofRequest, code_in, grouped, is_code, new_code


@given(st.integers(0, 11), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_changed_character_shows(at: int, other: str) -> None:
    code = new_code()
    assert is_code(code)
    changed = code[:at] + other + code[at + 1 :]
    assert is_code(changed) == (changed == code)


@given(st.text(max_size=40))
def test_any_text_can_be_asked_about(text: str) -> None:
    found = code_in(text)
    assert found is None or isinstance(is_code(found), bool)


def test_a_code_is_found_however_it_was_typed() -> None:
    code = new_code()
    for text in (code, grouped(code), grouped(code).lower(), f" {code}\n", QR_PREFIX + code):
        assert code_in(text) == code
    assert code_in("3303042611260001000018") is None
    assert code_in(QR_PREFIX + "X") == "X"
    assert not is_code("X")


def test_what_is_personal_does_not_show() -> None:
    asked = ProofRequest(
        kind="fund", item_code="1", case_id="c", receipt_number="r", id_number="42010219920214123X", name="测试·王小江"
    )
    assert "42010219920214123X" not in repr(asked)
    assert "王" not in repr(asked)
    assert "secret" not in repr(ProofAnswer(outcome="issued", platform_time_ms=0, pdf=b"secret"))
