"""The line to CUPS: one IPP question, one answer, over HTTP, never longer than the caller's deadline.

aiohttp is used inside a blocking call because an HTTP exchange on blocking sockets is bounded only step by step: a server that
sends one byte now and then could hold the caller for ever.
"""

from __future__ import annotations

import asyncio
import io
import ipaddress
import itertools
import logging
import socket
import ssl
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from drivers.document_printer.errors import Refused
from drivers.document_printer.protocol import MAX_ANSWER_BYTES, Answer, Request, parse_answer
from drivers.errors import BadFrame, Disconnected, NoResponse
from drivers.types import Deadline

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

_TICK_S = 0.01
_DEFAULT_PORT = 631
_HEADERS = {"Content-Type": "application/ipp", "Accept": "application/ipp", "User-Agent": "oueban"}


class CupsLink:
    """Asks one print queue. A connection an exchange: none is left over that a restarted CUPS would not know."""

    def __init__(self, url: str, user: str) -> None:
        """``ValueError`` unless ``url`` is ``ipp://`` or ``ipps://`` with host and queue, and without a password."""
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None:  # first: the other message repeats the URL
            raise ValueError("a password does not belong in the URL of a printer")
        if parts.scheme not in ("ipp", "ipps") or not parts.hostname or parts.path in ("", "/"):
            raise ValueError(f"{url!r} is not ipp://HOST[:PORT]/printers/NAME")
        self.url = url
        self._user = user
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        scheme = "https" if parts.scheme == "ipps" else "http"
        self._http_url = f"{scheme}://{host}:{parts.port or _DEFAULT_PORT}{parts.path}"
        self._tls = _tls(parts.hostname) if parts.scheme == "ipps" else False
        self._numbers = itertools.count(1)

    def ask(self, request: Request, deadline: Deadline, limit_s: float) -> Answer:
        """The answer, whatever status it has.

        Raises ``Disconnected`` (not reached, or cut), ``NoResponse`` (none within ``limit_s`` or the deadline, whichever is
        sooner, or given up), ``BadFrame`` (no IPP), ``Refused`` (HTTP says no).
        """
        if deadline.is_over:
            raise NoResponse(self.url, "no time is left to ask")
        number = next(self._numbers) & 0x7FFFFFFF
        body = request.encode(number, self.url, self._user)
        data = _run(self._exchange(body, deadline, Deadline(limit_s)))
        if data is None:
            raise NoResponse(self.url, "CUPS does not answer")
        answer = parse_answer(data)
        if answer is None or answer.request_id != number:
            raise BadFrame(self.url, f"no answer of IPP to question {number} ({len(data)} bytes)")
        return answer

    async def _exchange(self, body: bytes, deadline: Deadline, limit: Deadline) -> bytes | None:
        """The answer's bytes; ``None`` when the time was up first."""
        task = asyncio.ensure_future(self._post(body))
        while not (deadline.is_over or limit.is_over):
            await asyncio.wait({task}, timeout=min(_TICK_S, deadline.remaining_s, limit.remaining_s))
            if task.done():
                return task.result()
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and (failure := task.exception()) is not None:
            _log.debug("given up, and then: %s", failure)
        return None

    async def _post(self, body: bytes) -> bytes:
        connector = aiohttp.TCPConnector(force_close=True, family=socket.AF_UNSPEC, resolver=_Resolver(), ssl=self._tls, limit=1)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=None, sock_read=None)
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
                ) as session,
                session.post(self._http_url, data=io.BytesIO(body), headers=_HEADERS, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise Refused(self.url, f"CUPS answers with HTTP status {response.status}")
                return await self._read(response)
        except aiohttp.ClientResponseError as error:
            raise BadFrame(self.url, "the answer is no HTTP") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Disconnected(self.url, _words(error)) from error
        except (ValueError, aiohttp.http_exceptions.HttpProcessingError) as error:
            raise BadFrame(self.url, "the answer is no HTTP") from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        data = bytearray()
        while chunk := await response.content.read(MAX_ANSWER_BYTES):
            data += chunk
            if len(data) > MAX_ANSWER_BYTES:
                raise BadFrame(self.url, "the answer does not end")
        return bytes(data)


def _words(error: Exception) -> str:
    """Short: aiohttp's own words may hold a whole answer."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "the certificate of CUPS is not trusted"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"CUPS cannot be reached: {error.os_error.strerror or type(error.os_error).__name__}"
    return f"the connection to CUPS was cut ({type(error).__name__})"


class _Loop(asyncio.SelectorEventLoop):
    """Knows its connections, so that none outlives the question: one with unsent bytes would linger after an ordinary close."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: list[asyncio.Transport] = []

    async def create_connection(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - asyncio's own signature
        transport, protocol = await super().create_connection(*arguments, **options)
        self._opened.append(transport)
        return transport, protocol

    def cut(self) -> None:
        """Drop all connections at once."""
        for transport in self._opened:
            transport.abort()
        for _ in range(3):  # TLS hands the end of a connection on in steps
            self.run_until_complete(asyncio.sleep(0))


def _run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Like ``asyncio.run``, which would also wait for a name look-up that hangs in its thread, past every deadline."""
    loop = _Loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.cut()
        loop.close()


def _tls(host: str) -> ssl.SSLContext | bool:
    """CUPS makes its certificate itself; on this machine nobody else can stand in its place, elsewhere it must be trusted."""
    if not _is_here(host):
        return True
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _is_here(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Resolver(AbstractResolver):
    """Names to addresses; ``localhost`` needs no look-up, and so no thread for it."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        if host.lower() == "localhost":
            both = [_result(host, "127.0.0.1", port, socket.AF_INET), _result(host, "::1", port, socket.AF_INET6)]
            return [entry for entry in both if family in (socket.AF_UNSPEC, entry["family"])]
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        return [_result(host, str(address[0]), port, kind) for kind, _, _, _, address in found]

    async def close(self) -> None:
        """Nothing is kept."""


def _result(name: str, address: str, port: int, family: int) -> ResolveResult:
    return ResolveResult(hostname=name, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
