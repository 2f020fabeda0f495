"""The emulated camera stands, obeys its language on the control socket, and ends without a trace."""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.emulate import language_of, serve
from drivers.camera.emulator import CameraEmulator
from drivers.camera.factory import open_camera
from drivers.camera.simulator import PortraitCamera
from drivers.emulation.language import FaultLanguage
from drivers.emulation.lines import LineSource
from drivers.errors import Disconnected
from drivers.types import Deadline


@pytest.fixture
def emulator() -> Iterator[CameraEmulator]:
    with CameraEmulator(PortraitCamera(scene="document")) as emulator:
        yield emulator


@pytest.fixture
def subject(emulator: CameraEmulator) -> FaultLanguage:
    return language_of(emulator)


@pytest.mark.parametrize(
    "line",
    [
        "freeze",
        "black",
        "cover",
        "slow 5",
        "awol",
        "half_frame",
        "half_frame 3",
        "noise",
        "noise 0.5",
        "unplug",
        "unplug 1.5",
        "plug",
        "leave",
        "return",
        "perform blink",
        "perform turn_left",
        "perform nod",
        "light ff0000",
        "light off",
        "show document",
        "show portrait",
        "clear",
    ],
)
def test_every_word_is_understood(subject: FaultLanguage, line: str) -> None:
    assert subject.obey(line) == "ok"
    assert f"{line.split(maxsplit=1)[0]}" in subject.obey("help")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "frieze",
        "freeze now",
        "slow",
        "slow 0",
        "slow x",
        "half_frame -1",
        "noise 2",
        "perform",
        "perform dance",
        "species",
        "species cat",
        "light",
        "light red",
        "light ff00",
        "show",
        "show cat",
        "unplug x",
    ],
)
def test_anything_else_is_one_line_of_error(subject: FaultLanguage, line: str) -> None:
    answer = subject.obey(line)
    assert answer.startswith("error ")
    assert "\n" not in answer


def _await(condition: Callable[[], bool]) -> None:
    deadline = Deadline(20)
    while not condition():
        assert not deadline.is_over, "did not happen"
        deadline.sleep(0.01)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, level in enumerate((60, 200)):
        picture = np.full((48, 64, 3), level, np.uint8)
        picture[:24] //= 4
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture)
    return tmp_path


def test_served_with_a_folder_and_a_control_socket(folder: Path) -> None:
    ready: queue.Queue[str] = queue.Queue()
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        control = ("127.0.0.1", probe.getsockname()[1])
    source, typing = os.pipe()
    thread = threading.Thread(
        target=lambda: serve(None, ready.put, stop, folder=folder, control=control, lines=LineSource(source))
    )
    thread.start()
    camera = open_camera(ready.get(timeout=20.0))
    try:
        camera.start()
        frame = camera.wait_newer(None, Deadline(20))
        assert frame is not None
        assert frame.image.shape == (480, 640, 3)
        with socket.create_connection(control, timeout=5.0) as client:
            answers = client.makefile("r")
            client.sendall(b"cover\ndance\n")
            assert answers.readline() == "ok\n"
            assert answers.readline().startswith("error ")
        _await(lambda: camera.status().code == "covered")
        os.write(typing, b"clear\n")
        _await(lambda: camera.status().code == "ok")
    finally:
        camera.stop()
        stop.set()
        thread.join(10.0)
        os.close(source)
        os.close(typing)
    assert not thread.is_alive()


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Disconnected):
        serve(None, lambda _url: None, threading.Event(), folder=tmp_path, lines=LineSource(None))


def test_a_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(("127.0.0.1", taken.getsockname()[1]), lambda _url: None, threading.Event(), lines=LineSource(None))


def test_the_person_can_be_looked_at_instead_of_the_page(emulator: CameraEmulator, subject: FaultLanguage) -> None:
    camera = open_camera(emulator.url)
    camera.start()
    try:
        page = camera.wait_newer(None, Deadline(20))
        assert page is not None
        before = page.image.copy()
        subject.obey("show portrait")
        _await(lambda: (now := camera.newest()) is not None and float(np.abs(now.image.astype(int) - before).mean()) > 30)
    finally:
        camera.stop()


@pytest.mark.parametrize("request_bytes", [b"", b"\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", b"x" * 20_000, b"\xff\x00" * 50])
def test_who_does_not_ask_for_pictures_gets_none(emulator: CameraEmulator, request_bytes: bytes) -> None:
    with socket.create_connection(emulator.url.removeprefix("http://").rstrip("/").split(":"), timeout=5.0) as viewer:  # type: ignore[arg-type]
        try:
            viewer.sendall(request_bytes)
            viewer.shutdown(socket.SHUT_WR)
            assert viewer.recv(100) == b""
        except OSError:
            pass  # cut off while sending is as good
    camera = open_camera(emulator.url)
    camera.start()
    try:
        assert camera.wait_newer(None, Deadline(20)) is not None
    finally:
        camera.stop()


def test_a_viewer_that_does_not_read_holds_nobody_up(emulator: CameraEmulator) -> None:
    host, port = emulator.url.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=5.0) as lazy:
        lazy.sendall(b"GET / HTTP/1.0\r\n\r\n")
        camera = open_camera(emulator.url)
        camera.start()
        try:
            last = camera.wait_newer(None, Deadline(20))
            for _ in range(20):
                last = camera.wait_newer(last, Deadline(20))
                assert last is not None
        finally:
            camera.stop()
