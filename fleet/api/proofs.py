"""``POST /v1/proofs`` for terminals, ``POST /v1/proofs/verify`` for whoever holds a proof."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread

from contract.proofs import ProofRequest, VerifyProof
from fleet.api.reading import AnyRequest, Gate, believed, platform_of, read_json, whole_body
from fleet.api.receipt_checks import CHECK_BODY_S
from fleet.proofs.check import check_code

MAX_PROOF_BODY = 4096
PROOFS_AT_ONCE = 4
"""Drawing and signing keep a processor busy for about half a second."""
RETRY_PROOF_S = 2.0
_NO_STORE = {"cache-control": "no-store"}


@post("/v1/proofs", status_code=200, request_max_body_size=MAX_PROOF_BODY)
async def issue_proof(request: AnyRequest) -> Response[bytes]:
    """Issue a signed proof for the person at this terminal, or say in one line why there is none."""
    gate: Gate = request.app.state.proofs
    with gate.entered():
        kiosk, body = await believed(request, MAX_PROOF_BODY)
        asked = read_json(body, ProofRequest)
        answer = await sync_to_thread(platform_of(request).proofs.issue, kiosk.kiosk_id, asked)
    return Response(msgspec.msgpack.encode(answer), media_type="application/msgpack", headers=_NO_STORE)


@post("/v1/proofs/verify", status_code=200, request_max_body_size=MAX_PROOF_BODY)
async def verify_proof(request: AnyRequest) -> Response[bytes]:
    """Tell whether a verification code is one of ours, and what stands on its proof, names masked."""
    asked = read_json(await whole_body(request, CHECK_BODY_S), VerifyProof)
    gate: Gate = request.app.state.receipt_checks
    with gate.entered():
        platform = platform_of(request)
        verdict = await sync_to_thread(check_code, platform.database, asked.text, platform.clock())
    return Response(msgspec.json.encode(verdict), media_type="application/json", headers=_NO_STORE)


PROOF_HANDLERS = (issue_proof, verify_proof)
