from __future__ import annotations

import socket

import pytest

from drivers.emulation.control import ControlServer


def _connect(server: ControlServer) -> socket.socket:
    host, _, port = server.address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=5.0)


def test_each_line_gets_an_answer_in_turn() -> None:
    with ControlServer(lambda line: f"ok {line}") as server, _connect(server) as client:
        client.sendall(b"one\r\ntw")
        client.sendall(b"o\n")
        answers = client.makefile("r", encoding="utf-8")
        assert [answers.readline(), answers.readline()] == ["ok one\n", "ok two\n"]


def test_two_clients_do_not_disturb_each_other() -> None:
    with ControlServer(str.upper) as server, _connect(server) as first, _connect(server) as second:
        first.sendall(b"half")
        second.sendall(b"whole\n")
        assert second.makefile("r").readline() == "WHOLE\n"
        first.sendall(b"\n")
        assert first.makefile("r").readline() == "HALF\n"


def test_a_client_without_line_ends_is_dropped_and_others_are_served() -> None:
    with ControlServer(str.upper) as server, _connect(server) as endless, _connect(server) as other:
        with pytest.raises(OSError, match=r"reset|pipe"):  # noqa: PT012 - it takes a while until the sender notices
            for _ in range(200):
                endless.sendall(b"x" * 65536)
        other.sendall(b"here\n")
        assert other.makefile("r").readline() == "HERE\n"


def test_a_taken_port_is_told() -> None:
    with ControlServer(str.upper) as server:
        port = int(server.address.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            ControlServer(str.upper, port=port)
