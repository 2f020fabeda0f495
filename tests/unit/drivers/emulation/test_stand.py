from __future__ import annotations

import os
import queue
import socket
import threading

import pytest

from drivers.emulation.language import FaultLanguage, plain_word
from drivers.emulation.line_faults import line_words
from drivers.emulation.lines import LineSource
from drivers.emulation.stand import Place, stand
from drivers.transport.opening import open_port
from drivers.types import Deadline
from tests.unit.drivers.emulation.test_host import Echo


@pytest.mark.parametrize("use_pty", [False, True])
def test_line_control_and_standard_input_work_together(use_pty: bool) -> None:
    ready: queue.Queue[str] = queue.Queue()
    stop, typed = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        control = ("127.0.0.1", probe.getsockname()[1])
    source, typing = os.pipe()
    thread = threading.Thread(
        target=lambda: stand(
            Echo(),
            lambda host: FaultLanguage((*line_words(host), plain_word("knock", "tell", typed.set))),
            Place(use_pty=use_pty, control=control),
            ready.put,
            stop,
            name="echo",
            lines=LineSource(source),
        )
    )
    thread.start()
    try:
        url = ready.get(timeout=5.0)
        with socket.create_connection(control, timeout=5.0) as client:
            answers = client.makefile("r")
            client.sendall(b"unplug 0.1\nnonsense\n")
            assert answers.readline() == "ok\n"
            assert answers.readline().startswith("error ")
        os.write(typing, b"knock\n")
        assert typed.wait(5.0)
        Deadline(0.4).sleep(0.4)
        with open_port(url) as port:
            port.write(b"x")
            assert port.read(1, Deadline(2.0)) == b"x"
    finally:
        stop.set()
        thread.join(5.0)
        os.close(source)
        os.close(typing)
    assert not thread.is_alive()
