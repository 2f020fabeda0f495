"""A tty that vanishes is a typed error in every call, also where pyserial lets the operating system's error through."""

from __future__ import annotations

import os
import tty
from collections.abc import Callable, Iterator

import pytest

from drivers.errors import Disconnected
from drivers.transport.serial_port import SerialPort
from drivers.types import Deadline


@pytest.fixture
def subject() -> Iterator[SerialPort]:
    """A port whose other end has gone."""
    master, slave = os.openpty()
    tty.setraw(slave)
    port = SerialPort(os.ttyname(slave))
    os.close(master)
    os.close(slave)
    yield port
    port.close()


@pytest.mark.parametrize(
    "use",
    [
        lambda port: port.flush_input(),
        lambda port: port.write(b"x"),
        lambda port: port.read(1, Deadline(0.2)),
        lambda port: port.read_available(10, 0.1),
    ],
    ids=["flush", "write", "read", "read_available"],
)
def test_every_call_says_disconnected(subject: SerialPort, use: Callable[[SerialPort], object]) -> None:
    with pytest.raises(Disconnected):
        use(subject)
