"""A network camera that does not exist: Motion JPEG over HTTP on loopback, for the production driver, with faults.

What is seen comes from a simulated camera; what goes wrong on the way (no bytes, cut pictures, rubbish, a pulled plug) is done
here.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType

import cv2

from drivers.camera.simulator import PortraitCamera
from drivers.types import Deadline, Frame, Image

_POLL_S = 0.05
_SEND_LIMIT_S = 1.0
_LONGEST_REQUEST_BYTES = 8192
_MOST_VIEWERS = 8
_JPEG_QUALITY = 90
_RUBBISH_BYTES = 700
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nConnection: close\r\n"
    b"Content-Type: multipart/x-mixed-replace; boundary=picture\r\n\r\n"
)


class CameraEmulator:
    """Serves ``url`` until stopped. Every method may be called from any thread."""

    def __init__(self, camera: PortraitCamera | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        """Bind at once; raises ``OSError`` when the port is taken. Owns ``camera``: starts it here, stops it at the end."""
        self.camera = camera or PortraitCamera()
        self._listener: socket.socket | None = socket.create_server((host, port))
        self._address: tuple[str, int] = self._listener.getsockname()[:2]
        self._random = random.Random(1)  # noqa: S311 - the same faults in every run
        self._stopping = threading.Event()
        self._unplugged_until_s = 0.0
        self._is_silent = False
        self._noise_share = 0.0
        self._cuts_left = 0.0
        self._lock = threading.Lock()
        self._viewers: dict[socket.socket, threading.Thread] = {}
        self._encoded: tuple[int, bytes] = (0, b"")
        self.camera.start()
        self._thread = threading.Thread(target=self._serve, name=f"emulator {self.url}", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """For the driver's settings; the same after a replug."""
        return f"http://{self._address[0]}:{self._address[1]}/"

    def unplug(self, seconds: float | None = None) -> None:
        """Off the network, back after ``seconds`` or with ``plug``; all connections are cut."""
        self._unplugged_until_s = float("inf") if seconds is None else time.monotonic() + seconds
        self._hang_up()

    def plug(self) -> None:
        """Back on the network."""
        self._unplugged_until_s = 0.0

    def awol(self) -> None:
        """Keep connections open, take new ones, and send nothing more."""
        self._is_silent = True

    def cut_pictures(self, times: int | None = None) -> None:
        """Send only half of each of the next pictures; ``None``: until ``clear``."""
        with self._lock:
            self._cuts_left = float("inf") if times is None else times

    def make_noise(self, share: float = 1.0) -> None:
        """Send rubbish ahead of a picture, with this probability."""
        self._noise_share = share

    def clear(self) -> None:
        """End every fault."""
        self._is_silent, self._noise_share = False, 0.0
        self.cut_pictures(0)
        self.camera.clear()
        self.plug()

    def stop(self) -> None:
        """Hang up, close the port, end the threads; may be called twice."""
        self._stopping.set()
        self._hang_up()
        self._thread.join()
        with self._lock:
            threads = list(self._viewers.values())
        for thread in threads:
            thread.join()
        self.camera.stop()

    def __enter__(self) -> CameraEmulator:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _is_plugged(self) -> bool:
        return time.monotonic() >= self._unplugged_until_s

    def _hang_up(self) -> None:
        with self._lock:
            viewers = list(self._viewers)
        for viewer in viewers:
            with suppress(OSError):  # it may have left already
                viewer.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            if not self._is_plugged():
                self._close_listener()
                self._stopping.wait(_POLL_S)
                continue
            try:
                self._accept()
            except OSError:  # no viewer yet, or the port is not free again yet
                self._stopping.wait(0.001)
        self._close_listener()

    def _accept(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server(self._address)
        self._listener.settimeout(_POLL_S)
        viewer, _ = self._listener.accept()
        thread = threading.Thread(target=self._attend, args=(viewer,), name=f"viewer of {self.url}", daemon=True)
        with self._lock:
            if len(self._viewers) >= _MOST_VIEWERS or not self._is_plugged():
                viewer.close()
                return
            self._viewers[viewer] = thread
        thread.start()

    def _close_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _attend(self, viewer: socket.socket) -> None:
        try:
            viewer.settimeout(_SEND_LIMIT_S)
            viewer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._has_asked(viewer):
                viewer.sendall(_ANSWER)
                self._show(viewer)
        except OSError:
            return  # the viewer has gone
        finally:
            with self._lock:
                self._viewers.pop(viewer, None)
            viewer.close()

    def _has_asked(self, viewer: socket.socket) -> bool:
        request = b""
        while b"\r\n\r\n" not in request:
            data = viewer.recv(1024)
            request += data
            if not data or len(request) > _LONGEST_REQUEST_BYTES:
                return False
        return request.startswith((b"GET ", b"HEAD "))

    def _show(self, viewer: socket.socket) -> None:
        seen: Frame | None = None
        while not self._stopping.is_set() and self._is_plugged():
            frame = self.camera.wait_newer(seen, Deadline(_POLL_S))
            if frame is None:
                continue
            seen = frame
            if not self._is_silent:
                viewer.sendall(self._part(frame))

    def _part(self, frame: Frame) -> bytes:
        """One picture of the stream, with what goes wrong on the way."""
        with self._lock:
            jpeg = self._jpeg(frame)
            is_cut, self._cuts_left = self._cuts_left > 0, max(0.0, self._cuts_left - 1)
            rubbish = self._random.randbytes(_RUBBISH_BYTES) if self._random.random() < self._noise_share else b""
        if is_cut:
            jpeg = jpeg[: len(jpeg) // 2]
        head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
        return rubbish + head + jpeg + b"\r\n"

    def _jpeg(self, frame: Frame) -> bytes:
        """Encoded once for all viewers."""
        if self._encoded[0] != frame.sequence:
            self._encoded = (frame.sequence, encode(frame.image))
        return self._encoded[1]


def encode(picture: Image) -> bytes:
    """As JPEG."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return data.tobytes()
