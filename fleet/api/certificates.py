"""The handler through which terminals have certificates checked."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread

from contract.certificates import CheckCertificate
from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, Gate, believed, platform_of, read_json
from fleet.certificates import CheckRefused

MAX_CERTIFICATE_BODY = 16 * 1024
_STATUS = {"bad_request": 400, "unknown_sealing_key": 422}


@post("/v1/certificates/check", status_code=200, request_max_body_size=MAX_CERTIFICATE_BODY)
async def check_certificate(request: AnyRequest) -> Response[bytes]:
    """Tell whether the certificate sealed in the body is that person's and valid today. Each use is on record."""
    gate: Gate = request.app.state.identifications
    with gate.entered():
        kiosk, body = await believed(request, MAX_CERTIFICATE_BODY)
        asked = read_json(body, CheckCertificate)
        outcome = await sync_to_thread(platform_of(request).certificates.answer, kiosk.kiosk_id, asked)
    if isinstance(outcome, CheckRefused):
        raise ProblemError(_STATUS[outcome.code], outcome.code, outcome.detail)
    return Response(msgspec.json.encode(outcome), media_type="application/json", headers={"cache-control": "no-store"})
