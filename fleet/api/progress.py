"""The handler through which terminals ask where somebody's cases are."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread

from contract.progress import AskProgress
from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, Gate, believed, platform_of, read_json
from fleet.progress import ProgressRefused

MAX_PROGRESS_BODY = 16 * 1024
_STATUS = {"bad_request": 400, "not_identified": 403, "unknown_sealing_key": 422}


@post("/v1/progress", status_code=200, request_max_body_size=MAX_PROGRESS_BODY)
async def ask_progress(request: AnyRequest) -> Response[bytes]:
    """Tell where the cases of the person sealed in the body are. The answer is sealed too."""
    gate: Gate = request.app.state.identifications
    with gate.entered():
        kiosk, body = await believed(request, MAX_PROGRESS_BODY)
        asked = read_json(body, AskProgress)
        outcome = await sync_to_thread(platform_of(request).progress.answer, kiosk.kiosk_id, asked)
    if isinstance(outcome, ProgressRefused):
        raise ProblemError(_STATUS[outcome.code], outcome.code, outcome.detail)
    return Response(msgspec.json.encode(outcome), media_type="application/json", headers={"cache-control": "no-store"})
