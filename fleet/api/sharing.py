"""The handler through which terminals ask for shared data."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread

from contract.sharing import RequestSharedData
from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, Gate, believed, platform_of, read_json
from fleet.shared_data import SharingRefused

MAX_SHARING_BODY = 64 * 1024
_STATUS = {"bad_request": 400, "no_consent": 403, "unknown_sealing_key": 422}


@post("/v1/shared-data", status_code=200, request_max_body_size=MAX_SHARING_BODY)
async def request_shared_data(request: AnyRequest) -> Response[bytes]:
    """Tell what authorities know of the person sealed in the body. The answer is sealed too, and each question is on record."""
    gate: Gate = request.app.state.identifications
    with gate.entered():
        kiosk, body = await believed(request, MAX_SHARING_BODY)
        asked = read_json(body, RequestSharedData)
        outcome = await sync_to_thread(platform_of(request).sharing.answer, kiosk.kiosk_id, asked)
    if isinstance(outcome, SharingRefused):
        raise ProblemError(_STATUS[outcome.code], outcome.code, outcome.detail)
    return Response(msgspec.json.encode(outcome), media_type="application/json", headers={"cache-control": "no-store"})


SHARING_HANDLERS = (request_shared_data,)
