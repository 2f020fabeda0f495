"""A line of ours between the terminal and the platform that does to one request after the other what it is told.

It speaks just enough HTTP/1.1 to know where a request and an answer end. Everything random comes from the seed of the caller.
"""

from __future__ import annotations

import random
import re
import socket
import ssl
import threading
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType

FAULTS = (
    "cut_request",
    "cut_answer",
    "delay",
    "too_late",
    "dribble",
    "error_500",
    "lost_then_500",
    "html",
    "shortened_answer",
    "doubled_answer",
    "answer_of_another",
    "altered_answer",
    "replayed_answer",
    "sent_twice",
    "delivered_later",
)
TOO_LATE_S = 0.6
_LENGTH = re.compile(rb"(?im)^content-length: *([0-9]+)\r$")
_HTML = b"<!DOCTYPE html><title>Welcome to the guest network</title>"
_GOOD_BYE = (
    b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\ncontent-length: 5\r\nconnection: close\r\n\r\nsorry"
)
_PORTAL = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s" % (len(_HTML), _HTML)


def read_message(connection: socket.socket) -> bytes:
    """One request or answer, whole; empty when the other side hung up before that."""
    content = b""
    while True:
        head, end, body = content.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if end and len(body) >= (int(length[1]) if length else 0):
            return content
        more = connection.recv(65_536)
        if not more:
            return b""
        content += more


def split(message: bytes) -> tuple[bytes, bytes]:
    """Head with its blank line, and body."""
    head, end, body = message.partition(b"\r\n\r\n")
    return head + end, body


@dataclass
class _Memory:
    """Answers and requests of earlier times, by path without its query."""

    answers: dict[bytes, list[bytes]] = field(default_factory=dict)
    held_back: list[bytes] = field(default_factory=list)


