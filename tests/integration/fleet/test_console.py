"""The console: what it shows, what it must not show, and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar.testing import TestClient

from contract.kiosks import DeviceReport
from contract.reconciliation import day_of
from fleet.app import create_app
from fleet.audit_trails import close_alarms
from fleet.operators import PASSWORD_VARIABLE
from fleet.platform import Platform
from tests.helpers.terminal import PERSONAL, Terminal, basic, new_case_id, queue_digest, sample_heartbeat
from tests.integration.fleet.conftest import MovableClock

PASSWORD = "a long sample password"


class Page(HTMLParser):
    """Text and tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _page(client: httpx.Client, path: str = "/") -> Page:
    response = client.get(path)
    assert response.status_code == 200, response.text
    return Page(response.text)


def _beat(terminal: Terminal, **changes: object) -> None:
    assert terminal.send("POST", "/v1/heartbeats", msgspec.json.encode(sample_heartbeat(**changes))).status_code == 200


def test_an_empty_fleet_is_told_how_to_begin(client: httpx.Client) -> None:
    page = _page(client)
    assert "还没有终端" in page.text
    assert "kiosk-fleet enrol-token --region" in page.text


def test_a_resident_who_calls_for_staff_is_seen(client: httpx.Client, terminal: Terminal) -> None:
    _beat(terminal, staff_called_s=61.0)
    assert "呼叫工作人员" in _page(client).text
    _beat(terminal)
    assert "呼叫工作人员" not in _page(client).text


def test_each_terminal_is_shown_with_its_last_word(client: httpx.Client, terminal: Terminal) -> None:
    _beat(terminal, needs_staff_cases=3, clock_doubtful=True)
    text = _page(client).text
    for shown in (
        terminal.name,
        terminal.identity.kiosk_id,
        "95 秒",
        "42.1 GB",
        "0.1.0",
        "2026.11.1",
        "可用",
        "时钟可疑",
        "缺纸",
        "未连接 · 已断开",
    ):
        assert shown in text, shown
    english = _page(client, "/console?lang=en").text
    for shown in ("Usable", "95 s", "Out of paper", "Clock doubtful", "Receipt printer"):
        assert shown in english, shown


def test_a_state_is_never_told_by_colour_alone(client: httpx.Client, terminal: Terminal) -> None:
    _beat(terminal)
    html = client.get("/").text
    devices = re.search(r'<ul class="devices".*?</ul>', html, re.DOTALL)
    assert devices is not None
    lines = re.findall(r"<li.*?</li>", devices[0], re.DOTALL)
    assert len(lines) == 4
    for line in lines:
        assert re.search(r'href="#icon-(good|wait|bad|quiet)"', line), line
        assert re.search(r'class="word">\S', line), line


def test_a_silent_terminal_is_marked(client: httpx.Client, terminal: Terminal, clock: MovableClock) -> None:
    _beat(terminal)
    badge = re.compile(r'class="badge bad">.*失去联系</span>')
    assert not badge.search(client.get("/").text)
    clock.ahead_ms = 95_000
    html = client.get("/").text
    assert badge.search(html)
    assert re.search(r"9[5-9] 秒前", html)


def test_what_does_not_fit_together_is_shown_until_it_does(
    client: httpx.Client, terminal: Terminal, platform: Platform, clock: MovableClock
) -> None:
    lost = new_case_id(days_ago=2)
    packed, material = terminal.seal_material(b"SAMPLE" * 100)
    terminal.put_chunk(material.digest, 0, len(packed), packed[:100])
    terminal.beat(audit_entry=120, audit_chain="1" * 64, queue_digest=queue_digest(lost))
    terminal.beat(audit_entry=80, audit_chain="1" * 64, reconciliation_alarms=3)
    text = _page(client).text
    for shown in (
        f"{day_of(lost)}：终端记 1 件，平台收 0 件",
        "终端正在自行补送",
        "终端的操作记录变短了",
        "由 120 条变为 80 条",
        f"kiosk-fleet alarms close --kiosk {terminal.identity.kiosk_id}",
        "3 件办件补送后仍对不上",
        "材料上传中：1 份",
    ):
        assert shown in text, shown
    clock.ahead_ms = 2 * 86_400_000
    assert "已有 2 天没对上" in _page(client).text or "已有 48 小时没对上" in _page(client).text

    clock.ahead_ms = 0
    terminal.bring(packed)
    terminal.submit(terminal.case(terminal.header(case_id=lost)))
    terminal.beat(audit_entry=90, audit_chain="1" * 64, queue_digest=queue_digest(lost))
    close_alarms(platform.database, terminal.identity.kiosk_id, "", platform.clock())
    text = _page(client).text
    for gone in ("对账有出入", "操作记录变短", "仍对不上", "材料上传中"):
        assert gone not in text, gone
    assert "材料已到、等办件：1 份" in text


