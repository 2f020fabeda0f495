"""Tells the platform that a credential is being used, so that a copy of it is good at no other machine."""

from __future__ import annotations

import logging
from typing import Protocol

from contract.credentials import RedeemAnswer, RedeemCredential
from kiosk.services.credentials import Redemption
from offline_queue.policy import Failure

_log = logging.getLogger(__name__)


class RedeemingLine(Protocol):
    """The line to the platform. Calls come back within seconds by themselves."""

    def redeem_credential(self, request: RedeemCredential) -> RedeemAnswer | Failure:
        """Tell of a use."""
        ...


class PlatformRedeemer:
    """``kiosk.services.credentials.Redeemer`` by the platform. Without a line the answer is ``unknown``."""

    def __init__(self, line: RedeemingLine) -> None:
        self._line = line

    def redeem(self, credential_id: str, expires_at_ms: int) -> Redemption:
        """Whether it is the first use anywhere."""
        answer = self._line.redeem_credential(RedeemCredential(credential_id=credential_id, expires_at_ms=expires_at_ms))
        if isinstance(answer, Failure):
            _log.info("a credential is taken by this machine's own record only: %s", answer.code)
            return "unknown"
        return "first" if answer.first_use else "used"
