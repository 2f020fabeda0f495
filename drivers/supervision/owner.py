"""One thread, and the device that only it may touch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic

from drivers.supervision.calls import Call, Device


class Owner(Generic[Device]):
    """All but ``device`` and ``thread`` is read and written under the supervisor's lock."""

    def __init__(self, name: str, serve: Callable[[Owner[Device]], None]) -> None:
        self.thread = threading.Thread(target=serve, args=(self,), name=name, daemon=True)
        """A daemon: one that hangs in a driver must not keep the process from ending."""
        self.device: Device | None = None
        self.call: Call[Device, Any] | None = None
        """The call it is working on."""
        self.limit_at_s = float("inf")
        """When what it does without a caller (opening, looking, closing) must be over."""
