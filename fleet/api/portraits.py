"""The handler that gives a terminal the platform's photo of a person."""

from __future__ import annotations

from litestar import Response, post

from contract.portraits import RequestPortrait
from fleet.api.reading import AnyRequest
from fleet.api.sealed_questions import MAX_QUESTION_BODY, answered


@post("/v1/portraits", status_code=200, request_max_body_size=MAX_QUESTION_BODY)
async def fetch_portrait(request: AnyRequest) -> Response[bytes]:
    """The photo of the person sealed in the body, sealed to the key that stands there; every request is recorded."""
    return await answered(request, RequestPortrait, lambda platform: platform.portraits.fetch)
