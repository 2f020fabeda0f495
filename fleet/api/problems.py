"""Every way a request can fail, as a ``Problem`` in JSON; never a traceback, never an echo of what was sent."""

from __future__ import annotations

import logging
import math
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from contract.kiosks import Problem
from fleet.api.headers import SECURITY_HEADERS
from fleet.clock import Clock
from fleet.errors import StorageUnavailable

_log = logging.getLogger(__name__)

RETRY_STORAGE_S = 10
_CODES = {401: "unauthorised", 403: "unauthorised", 404: "not_found", 413: "too_large", 429: "busy", 503: "busy"}
_WORDS = {
    400: "the request is malformed",
    404: "there is nothing at this address",
    405: "this address does not know this method",
    413: "the body is too large",
}


class ProblemError(Exception):
    """A request that is answered with a ``Problem``."""

    def __init__(
        self, status: int, code: str, detail: str, *, retry_after_s: float | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        if retry_after_s is not None:
            self.headers["retry-after"] = str(max(1, math.ceil(retry_after_s)))


class Problems:
    """Turns exceptions into answers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @property
    def handlers(self) -> ExceptionHandlersMap:
        """For ``Litestar(exception_handlers=…)``."""
        return {
            ProblemError: self._told,
            HTTPException: self._of_framework,
            StorageUnavailable: self._of_storage,
            Exception: self._unexpected,
        }

    def encode(self, code: str, detail: str) -> bytes:
        """A ``Problem`` as JSON."""
        return msgspec.json.encode(Problem(code, detail, self._clock()))

    def _answer(self, status: int, code: str, detail: str, headers: dict[str, str]) -> Response[bytes]:
        return Response(
            self.encode(code, detail), status_code=status, media_type=MediaType.JSON, headers=SECURITY_HEADERS | headers
        )

    def _told(self, _request: Request[Any, Any, Any], error: ProblemError) -> Response[bytes]:
        return self._answer(error.status, error.code, error.detail, error.headers)

    def _of_framework(self, request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
        status = error.status_code
        if status >= 500:
            return self._unexpected(request, error)
        return self._answer(status, _CODES.get(status, "bad_request"), _WORDS.get(status, _WORDS[400]), dict(error.headers or {}))

    def _of_storage(self, _request: Request[Any, Any, Any], error: StorageUnavailable) -> Response[bytes]:
        _log.warning("a request had to wait: %s", error)
        told = ProblemError(503, "busy", "the platform cannot store anything now; come back later", retry_after_s=RETRY_STORAGE_S)
        return self._answer(told.status, told.code, told.detail, told.headers)

    def _unexpected(self, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        _log.error("a defect answered %s %s", request.method, request.url.path, exc_info=error)
        return self._answer(500, "internal", "the platform has a defect; it was noted", {})
