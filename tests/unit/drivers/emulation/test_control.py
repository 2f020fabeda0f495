from __future__ import annotations

import socket
from contextlib import ExitStack

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


def test_an_endless_line_is_not_kept_gets_one_answer_and_the_next_line_its_own() -> None:
    heard: list[str] = []

    def obey(line: str) -> str:
        heard.append(line)
        return "ok"

    with ControlServer(obey) as server, _connect(server) as client:
        for _ in range(20):
            client.sendall(b"x" * 65536)
        client.sendall(b"\nhere\n")
        answers = client.makefile("r", encoding="utf-8")
        assert [answers.readline(), answers.readline()] == ["error the line is too long\n", "ok\n"]
    assert heard == ["here"]


def test_the_last_line_needs_no_end() -> None:
    with ControlServer(str.upper) as server, _connect(server) as client:
        client.sendall(b"one\ntwo")
        client.shutdown(socket.SHUT_WR)
        assert client.makefile("r").read() == "ONE\nTWO\n"


def test_one_too_many_is_told_in_a_line() -> None:
    with ControlServer(str.upper) as server, ExitStack() as stack:
        clients = [stack.enter_context(_connect(server)) for _ in range(17)]
        assert clients.pop().makefile("r").read() == "error too many are connected\n"
        for client in clients:
            client.sendall(b"here\n")
            assert client.makefile("r").readline() == "HERE\n"


def test_a_taken_port_is_told() -> None:
    with ControlServer(str.upper) as server:
        port = int(server.address.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            ControlServer(str.upper, port=port)
