"""Checking the code of a slip at the platform, on the wire. Open to anyone; nothing in it tells who the resident is."""

from __future__ import annotations

from typing import Literal

import msgspec


class VerifyReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /v1/receipts/verify`` (JSON)."""

    text: str
    """Exactly what a scanner reads from the slip, or a receipt number typed in."""


class ReceiptVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's answer. What could not be believed is left empty."""

    valid: bool
    code: str
    """``genuine``, ``number_only``, or a ``contract.statements.Flaw``."""
    receipt_number: str = ""
    item_code: str = ""
    said: Literal["", "saved", "delivered"] = ""
    """The terminal's word at the moment of printing."""
    committed_at_ms: int | None = None
    kiosk_id: str = ""
    kiosk_name: str = ""
    """The terminal whose key signed."""
    held: Literal["", "yes", "no", "differs"] = ""
    """Whether the platform holds this very case; ``differs``: it holds other bytes under this id, and people must look."""
    state: Literal["", "received", "processed"] = ""
    """Only when it is held. A case that waits for staff is *received*: why it waits is not for whoever finds a slip."""
