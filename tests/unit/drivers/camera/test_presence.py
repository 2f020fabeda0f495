"""At rest a camera is known to be there or not, without being read."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from drivers.camera.presence import DevicePresence, PathPresence, StreamPresence
from drivers.camera.v4l2 import V4l2Facts
from drivers.types import Deadline


class Kernel:
    """Answers for device nodes, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_capture = True
        self.error: OSError | None = None

    def __call__(self, path: Path) -> V4l2Facts:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return V4l2Facts("uvcvideo", "camera", "usb", self.is_capture)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def by_id(tmp_path: Path) -> Path:
    (tmp_path / "video0").touch()
    link = tmp_path / "usb-camera"
    link.symlink_to("video0")
    return link


def test_a_device_that_stays_is_asked_seldom(kernel: Kernel, by_id: Path) -> None:
    now_s = [0.0]
    subject = DevicePresence(by_id, kernel, lambda: now_s[0])
    for _ in range(100):
        assert subject().code == "at_rest"
        now_s[0] += 0.1
    assert kernel.asked == 1
    now_s[0] += 60.0
    assert subject().is_online
    assert kernel.asked == 2


def test_pulled_out_it_is_lost_and_behind_the_same_path_it_is_found_again(kernel: Kernel, by_id: Path) -> None:
    subject = DevicePresence(by_id, kernel)
    assert subject().is_online
    by_id.unlink()
    assert (subject().code, subject().is_online) == ("lost", False)
    (by_id.parent / "video4").touch()
    by_id.symlink_to("video4")
    assert subject().code == "at_rest"
    assert kernel.asked == 2


def test_a_node_without_pictures_is_lost(kernel: Kernel, by_id: Path) -> None:
    kernel.is_capture = False
    assert DevicePresence(by_id, kernel)().code == "lost"


def test_a_node_that_does_not_answer_is_lost_and_asked_again(kernel: Kernel, by_id: Path) -> None:
    kernel.error = OSError(19, "No such device")
    subject = DevicePresence(by_id, kernel)
    assert "No such device" in subject().detail
    kernel.error = None
    assert subject().code == "at_rest"


def test_an_ordinary_file_is_no_camera(by_id: Path) -> None:
    assert DevicePresence(by_id)().code == "lost"


def test_a_stream_is_there_while_its_port_takes_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        subject = StreamPresence(f"http://user:secret@127.0.0.1:{listener.getsockname()[1]}/video")
        assert subject().code == "at_rest"
    gone = subject()
    assert gone.code == "lost"
    assert "secret" not in gone.detail


def test_a_host_that_does_not_answer_is_given_up_soon() -> None:
    with socket.socket() as full:  # a full backlog swallows connections
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(address)
            fillers.append(filler)
        began_s = time.monotonic()
        status = StreamPresence(f"rtsp://127.0.0.1:{address[1]}/live")()
        spent_s = time.monotonic() - began_s
        for filler in fillers:
            filler.close()
    assert status.code == "lost"
    assert spent_s < 5.0


def test_a_name_service_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()

    def slow(host: str, *_arguments: object, **_options: object) -> list[tuple[object, ...]]:
        answer.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        subject = StreamPresence(f"http://camera.example:{listener.getsockname()[1]}/")
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        began_s = time.monotonic()
        assert [subject().code for _ in range(3)] == ["lost"] * 3
        assert time.monotonic() - began_s < 15
        assert sum(thread.name == "name of camera.example" for thread in threading.enumerate()) == 1
        answer.set()
        deadline = Deadline(20)
        monkeypatch.undo()
        while subject().code != "at_rest":
            assert not deadline.is_over
            deadline.sleep(0.02)


def test_a_name_that_nobody_knows_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert StreamPresence("rtsp://camera.example/live")().code == "lost"


def test_files_and_folders_are_there_or_not(tmp_path: Path) -> None:
    assert PathPresence(tmp_path)().code == "at_rest"
    assert PathPresence(tmp_path / "none")().code == "lost"
