"""Where to listen."""

from __future__ import annotations

import pytest

from fleet.console.access import is_loopback
from fleet.listen import Listen, parse_listen


@pytest.mark.parametrize(
    ("text", "listen"),
    [
        ("127.0.0.1:0", Listen("127.0.0.1", 0)),
        ("[::1]:8000", Listen("::1", 8000)),
        ("localhost:65535", Listen("localhost", 65_535)),
    ],
)
def test_addresses_are_read(text: str, listen: Listen) -> None:
    assert parse_listen(text) == listen


@pytest.mark.parametrize("text", ["", "8000", ":8000", "a:", "a:b", "a:-1", "a:65536", "::1:8000", "[a]:80", "a:８０"])
def test_what_is_none_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"HOST:PORT|brackets"):
        parse_listen(text)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("[::1]", True),
        ("::1", True),
        ("LOCALHOST", True),
        ("192.0.2.1", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_loopback_is_known(host: str, local: bool) -> None:
    assert is_loopback(host) is local
