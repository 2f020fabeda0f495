"""Nothing readable of the resident in any file, log or temporary file, at any time of a case's life."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.enrolment import Enrolled, enrol
from offline_queue.identity import IdentityStore
from offline_queue.models import CaseCommitted, CaseRefused
from offline_queue.settings import QueueSettings
from offline_queue.store import Outbox
from offline_queue.sync import Syncer
from offline_queue.transport import PlatformClient
from tests.helpers.canaries import search, spellings, traces, traces_in
from tests.helpers.cases import CANARIES, sample_draft
from tests.helpers.platform_stand_in_server import PlatformServer


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    with PlatformServer() as running:
        running.platform.tokens["once"] = "k-330304-0001"
        yield running


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    kinds = [spelling for canary in CANARIES for spelling in spellings(canary)]
    for number, spelling in enumerate(kinds):
        (tmp_path / str(number)).write_bytes(b"x" * (number % 7) + spelling + b"x")
    (tmp_path / "escaped").write_text(json.dumps({"name": CANARIES[0]}))
    for shift in range(3):
        (tmp_path / f"coded-{shift}").write_bytes(base64.b64encode(b"x" * shift + CANARIES[0].encode() + b"and more"))
    (tmp_path / "harmless").write_bytes(b"nothing")
    assert len(search(tmp_path)) == len(kinds) + 1 + 3


def test_a_canary_across_two_pieces_of_a_large_file_is_found(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(2**20 - 5) + CANARIES[0].encode() + bytes(100))
    assert traces_in(large) == [CANARIES[0]]


@pytest.mark.expects_warnings
def test_no_file_tells_who_the_resident_is(
    tmp_path: Path, server: PlatformServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    identities = IdentityStore(tmp_path / "identity")
    assert isinstance(enrol(server.url, "once", "测试机", "0.1", identities), Enrolled)
    settings = QueueSettings(purge_grace_s=0, max_case_bytes=100_000)
    with (
        Outbox.open(tmp_path / "queue" / "queue.sqlite", identities, settings=settings) as outbox,
        PlatformClient(server.url, identities, outbox.platform_time) as client,
    ):
        assert isinstance(outbox.accept(sample_draft()), CaseCommitted)
        assert search(tmp_path) == {}
        huge = sample_draft(signature_strokes=(((1, 1),) * 50_000,))
        assert isinstance(outbox.accept(huge), CaseRefused)
        assert search(tmp_path) == {}
        syncer = Syncer(outbox, client, identities)
        assert syncer.run_once().delivered == 1
        server.platform.process()
        assert syncer.run_once().processed == 1
        assert search(tmp_path) == {}
        assert outbox.purge() + len(outbox.list_cases()) >= 1
    assert search(tmp_path) == {}
    assert traces(caplog.text.encode()) == []
    (held,) = server.platform.held.values()
    assert held.payload.applicant.name == CANARIES[0]
