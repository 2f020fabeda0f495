"""The handler that gives a terminal the platform's photo of a person."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread

from contract.portraits import RequestPortrait
from fleet.api.identification import MAX_IDENTIFICATION_BODY
from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, Gate, believed, platform_of, read_json
from fleet.portraits import PortraitNotGiven

_STATUS = {"bad_request": 400, "unknown_sealing_key": 422, "too_many": 429}


@post("/v1/portraits", status_code=200, request_max_body_size=MAX_IDENTIFICATION_BODY)
async def fetch_portrait(request: AnyRequest) -> Response[bytes]:
    """The photo of the person sealed in the body, sealed to the key that stands there; every request is recorded."""
    gate: Gate = request.app.state.identifications
    with gate.entered():
        kiosk, body = await believed(request, MAX_IDENTIFICATION_BODY)
        asked = read_json(body, RequestPortrait)
        outcome = await sync_to_thread(platform_of(request).portraits.fetch, kiosk.kiosk_id, asked)
    if isinstance(outcome, PortraitNotGiven):
        raise ProblemError(_STATUS[outcome.code], outcome.code, outcome.detail, retry_after_s=outcome.retry_after_s)
    content = msgspec.json.encode(outcome)
    return Response(content, media_type="application/json", headers={"cache-control": "no-store"})
