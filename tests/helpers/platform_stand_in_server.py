"""The stand-in for the platform behind HTTP, on a free loopback port."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import SplitResult, parse_qs, urlsplit

import msgspec

from contract.cases import (
    SubmitCases,
)
from contract.compression import zstd
from contract.kiosks import EnrolRequest, Heartbeat, HeartbeatAnswer, Problem
from contract.materials import MaterialState
from tests.helpers.platform_stand_in import Platform, Refused


class _LoudServer(ThreadingHTTPServer):
    """A mistake of the stand-in must fail the test, not pass for a broken line."""

    daemon_threads = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.bugs: list[BaseException] = []

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exc_info()[1]
        # A client that was killed, or gave up, is part of the tests.
        if error is not None and not isinstance(error, ConnectionError):
            self.bugs.append(error)


class PlatformServer:
    """The platform behind HTTP. ``faults`` are used up one a request: see ``_Handler``."""

    def __init__(self, platform: Platform | None = None, port: int = 0) -> None:
        self.platform = platform or Platform()
        self.faults: deque[str] = deque()
        self.after_storing: Callable[[], None] = lambda: None
        self.requests: list[str] = []
        self.encodings = {"zstd"}
        self.seen_encodings: list[str] = []
        owner = self

        class Handler(_Handler):
            server_side = owner

        self._http = _LoudServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="platform-stand-in")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if self._http.bugs:
            raise self._http.bugs[0]

    def __enter__(self) -> PlatformServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Handler(BaseHTTPRequestHandler):
    """Faults: ``drop`` (hang up unread), ``store_then_drop``, ``store_then_cut`` (half an answer), ``html``, ``busy``, ``redirect``."""

    server_side: PlatformServer
    timeout = 10

    def do_GET(self) -> None:
        self._handle(b"")

    def do_PUT(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _handle(self, body: bytes) -> None:
        side = self.server_side
        side.requests.append(f"{self.command} {urlsplit(self.path).path}")
        fault = side.faults.popleft() if side.faults else ""
        if fault == "html":
            self._answer(200, "text/html", b"<html>Welcome to Free WiFi</html>")
        elif fault == "busy":
            self._problem(Refused(503, "busy", retry_after="7"))
        elif fault == "redirect":
            self._answer(302, "text/html", b"", {"Location": "http://127.0.0.1:9/login"})
        elif fault != "drop":
            self._honestly(body, fault)

    def _honestly(self, body: bytes, fault: str) -> None:
        """Do the work; the fault strikes on the way back."""
        try:
            media_type, answer = self._serve(body)
        except Refused as refusal:
            self._problem(refusal)
            return
        self.server_side.after_storing()
        if fault == "store_then_cut":
            self._answer(200, media_type, answer[: len(answer) // 2], {}, len(answer))
        elif fault != "store_then_drop":
            self._answer(200, media_type, answer)

    def _serve(self, body: bytes) -> tuple[str, bytes]:
        platform, url = self.server_side.platform, urlsplit(self.path)
        if url.path == "/v1/health":
            return "application/json", b"{}"
        if url.path == "/v1/kiosks/enrol":
            return "application/json", msgspec.json.encode(platform.enrol(msgspec.json.decode(body, type=EnrolRequest)))
        kiosk_id = platform.authenticate(self.headers.get("Authorization", ""), self.command, self.path, body)
        body = self._unpacked(body)
        if url.path.startswith("/v1/materials/"):
            return "application/json", msgspec.json.encode(self._material(platform, url, body))
        if url.path == "/v1/cases":
            cases = msgspec.msgpack.decode(body, type=SubmitCases).cases
            return "application/msgpack", msgspec.msgpack.encode(platform.submit(kiosk_id, cases))
        if url.path == "/v1/cases/status":
            query = parse_qs(url.query, keep_blank_values=True)
            return "application/json", msgspec.json.encode(platform.status(kiosk_id, query["after"][0], int(query["limit"][0])))
        if url.path == "/v1/heartbeats":
            told = msgspec.json.decode(body, type=Heartbeat)
            platform.heartbeats.append(told)
            beat = HeartbeatAnswer(
                platform_time_ms=platform.now_ms(),
                next_in_s=platform.next_in_s,
                sealing_keys=platform.sealing_keys,
                receipt_keys=platform.receipt_keys,
                reconciliation=platform.reconcile(told.queue_digest) if told.queue_digest else None,
            )
            return "application/json", msgspec.json.encode(beat)
        raise Refused(404, "not_found")

    def _unpacked(self, body: bytes) -> bytes:
        encoding = self.headers.get("Content-Encoding", "")
        self.server_side.seen_encodings.append(encoding)
        if encoding and encoding not in self.server_side.encodings:
            raise Refused(415, "unsupported_encoding")
        return zstd.decompress(body) if encoding else body

    def _material(self, platform: Platform, url: SplitResult, body: bytes) -> MaterialState:
        digest, query = url.path.rpartition("/")[2], parse_qs(url.query)
        if self.command == "GET":
            return platform.material_state(digest)
        return platform.put_material(digest, int(query["offset"][0]), int(query["size"][0]), body)

    def _problem(self, refusal: Refused) -> None:
        body = msgspec.json.encode(Problem(refusal.code, refusal.detail, self.server_side.platform.now_ms()))
        self._answer(
            refusal.status, "application/json", body, {"Retry-After": refusal.retry_after} if refusal.retry_after else {}
        )

    def _answer(
        self, status: int, media_type: str, body: bytes, headers: dict[str, str] | None = None, told_length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body) if told_length is None else told_length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