def test_names_from_machines_are_escaped(client: httpx.Client, new_terminal: Callable[..., Terminal]) -> None:
    name = "<script>alert(1)</script>\"'&"
    terminal = new_terminal(name)
    terminal.submit(terminal.case())
    _beat(terminal, software_version="<b>1</b>", devices=(DeviceReport("<i>x</i>", "<i>y</i>", "<i>z</i>"),))
    page = _page(client)
    assert name in page.text
    assert "<b>1</b>" in page.text
    assert [attributes.get("src") for tag, attributes in page.tags if tag == "script"] == ["/static/console.js"]
    assert not [tag for tag, _ in page.tags if tag in ("i",)]


def test_recent_cases_are_listed_without_personal_data(client: httpx.Client, terminal: Terminal, platform: Platform) -> None:
    header = terminal.header()
    terminal.submit(terminal.case(header))
    platform.processor.run()
    _beat(terminal)
    html = client.get("/").text
    assert header.receipt_number in html
    assert "已办结" in html
    for personal in PERSONAL:
        assert personal not in html


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(client: httpx.Client, terminal: Terminal) -> None:
    _beat(terminal)
    response = client.get("/")
    page = Page(response.text)
    loaded = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href") and value]
    assert all(value.startswith(("/", "#")) and not value.startswith("//") for value in loaded)
    assert not any(name == "style" or name.startswith("on") for _, attributes in page.tags for name in attributes)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for path in ("/static/console.css", "/static/console.js"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "http" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_large_fleet_comes_in_pages_with_trouble_first(
    client: httpx.Client, platform: Platform, new_terminal: Callable[..., Terminal]
) -> None:
    terminals = [new_terminal(f"测试 {number:03d}") for number in range(61)]
    for terminal in terminals[:-1]:
        platform.heartbeats.take(terminal.identity.kiosk_id, sample_heartbeat(devices=()))
    platform.heartbeats.take(terminals[-1].identity.kiosk_id, sample_heartbeat(serving=False))
    first, second = client.get("/").text, client.get("/?page=2").text
    assert re.findall(r"<h3>(.*?)</h3>", first)[:2] == ["测试 060", "测试 000"]
    assert re.findall(r"<h3>(.*?)</h3>", second) == ["测试 059"]
    assert "第 2 页，共 2 页" in second
    for odd in ("0", "-1", "x", "99999999999999999999", "٣"):
        assert client.get("/", params={"page": odd}).status_code == 200


# Who may see it


@pytest.fixture
def open_client(platform: Platform) -> Iterator[Callable[..., httpx.Client]]:
    clients: list[TestClient] = []

    def make(*, listens_on_loopback: bool = False, base_url: str = "http://platform.example") -> httpx.Client:
        client = TestClient(create_app(platform, listens_on_loopback=listens_on_loopback), base_url=base_url)
        clients.append(client.__enter__())
        return clients[-1]

    yield make
    for client in clients:
        client.__exit__(None, None, None)


def test_without_a_password_the_console_is_for_the_machine_itself(open_client: Callable[..., httpx.Client]) -> None:
    elsewhere = open_client()
    assert elsewhere.get("/").status_code == 403
    assert "kiosk-fleet operators set-password" in elsewhere.get("/console").text
    assert elsewhere.get("/v1/health").status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_loopback_names_open_the_console(open_client: Callable[..., httpx.Client], host: str) -> None:
    assert open_client(listens_on_loopback=True).get("/", headers={"host": host}).status_code == 200


def test_a_strange_name_or_a_proxy_on_loopback_does_not(open_client: Callable[..., httpx.Client]) -> None:
    """A web page may point its own name at 127.0.0.1, and a proxy makes everybody look local."""
    assert open_client(listens_on_loopback=True, base_url="http://evil.example").get("/").status_code == 403
    local = open_client(listens_on_loopback=True, base_url="http://127.0.0.1")
    assert local.get("/", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 403


def test_with_a_password_operators_get_in_from_anywhere(platform: Platform, open_client: Callable[..., httpx.Client]) -> None:
    platform.operators.set_password("li", PASSWORD)
    for client in (open_client(), open_client(listens_on_loopback=True, base_url="http://127.0.0.1")):
        refused = client.get("/")
        assert (refused.status_code, refused.headers["www-authenticate"][:5]) == (401, "Basic")
        assert client.get("/", headers=basic("li", PASSWORD)).status_code == 200
        assert client.get("/", headers=basic("li", PASSWORD + "x")).status_code == 401
        assert client.get("/", headers=basic("someone", PASSWORD)).status_code == 401
        assert client.get("/", headers={"authorization": "Basic ???"}).status_code == 401


def test_guessing_is_slowed_down(platform: Platform, open_client: Callable[..., httpx.Client]) -> None:
    platform.operators.set_password("li", PASSWORD)
    client = open_client()
    answers = [client.get("/", headers=basic("li", f"wrong {number:010d}")) for number in range(9)]
    assert [answer.status_code for answer in answers] == [401] * 8 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61
    assert client.get("/", headers=basic("li", PASSWORD)).status_code == 429


def test_the_password_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with Platform(tmp_path / "other") as platform, TestClient(create_app(platform, listens_on_loopback=False)) as client:
        assert client.get("/").status_code == 401
        assert client.get("/", headers=basic("operator", PASSWORD)).status_code == 200
