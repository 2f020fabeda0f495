"""Checking slips at the platform: what it says, to whom, and how little a found slip gives away."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.cases import CaseHeader, SealedCase
from contract.receipt_checks import ReceiptVerdict
from contract.statements import Kind, key_id_of
from fleet.api.receipt_checks import CHECKS_AT_ONCE, MAX_CHECK_BODY
from fleet.platform import Platform
from tests.helpers.statements import sample_statement
from tests.helpers.terminal import PERSONAL, Terminal, sample_payload, sample_proof
from tests.integration.fleet.test_console import Page


def _statement(terminal: Terminal, case: SealedCase, **changes: object) -> str:
    header = msgspec.json.decode(case.header, type=CaseHeader)
    parts: dict[str, object] = {
        "case_id": header.case_id,
        "receipt_number": header.receipt_number,
        "item_code": header.item_code,
        "committed_at_ms": header.committed_at_ms,
        "digest": case.digest,
    }
    return sample_statement(terminal.key, **(parts | changes)).text


def _ask(client: httpx.Client, text: str) -> ReceiptVerdict:
    response = client.post("/v1/receipts/verify", json={"text": text})
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    return msgspec.json.decode(response.content, type=ReceiptVerdict)


def _paste(client: httpx.Client, text: str) -> httpx.Response:
    form = {"content-type": "application/x-www-form-urlencoded"}
    return client.post("/verify", content=urlencode({"text": text}), headers=form)


def test_a_case_that_is_held_is_told_with_its_public_state(client: httpx.Client, terminal: Terminal, platform: Platform) -> None:
    case = terminal.case()
    text = _statement(terminal, case, kind=Kind.SAVED)
    before = _ask(client, text)
    assert (before.valid, before.code, before.said, before.held, before.state) == (True, "genuine", "saved", "no", "")
    assert (before.kiosk_id, before.kiosk_name) == (terminal.identity.kiosk_id, terminal.name)
    terminal.submit(case)
    assert (_ask(client, text).held, _ask(client, text).state) == ("yes", "received")
    platform.processor.run()
    assert (_ask(client, text).held, _ask(client, text).state) == ("yes", "processed")


def test_why_a_case_waits_for_staff_is_not_for_the_finder_of_a_slip(
    client: httpx.Client, terminal: Terminal, platform: Platform
) -> None:
    header = terminal.header()
    case = terminal.case(header, sample_payload(header, identification=sample_proof(liveness="blink:failed")))
    terminal.submit(case)
    platform.processor.run()
    with platform.database.reading() as connection:
        assert connection.execute("SELECT state FROM cases").fetchone()[0] == "needs_staff"
    assert _ask(client, _statement(terminal, case)).state == "received"


@pytest.mark.parametrize("changes", [{"digest": "00" * 32}, {"item_code": "11330304MB0TEAT21B4330709001001"}])
def test_other_bytes_under_the_same_id_are_told_apart(
    client: httpx.Client, terminal: Terminal, changes: dict[str, object]
) -> None:
    case = terminal.case()
    terminal.submit(case)
    verdict = _ask(client, _statement(terminal, case, **changes))
    assert (verdict.valid, verdict.held, verdict.state) == (True, "differs", "")
    assert "不一致" in Page(_paste(client, _statement(terminal, case, **changes)).text).text


def test_a_retired_key_and_a_successor_still_speak_for_the_number(
    client: httpx.Client, terminal: Terminal, new_token: Callable[..., str]
) -> None:
    case, old_key = terminal.case(), terminal.key
    with_the_old_key = _statement(terminal, case)
    former = terminal.identity.kiosk_id
    terminal.key = Ed25519PrivateKey.generate()
    assert terminal.enrol(new_token(kiosk_id=former)).status_code == 200
    assert terminal.key is not old_key
    assert _ask(client, with_the_old_key).valid
    successor = Terminal(client, "测试 2 号机")
    assert successor.enrol(new_token(succeeds=former)).status_code == 200
    verdict = _ask(client, _statement(successor, case))
    assert (verdict.valid, verdict.kiosk_id) == (True, successor.identity.kiosk_id)
    assert _ask(client, with_the_old_key).kiosk_id == former


def test_no_terminal_speaks_for_the_numbers_of_another(client: httpx.Client, new_terminal: Callable[..., Terminal]) -> None:
    one, other = new_terminal("测试 1 号机"), new_terminal("测试 2 号机")
    verdict = _ask(client, _statement(other, one.case()))
    assert verdict == ReceiptVerdict(valid=False, code="unknown_machine")


def test_each_flaw_is_named_and_nothing_else_is_told(client: httpx.Client, terminal: Terminal) -> None:
    case = terminal.case()
    terminal.submit(case)
    genuine, number = _statement(terminal, case), msgspec.json.decode(case.header, type=CaseHeader).receipt_number
    forged = _statement(Terminal(client), case, key_id=key_id_of(terminal.public_key))
    flaws = {
        "": "not_a_receipt_code",
        "\ud7ff\x00": "not_a_receipt_code",
        genuine[:-1]: "damaged",
        genuine + " ": "damaged",
        genuine + "\n": "damaged",
        _statement(Terminal(client), case): "unknown_machine",
        forged: "bad_signature",
        number[:-1] + ("0" if number[-1] != "0" else "1"): "bad_receipt_number",
    }
    for text, code in flaws.items():
        assert _ask(client, text) == ReceiptVerdict(valid=False, code=code), code
        page = Page(_paste(client, text + "x" * text.endswith("\n")).text).text
        assert "没有通过查验" in page
        assert terminal.name not in page


def test_a_number_alone_tells_nothing_of_any_case(client: httpx.Client, terminal: Terminal) -> None:
    case = terminal.case()
    number = msgspec.json.decode(case.header, type=CaseHeader).receipt_number
    before = _ask(client, number)
    terminal.submit(case)
    assert _ask(client, number) == before == ReceiptVerdict(valid=True, code="number_only", receipt_number=number)
    assert "单凭号码不能证明" in Page(_paste(client, number).text).text


@pytest.mark.parametrize("body", [b"", b"{}", b'{"text": 1}', b'{"text": "", "more": 1}', b"[]", b"\xff"])
def test_a_malformed_question_is_a_problem(client: httpx.Client, body: bytes) -> None:
    response = client.post("/v1/receipts/verify", content=body)
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


def test_a_long_question_is_not_read(client: httpx.Client) -> None:
    for path in ("/v1/receipts/verify", "/verify"):
        assert client.post(path, content=b"x" * (MAX_CHECK_BODY + 1)).status_code == 413
    assert client.post("/verify", content=b"&".join([b"text=x"] * 9)).status_code == 400
    assert client.post("/verify", content="text=é".encode()).status_code == 400


def test_too_many_at_once_have_to_come_back(client: httpx.Client) -> None:
    gate = client.app.state.receipt_checks  # type: ignore[attr-defined]
    taken = [gate.entered() for _ in range(CHECKS_AT_ONCE)]
    for place in taken:
        place.__enter__()
    refused, page = client.post("/v1/receipts/verify", json={"text": ""}), _paste(client, "")
    for place in taken:
        place.__exit__(None, None, None)
    assert (refused.status_code, page.status_code) == (503, 503)
    assert int(page.headers["retry-after"]) > 0
    assert "请过几秒再试" in page.text
    assert client.post("/v1/receipts/verify", json={"text": ""}).status_code == 200


def test_the_page_needs_no_script_and_sends_its_form_here_only(client: httpx.Client) -> None:
    response = client.get("/verify")
    page = Page(response.text)
    assert response.status_code == 200
    tags = [tag for tag, _ in page.tags]
    assert "script" not in tags
    assert [attributes["action"] for tag, attributes in page.tags if tag == "form"] == ["/verify", "/verify/file"]
    assert "form-action 'self'" in response.headers["content-security-policy"]
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert "form-action 'none'" in client.get("/").headers["content-security-policy"]
    labels = {attributes["for"] for tag, attributes in page.tags if tag == "label"}
    assert labels == {attributes["id"] for tag, attributes in page.tags if tag in ("textarea", "input")}
    links = [str(attributes["href"]) for tag, attributes in page.tags if tag == "link"]
    assert links == ["/static/console.css", "/static/verify.css"]
    for link in links:
        assert client.get(link).headers["content-type"].startswith("text/css")


def test_the_page_tells_a_genuine_slip_in_both_languages_and_nothing_of_the_resident(
    client: httpx.Client, terminal: Terminal, platform: Platform
) -> None:
    case = terminal.case()
    terminal.submit(case)
    platform.processor.run()
    response = _paste(client, "\r\n" + _statement(terminal, case) + "\r\n")
    text = Page(response.text).text
    header = msgspec.json.decode(case.header, type=CaseHeader)
    for shown in (
        "回执是真的",
        "The receipt is genuine",
        header.receipt_number,
        header.item_code,
        terminal.name,
        "已办结",
        "processed",
    ):
        assert shown in text, shown
    for hidden in (*PERSONAL, header.case_id, case.digest):
        assert hidden not in response.text


def test_a_delivered_slip_that_is_not_held_sends_people_to_the_help_line(client: httpx.Client, terminal: Terminal) -> None:
    assert "没有找到这件" in _paste(client, _statement(terminal, terminal.case())).text
    assert "等待送达" in _paste(client, _statement(terminal, terminal.case(), kind=Kind.SAVED)).text


def test_pasted_text_and_names_are_never_markup(client: httpx.Client, new_terminal: Callable[..., Terminal]) -> None:
    terminal = new_terminal("<script>alert(1)</script>")
    assert "<script" not in _paste(client, _statement(terminal, terminal.case())).text
    assert "<script" not in _paste(client, "<script>alert(1)</script>").text


def test_the_page_is_open_where_the_console_is_closed(client: httpx.Client) -> None:
    proxied = {"host": "platform.example", "x-forwarded-for": "203.0.113.9"}
    assert client.get("/", headers=proxied).status_code == 403
    assert client.get("/console", headers=proxied).status_code == 403
    assert client.get("/verify", headers=proxied).status_code == 200
    assert client.post("/verify", content="text=", headers=proxied).status_code == 200
