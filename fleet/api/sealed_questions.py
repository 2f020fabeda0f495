"""How terminals ask what only the platform may read: one way in for every kind of sealed question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from litestar import Response
from litestar.concurrency import sync_to_thread

from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, Gate, believed, platform_of, read_json
from fleet.platform import Platform
from fleet.sealed_questions import NotAnswered

Body = TypeVar("Body")

MAX_QUESTION_BODY = 16 * 1024
_STATUS = {
    "bad_request": 400,
    "no_consent": 403,
    "not_identified": 403,
    "unknown_sealing_key": 422,
    "no_phone": 422,
    "too_many": 429,
    "sms_not_sent": 503,
}


async def answered(
    request: AnyRequest,
    kind: type[Body],
    desk: Callable[[Platform], Callable[[str, Body], msgspec.Struct | NotAnswered]],
    limit: int = MAX_QUESTION_BODY,
) -> Response[bytes]:
    """What the desk, which may block, says to the terminal that sent this. Raises ``ProblemError`` where it says nothing."""
    gate: Gate = request.app.state.identifications
    with gate.entered():
        kiosk, body = await believed(request, limit)
        outcome = await sync_to_thread(desk(platform_of(request)), kiosk.kiosk_id, read_json(body, kind))
    if isinstance(outcome, NotAnswered):
        raise ProblemError(_STATUS[outcome.code], outcome.code, outcome.detail, retry_after_s=outcome.retry_after_s)
    return Response(msgspec.json.encode(outcome), media_type="application/json", headers={"cache-control": "no-store"})
