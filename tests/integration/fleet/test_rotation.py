"""Keys are exchanged while terminals go on: what was sealed to the older key is still taken."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from litestar.testing import TestClient

from contract.cases import Accepted, Duplicate
from contract.kiosks import EnrolAnswer, HeartbeatAnswer
from fleet.commands import rotate_keys
from fleet.platform import Platform
from fleet.processing import Tally
from tests.helpers.terminal import Terminal
from tests.integration.fleet.conftest import MovableClock


def test_cases_sealed_to_either_key_are_taken_without_a_restart(
    terminal: Terminal, platform: Platform, clock: MovableClock
) -> None:
    packed, material = terminal.seal_material(b"sample picture SAMPLE" * 100)
    before = terminal.case_with(material)
    terminal.bring(packed)

    (made,) = rotate_keys(platform.database._path.parent, clock, with_receipt=False)
    answer = terminal.beat()

    assert [key.key_id for key in answer.sealing_keys] == [made, terminal.identity.sealing_keys[0].key_id]
    header = terminal.header(sealing_key_id=made)
    late, after = terminal.case(), terminal.case(header)
    assert [type(outcome) for outcome in terminal.submit(before, late).outcomes] == [Accepted, Accepted]
    # ``after`` names the new key but is sealed to the old one: the platform must not guess.
    (wrong,) = terminal.submit(after).outcomes
    assert getattr(wrong, "code", "") == "cannot_open"
    terminal.enrolment = _with_keys(terminal, answer)
    assert isinstance(terminal.submit(terminal.case()).outcomes[0], Accepted)
    assert platform.processor.run() == Tally(processed=3)


def test_receipts_of_both_keys_can_be_checked(terminal: Terminal, platform: Platform, clock: MovableClock) -> None:
    case = terminal.case()
    (first,) = terminal.submit(case).outcomes
    _, made = rotate_keys(platform.database._path.parent, clock, with_receipt=True)
    terminal.enrolment = _with_keys(terminal, terminal.beat())
    again, new = terminal.submit(case, terminal.case()).outcomes
    assert isinstance(first, Accepted)
    assert isinstance(again, Duplicate)
    assert isinstance(new, Accepted)
    assert again.receipt == first.receipt
    assert (first.receipt.key_id != made, new.receipt.key_id) == (True, made)
    for outcome in (again, new):
        assert terminal.check_receipt(outcome.receipt).case_id == outcome.case_id


def test_a_terminal_enrolled_after_the_rotation_gets_the_new_key(
    platform: Platform, clock: MovableClock, client: TestClient, new_token: Callable[..., str]
) -> None:
    (made,) = rotate_keys(platform.database._path.parent, clock, with_receipt=False)
    terminal = Terminal(client)
    terminal.enrol(new_token())
    assert terminal.identity.sealing_keys[0].key_id == made
    assert isinstance(terminal.submit(terminal.case()).outcomes[0], Accepted)


def _with_keys(terminal: Terminal, answer: HeartbeatAnswer) -> EnrolAnswer:
    return msgspec.structs.replace(terminal.identity, sealing_keys=answer.sealing_keys, receipt_keys=answer.receipt_keys)
