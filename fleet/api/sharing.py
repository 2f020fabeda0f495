"""The handler through which terminals ask for shared data."""

from __future__ import annotations

from litestar import Response, post

from contract.sharing import RequestSharedData
from fleet.api.reading import AnyRequest
from fleet.api.sealed_questions import answered

MAX_SHARING_BODY = 64 * 1024


@post("/v1/shared-data", status_code=200, request_max_body_size=MAX_SHARING_BODY)
async def request_shared_data(request: AnyRequest) -> Response[bytes]:
    """Tell what authorities know of the person sealed in the body. The answer is sealed too, and each question is on record."""
    return await answered(request, RequestSharedData, lambda platform: platform.sharing.answer, MAX_SHARING_BODY)
