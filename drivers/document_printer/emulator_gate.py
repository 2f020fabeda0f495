"""The line between a client and the emulated CUPS: passes HTTP on, and loses, delays and garbles answers on demand."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType

_CHUNK = 1 << 16
_POLL_S = 0.05
_NOISE = bytes(range(256)) * 4


class LineFault(StrEnum):
    """What can happen to an answer."""

    MUTE = "mute"
    """CUPS gets the question, and its answer is swallowed; the connection stays open."""
    CUT = "cut"
    """CUPS gets the question, and the connection is cut before its answer."""
    CUT_REQUEST = "cut_request"
    """The connection is cut in the middle of the question."""
    HALF_FRAME = "half_frame"
    """Half of the answer, then the end of the connection."""
    NOISE = "noise"
    """Rubbish in place of the answer."""
    STALE_REPLY = "stale_reply"
    """The answer to an earlier question."""


@dataclass(slots=True)
class _Exchange:
    """One connection: question and answer as far as they have come."""

    client: socket.socket
    server: socket.socket
    request: bytearray = field(default_factory=bytearray)
    fault: LineFault | None = None
    is_asked: bool = False


class Gate:
    """Listens on ``127.0.0.1`` and passes connections on to a unix socket; a thread a connection, all ended by ``close``."""

    def __init__(self, socket_path: str, fault_for: Callable[[int], LineFault | None], port: int = 0) -> None:
        """``fault_for`` gets the operation (RFC 8011) of each question and says what is to happen to it.

        Raises ``OSError`` when the port is taken.
        """
        self._socket_path = socket_path
        self._fault_for = fault_for
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(_POLL_S)
        self._stopping = threading.Event()
        self._last_answer = b""
        self.delay_s = 0.0
        """Each answer is held back so long."""
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, name="cups gate", daemon=True)
        self._acceptor.start()

    @property
    def port(self) -> int:
        """TCP port on loopback."""
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        """Cut all connections and join the threads; may be called twice."""
        self._stopping.set()
        self._acceptor.join(timeout=5.0)
        for thread in self._threads:
            thread.join(timeout=5.0)
        self._listener.close()

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(client,), name="cups gate client", daemon=True)
            self._threads = [old for old in self._threads if old.is_alive()] + [thread]
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(self._socket_path)
                self._pass_on(_Exchange(client, server))
            except OSError:
                return  # one of the two has gone: so does the other

    def _pass_on(self, exchange: _Exchange) -> None:
        ends = [exchange.client, exchange.server]
        while not self._stopping.is_set():
            ready, _, _ = select.select(ends, [], [], _POLL_S)
            if exchange.client in ready and not self._take_request(exchange):
                return
            if exchange.server in ready and not self._take_answer(exchange):
                return

    def _take_request(self, exchange: _Exchange) -> bool:
        data = exchange.client.recv(_CHUNK)
        if not data:
            return False
        if not exchange.is_asked:
            exchange.request += data
            self._decide(exchange)
        if exchange.fault is LineFault.CUT_REQUEST:
            exchange.server.sendall(data[: len(data) // 2])
            return False
        exchange.server.sendall(data)
        return True

    def _decide(self, exchange: _Exchange) -> None:
        """Once the head of the IPP message is there: what is to happen to this question?"""
        _, blank, body = bytes(exchange.request).partition(b"\r\n\r\n")
        if blank and len(body) >= 4:
            exchange.is_asked = True
            exchange.request.clear()
            exchange.fault = self._fault_for(int.from_bytes(body[2:4], "big"))

    def _take_answer(self, exchange: _Exchange) -> bool:
        data = exchange.server.recv(_CHUNK)
        if exchange.fault is LineFault.MUTE:
            return self._swallow(exchange)
        if not data:
            return False
        if self.delay_s and self._stopping.wait(self.delay_s):
            return False
        if exchange.fault is None:
            self._last_answer = data
            exchange.client.sendall(data)
            return True
        exchange.client.sendall(self._garbled(exchange.fault, data))
        return False

    def _garbled(self, fault: LineFault, data: bytes) -> bytes:
        match fault:
            case LineFault.HALF_FRAME:
                return data[: len(data) // 2]
            case LineFault.NOISE:
                return _NOISE
            case LineFault.STALE_REPLY:
                return self._last_answer
            case _:
                return b""

    def _swallow(self, exchange: _Exchange) -> bool:
        """Keep the client waiting until it leaves."""
        while not self._stopping.is_set():
            ready, _, _ = select.select([exchange.client], [], [], _POLL_S)
            if ready and not exchange.client.recv(_CHUNK):
                break
        return False
