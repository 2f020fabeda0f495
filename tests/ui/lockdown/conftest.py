"""A window as it stands in production: locked, and holding the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.conftest import Visitor
from ui.lockdown import Lockdown


@pytest.fixture
def lockdown(subject: Visitor) -> Iterator[Lockdown]:
    made = Lockdown(subject.window, holds_screen=True)
    made.begin()
    yield made
    made.end()


@pytest.fixture
def locked(subject: Visitor, lockdown: Lockdown) -> Visitor:
    """A visitor before a locked window without keyboard."""
    return subject
