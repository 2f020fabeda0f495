"""Whether a proof is genuine, as anybody can ask: the page, the upload, the command, and the record behind them."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import msgspec
import pytest

from contract.proofs import ProofAnswer, ProofVerdict
from fleet.console.verify import FILES_AT_ONCE
from tests.helpers.platform_process import ROOT
from tests.integration.kiosk.proofs.conftest import NUMBER, World

pytestmark = pytest.mark.xdist_group("proofs")


def _page_says(world: World, pdf: bytes) -> str:
    answer = httpx.post(f"{world.url}/verify/file", files={"file": ("p.pdf", pdf, "application/pdf")}, timeout=30)
    assert answer.status_code == 200
    return answer.text


def test_uploads_that_never_come_keep_nobody_from_checking_a_code(world: World, issued: ProofAnswer) -> None:
    """Eight connections that promise a megabyte and send three bytes: the pages that read little are open all the same."""
    address = (httpx.URL(world.url).host, httpx.URL(world.url).port or 80)
    lines = [socket.create_connection(address, timeout=10) for _ in range(FILES_AT_ONCE)]
    try:
        for path, line in zip(itertools.cycle(("/verify/file", "/verify", "/v1/proofs/verify", "/v1/receipts/verify")), lines):
            line.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc".encode())
        time.sleep(0.3)
        checked = httpx.post(f"{world.url}/v1/proofs/verify", json={"text": issued.verification_code}, timeout=30)
        assert (checked.status_code, checked.json()["code"]) == (200, "valid")
        assert httpx.post(f"{world.url}/verify", data={"text": issued.verification_code}, timeout=30).status_code == 200
    finally:
        for line in lines:
            line.close()


def test_the_check_page_knows_code_and_file(world: World, issued: ProofAnswer) -> None:
    by_code = httpx.post(f"{world.url}/verify", data={"text": issued.verification_code}, timeout=30).text
    for page in (by_code, _page_says(world, issued.pdf)):
        assert "证明是真的" in page
        assert "正常缴费" in page
        assert "测试·王**" in page
        assert NUMBER not in page
        assert "王小江" not in page
    changed = bytearray(issued.pdf)
    changed[len(changed) // 2] ^= 1
    assert "文件被改动过" in _page_says(world, bytes(changed))
    assert "测试·王" not in _page_says(world, bytes(changed))
    assert "没有查到" in _page_says(world, b"%PDF-1.7 nothing")
    verdict = httpx.post(f"{world.url}/v1/proofs/verify", json={"text": issued.verification_code}, timeout=30)
    assert msgspec.json.decode(verdict.content, type=ProofVerdict).code == "valid"


def test_the_record_can_only_be_added_to(world: World, issued: ProofAnswer) -> None:
    import sqlite3

    database = sqlite3.connect(world.data / "platform.sqlite3")
    try:
        for order in ("DELETE FROM proofs", "UPDATE proofs SET sha256 = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                database.execute(order)
        rows = database.execute("SELECT * FROM proofs").fetchall()
    finally:
        database.close()
    assert issued.sha256 in {row[1] for row in rows}
    assert not [value for row in rows for value in row if NUMBER in str(value) or "王小江" in str(value)]


def test_the_command_tells_by_its_exit_code(world: World, issued: ProofAnswer, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(issued.pdf)
    bad.write_bytes(issued.pdf.replace(b"SAMPLE", b"SIMPLE", 1))

    def run(*words: str | Path) -> tuple[int, dict[str, object]]:
        command = [sys.executable, "-m", "kiosk", "verify-proof", "--json", "--data", world.terminal, *words]
        done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout or "{}")

    code, told = run(good)
    assert (code, told["code"], told["verification_code"]) == (0, "genuine", issued.verification_code)
    assert run(bad)[0] == 1
    assert run(issued.verification_code)[1]["code"] == "code_only"
    wrong = issued.verification_code[:-1] + ("0" if issued.verification_code[-1] != "0" else "1")
    assert run(wrong) == (1, run(wrong)[1])
    assert run(tmp_path / "none.pdf")[0] == 2
