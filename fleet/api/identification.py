"""The handlers that help a terminal to know who is there: credentials used, codes by text message."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread

from contract.credentials import RedeemAnswer, RedeemCredential
from contract.sms import ConfirmSmsCode, RequestSmsCode
from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, Gate, believed, platform_of, read_json
from fleet.api.sealed_questions import MAX_QUESTION_BODY, answered
from fleet.used_credentials import NotRedeemed, redeem

IDENTIFICATIONS_AT_ONCE = 16
RETRY_IDENTIFICATION_S = 2.0
_NOT_REDEEMED = {"bad_request": 400, "too_many": 429}


@post("/v1/credentials/redeem", status_code=200, request_max_body_size=MAX_QUESTION_BODY)
async def redeem_credential(request: AnyRequest) -> Response[bytes]:
    """Note that a credential is used at this terminal now, and tell whether that is the first time anywhere."""
    with _gate(request).entered():
        kiosk, body = await believed(request, MAX_QUESTION_BODY)
        asked = read_json(body, RedeemCredential)
        platform = platform_of(request)
        outcome = await sync_to_thread(redeem, platform.database, platform.clock, kiosk.kiosk_id, asked)
    if isinstance(outcome, NotRedeemed):
        raise ProblemError(_NOT_REDEEMED[outcome.code], outcome.code, outcome.detail, retry_after_s=outcome.retry_after_s)
    return _json(RedeemAnswer(first_use=outcome, platform_time_ms=platform.clock()))


@post("/v1/sms-codes", status_code=200, request_max_body_size=MAX_QUESTION_BODY)
async def request_sms_code(request: AnyRequest) -> Response[bytes]:
    """Send a code to the telephone that is registered for the person sealed in the body."""
    return await answered(request, RequestSmsCode, lambda platform: platform.sms.request)


@post("/v1/sms-codes/confirm", status_code=200, request_max_body_size=MAX_QUESTION_BODY)
async def confirm_sms_code(request: AnyRequest) -> Response[bytes]:
    """Tell whether a code is the one that was sent at the wish of this terminal. A wrong one costs one of three tries."""
    with _gate(request).entered():
        kiosk, body = await believed(request, MAX_QUESTION_BODY)
        asked = read_json(body, ConfirmSmsCode)
        sms = platform_of(request).sms
        return _json(await sync_to_thread(sms.confirm, kiosk.kiosk_id, asked.request_id, asked.code))


def _gate(request: AnyRequest) -> Gate:
    gate: Gate = request.app.state.identifications
    return gate


def _json(model: msgspec.Struct) -> Response[bytes]:
    return Response(msgspec.json.encode(model), media_type="application/json", headers={"cache-control": "no-store"})


IDENTIFICATION_HANDLERS = (redeem_credential, request_sms_code, confirm_sms_code)
