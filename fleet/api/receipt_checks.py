"""``POST /v1/receipts/verify``: open to anyone who holds a slip."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread

from contract.receipt_checks import VerifyReceipt
from fleet.api.reading import AnyRequest, Gate, platform_of, read_json, whole_body
from fleet.receipt_check import check_receipt

CHECKS_AT_ONCE = 8
RETRY_CHECK_S = 2.0
MAX_CHECK_BODY = 4096
CHECK_BODY_S = 10.0
"""So long may anybody take to send so little. It is read before the gate: who sends nothing must not keep others out."""


@post("/v1/receipts/verify", status_code=200, request_max_body_size=MAX_CHECK_BODY)
async def verify_receipt(request: AnyRequest) -> Response[bytes]:
    """Tell whether the code of a slip is genuine, whether the platform holds its case, and the case's public state."""
    asked = read_json(await whole_body(request, CHECK_BODY_S), VerifyReceipt)
    gate: Gate = request.app.state.receipt_checks
    with gate.entered():
        verdict = await sync_to_thread(check_receipt, platform_of(request).database, asked.text)
    return Response(msgspec.json.encode(verdict), media_type="application/json", headers={"cache-control": "no-store"})
