"""Tells changes of a status to whoever subscribed, in order, from whatever thread noticed them."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable

from drivers.status import DeviceStatus

_log = logging.getLogger(__name__)

OnChange = Callable[[DeviceStatus], None]


class Announcer:
    """``put`` under the lock of whoever decides, so that the order is right; ``deliver`` without it."""

    def __init__(self, name: str, present: DeviceStatus) -> None:
        self._name = name
        self._put_last = present
        self._told = present
        self._waiting: deque[DeviceStatus] = deque()
        self._subscribers: dict[int, OnChange] = {}
        self._numbers = itertools.count()
        self._delivery = threading.RLock()

    def put(self, status: DeviceStatus) -> None:
        """Have ``status`` told if state or code differ from the one before."""
        if (status.state, status.code) != (self._put_last.state, self._put_last.code):
            self._put_last = status
            self._waiting.append(status)

    def deliver(self) -> None:
        """Tell all that was put so far; returns when it has been told."""
        with self._delivery:
            while self._waiting:
                self._told = self._waiting.popleft()
                for subscriber in tuple(self._subscribers.values()):
                    self._tell(subscriber, self._told)

    def subscribe(self, on_change: OnChange) -> Callable[[], None]:
        """Tell ``on_change`` the present status at once, and every change from now on; returns how to end that."""
        with self._delivery:
            self.deliver()
            number = next(self._numbers)
            self._subscribers[number] = on_change
            self._tell(on_change, self._told)

        def unsubscribe() -> None:
            with self._delivery:
                self._subscribers.pop(number, None)

        return unsubscribe

    def _tell(self, subscriber: OnChange, status: DeviceStatus) -> None:
        try:
            subscriber(status)
        except Exception as error:  # noqa: BLE001 - one listener's bug must not blind the others, nor stop the device's thread
            _log.error("%s: a subscriber ended with %s", self._name, type(error).__name__)