class HostileLine:
    """Listens on ``url``; with ``context`` by TLS. ``faults`` is used up request by request; then the line is good."""

    def __init__(self, platform_url: str, seed: int, context: ssl.SSLContext | None = None) -> None:
        host, _, port = platform_url.removeprefix("http://").partition(":")
        self._platform = (host, int(port))
        self._chance = random.Random(seed)
        self._context = context
        self.faults: deque[str] = deque()
        self.done: list[str] = []
        self.received = bytearray()
        """What came through TLS after a handshake."""
        self._memory = _Memory()
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._accept, name="hostile-line")
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the terminal finds the platform."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> HostileLine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in (self._thread, *self._threads):
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(0.2)
            thread = threading.Thread(target=self._serve, args=(connection,), name="hostile-connection")
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, self._secured(connection) as peer:
                while (request := self._wait_for_request(peer)) and self._answer(peer, request):
                    pass
        except OSError:
            return  # either side may hang up at any time: that is what all of this is about

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self._context is None:
            return connection
        connection.settimeout(5)
        return self._context.wrap_socket(connection, server_side=True)

    def _wait_for_request(self, peer: socket.socket) -> bytes:
        """Idle connections are looked after until the line is taken down."""
        while not self._over.is_set():
            try:
                first = peer.recv(65_536)
            except TimeoutError:
                continue
            if self._context:
                self.received += first
            return first + _rest(peer, first) if first else b""
        return b""

    def ask(self, request: bytes) -> bytes:
        """The platform's true answer."""
        with socket.create_connection(self._platform, timeout=10) as upstream:
            upstream.sendall(
                re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", request).replace(b"\r\n", b"\r\nconnection: close\r\n", 1)
            )
            answer = read_message(upstream)
        path = _path_of(request)
        if answer.startswith(b"HTTP/1.1 200"):
            self._memory.answers.setdefault(path, []).append(answer)
        return answer

    def _answer(self, peer: socket.socket, request: bytes) -> bool:
        """Do one fault. True when the connection stays open."""
        fault = self.faults.popleft() if self.faults else ""
        self.done.append(fault)
        if not fault:
            self._release()
            peer.sendall(_without_close(self.ask(request)))
            return True
        getattr(self, f"_{fault}")(peer, request)
        return False

    def _release(self) -> None:
        """What was held back arrives now, long after its time."""
        while self._memory.held_back:
            self.ask(self._memory.held_back.pop())

    def _somewhere(self, content: bytes) -> int:
        return self._chance.randrange(1, max(2, len(content)))

    # One method a fault

    def _cut_request(self, peer: socket.socket, request: bytes) -> None:
        with socket.create_connection(self._platform, timeout=10) as upstream:
            upstream.sendall(request[: self._somewhere(request)])

    def _cut_answer(self, peer: socket.socket, request: bytes) -> None:
        answer = self.ask(request)
        peer.sendall(answer[: self._somewhere(answer)])

    def _delay(self, peer: socket.socket, request: bytes) -> None:
        self._over.wait(self._chance.uniform(0.01, 0.15))
        peer.sendall(self.ask(request))

    def _too_late(self, peer: socket.socket, request: bytes) -> None:
        answer = self.ask(request)
        self._over.wait(TOO_LATE_S)
        peer.sendall(answer)

    def _dribble(self, peer: socket.socket, request: bytes) -> None:
        answer = self.ask(request)
        for start in range(0, len(answer), step := max(1, len(answer) // 20)):
            peer.sendall(answer[start : start + step])
            self._over.wait(0.005)

    def _error_500(self, peer: socket.socket, request: bytes) -> None:
        peer.sendall(_GOOD_BYE)

    def _lost_then_500(self, peer: socket.socket, request: bytes) -> None:
        self.ask(request)
        peer.sendall(_GOOD_BYE)

    def _html(self, peer: socket.socket, request: bytes) -> None:
        peer.sendall(_PORTAL)

    def _shortened_answer(self, peer: socket.socket, request: bytes) -> None:
        head, body = split(self.ask(request))
        kept = body[: self._chance.randrange(len(body) + 1)]
        peer.sendall(_LENGTH.sub(b"content-length: %d\r" % len(kept), head) + kept)

    def _doubled_answer(self, peer: socket.socket, request: bytes) -> None:
        peer.sendall(_without_close(self.ask(request)) * 2)
        self._wait_for_next(peer)

    def _wait_for_next(self, peer: socket.socket) -> None:
        """Whoever believes the second copy to be the answer to the next request has sent it by then."""
        self._over.wait(0.05)

    def _answer_of_another(self, peer: socket.socket, request: bytes) -> None:
        """Of another path where there is one: right in form, wrong in every other way."""
        self.ask(request)
        path = _path_of(request)
        others = [answer for other, answers in self._memory.answers.items() if other != path for answer in answers]
        peer.sendall(self._chance.choice(others) if others else _PORTAL)

    def _altered_answer(self, peer: socket.socket, request: bytes) -> None:
        head, body = split(self.ask(request))
        changed = bytearray(body)
        if changed:
            changed[self._chance.randrange(len(changed))] ^= 1 << self._chance.randrange(8)
        peer.sendall(head + changed)

    def _replayed_answer(self, peer: socket.socket, request: bytes) -> None:
        """An older answer of the same path. The request itself gets nowhere."""
        old = self._memory.answers.get(_path_of(request), [])
        peer.sendall(self._chance.choice(old) if old else _GOOD_BYE)

    def _sent_twice(self, peer: socket.socket, request: bytes) -> None:
        answers = [self.ask(request), self.ask(request)]
        peer.sendall(self._chance.choice(answers))

    def _delivered_later(self, peer: socket.socket, request: bytes) -> None:
        self._memory.held_back.append(request)


def _rest(peer: socket.socket, first: bytes) -> bytes:
    head, end, body = first.partition(b"\r\n\r\n")
    content = first
    while True:
        head, end, body = content.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if end and len(body) >= (int(length[1]) if length else 0):
            return content[len(first) :]
        more = peer.recv(65_536)
        if not more:
            raise ConnectionError("a request was not finished")
        content += more


def _path_of(request: bytes) -> bytes:
    return request.split(b" ", 2)[1].partition(b"?")[0]


def _without_close(answer: bytes) -> bytes:
    return re.sub(rb"(?i)\r\nconnection: close", b"", answer, count=1)
