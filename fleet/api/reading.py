"""What every handler does first: find the platform, believe the sender, read the body."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.exceptions import InternalServerException

from fleet.api.encoding import ZSTD, Garbled, TooLarge, decompress
from fleet.api.problems import ProblemError
from fleet.authentication import Refused
from fleet.decoding import Undecodable, from_json
from fleet.platform import Platform
from fleet.registry import Kiosk

AnyRequest = Request[Any, Any, Any]
_Model = TypeVar("_Model")

MAX_SMALL_BODY = 64 * 1024


class Gate:
    """Lets in so many at once and tells the others to come back. For one event loop only."""

    def __init__(self, most: int, retry_after_s: float) -> None:
        self._free = most
        self._retry_after_s = retry_after_s

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Hold a place. Raises ``ProblemError`` 503 when there is none."""
        if self._free <= 0:
            raise ProblemError(503, "busy", "too many requests at once; come back shortly", retry_after_s=self._retry_after_s)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


def platform_of(request: AnyRequest) -> Platform:
    """The platform this application serves."""
    platform: Platform = request.app.state.platform
    return platform


async def believed(request: AnyRequest, limit: int = MAX_SMALL_BODY) -> tuple[Kiosk, bytes]:
    """The terminal that sent this, and the body its token covers. The body is read only once the token holds.

    A compressed body is opened, to at most ``limit`` bytes; the token covers it as it came over the wire.
    """
    authorization = request.headers.get("authorization", "")
    check = platform_of(request).authenticator.check
    sender = await sync_to_thread(check, authorization, request.method, _target(request))
    if isinstance(sender, Refused):
        raise ProblemError(401, sender.code, sender.detail, headers={"www-authenticate": "Bearer"})
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", ZSTD):
        # Answered as RFC 7694 has it: with what would be understood.
        raise ProblemError(
            415, "unsupported_encoding", f"the body may be compressed with {ZSTD} only", headers={"accept-encoding": ZSTD}
        )
    body = await whole_body(request)
    if not sender.covers(body):
        raise ProblemError(401, "unauthorised", "the token was made for another body", headers={"www-authenticate": "Bearer"})
    return sender.kiosk, await sync_to_thread(_opened, body, limit) if encoding == ZSTD else body


def _opened(body: bytes, limit: int) -> bytes:
    try:
        return decompress(body, limit)
    except TooLarge as error:
        raise ProblemError(413, "too_large", "the body is too large once decompressed") from error
    except Garbled as error:
        raise ProblemError(400, "bad_request", f"the body is not one whole frame of {ZSTD}") from error


async def whole_body(request: AnyRequest, within_s: float | None = None) -> bytes:
    """The body, within the limit of the route. Raises ``ProblemError`` when the sender broke off, or took too long.

    Terminals on a thin line may take their time; nobody else may.
    """
    try:
        async with asyncio.timeout(within_s):
            return await request.body()
    except TimeoutError as error:
        raise ProblemError(408, "timeout", "the body did not arrive in time", headers={"connection": "close"}) from error
    except InternalServerException as error:  # so Litestar tells that the connection ended within the body
        raise ProblemError(400, "bad_request", "the body did not arrive whole") from error


def read_json(body: bytes, model: type[_Model]) -> _Model:
    """The body as a model of the contract. Raises ``ProblemError`` 400."""
    try:
        return from_json(body, model)
    except Undecodable as error:
        raise ProblemError(400, "bad_request", f"the body {error}") from error


def _target(request: AnyRequest) -> str:
    """Path with query as sent: what the terminal signed."""
    path = bytes(request.scope.get("raw_path") or b"").partition(b"?")[0]
    query = bytes(request.scope.get("query_string") or b"")
    return (path + (b"?" + query if query else b"")).decode("latin-1")
