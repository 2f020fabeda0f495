"""What holds for every test: no unexpected warning in the log, no thread left behind."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from ui.keyboard.environment import prepare_environment

# The keyboard must be prepared before any test makes the application; collection comes before every test.
_CONFIG_HOME = Path(tempfile.mkdtemp(prefix="oueban-keyboard-"))
atexit.register(shutil.rmtree, _CONFIG_HOME, ignore_errors=True)
prepare_environment(_CONFIG_HOME)

_TOLERATED_THREADS = ("pytest_timeout", "ThreadPoolExecutor", "asyncio_", "execnet", "QtThread", "Dummy-")
"""Threads that belong to the test runner, or that a library keeps for its own re-use."""

# No time limits in tests: on a busy machine any example may take long once.
settings.register_profile("without-deadlines", deadline=None)
settings.load_profile("without-deadlines")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expects_warnings: this test provokes log records of WARNING and above on purpose")


@pytest.fixture(autouse=True)
def _no_unexpected_warnings(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning nobody asked for is a defect of the product or of the test."""
    yield
    if request.node.get_closest_marker("expects_warnings"):
        return
    unexpected = [
        f"{record.name}: {record.getMessage()}"
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    assert not unexpected, f"unexpected log records: {unexpected}"


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Every thread a test starts must have ended when it is over."""
    before = set(threading.enumerate())
    yield
    patience_ends = time.monotonic() + 5.0
    while leaked := [t for t in threading.enumerate() if t not in before and not t.name.startswith(_TOLERATED_THREADS)]:
        if time.monotonic() > patience_ends:
            pytest.fail(f"threads left behind: {[t.name for t in leaked]}")
        time.sleep(0.02)
