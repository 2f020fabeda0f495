"""The code that comes by text message."""

from __future__ import annotations

import math
from dataclasses import replace

from kiosk.flow.context import Context
from kiosk.flow.effects import CheckSms, RememberSms, RequestSms
from kiosk.flow.events import Event, SmsCodeEntered, SmsSent
from kiosk.flow.moves import Result
from kiosk.flow.states import FlowState

RESEND_AFTER_S = 60.0
CODE_DIGITS = 6


def sent(state: FlowState, event: SmsSent, context: Context) -> Result:
    """The message is on its way: wait for the resident to type its code."""
    remember = RememberSms(event.masked_phone, event.request_id)
    return replace(state, busy=False, reason="", sms_sent_s=context.now_s), (remember,)


def check_code(state: FlowState, event: SmsCodeEntered, context: Context) -> Result:
    """Ask the platform; a second press meanwhile, or a code that cannot be one, changes nothing and costs nothing."""
    if state.busy or not context.session.sms_request or not _is_code(event.code):
        return state, ()
    return replace(state, busy=True, reason=""), (CheckSms(event.code),)


def _is_code(code: str) -> bool:
    return len(code) == CODE_DIGITS and code.isascii() and code.isdigit()


def send_again(state: FlowState, _event: Event, context: Context) -> Result:
    """Another message, once a minute at most; at once when none has gone out, or its code is too old."""
    if state.busy or resend_in_s(state, context) > 0:
        return state, ()
    return replace(state, busy=True, reason=""), (RequestSms(),)


def resend_in_s(state: FlowState, context: Context) -> int:
    """Whole seconds until another message can be asked for."""
    if state.sms_sent_s is None or state.reason == "sms.expired":
        return 0
    return max(0, math.ceil(state.sms_sent_s + RESEND_AFTER_S - context.now_s))
