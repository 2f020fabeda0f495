"""Failed tries, in memory only: who has failed too often waits, on a clock that nobody can set; nobody else does."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.domain.identity import Person, Route, RouteStanding
from kiosk.flow.context import LOCK_S, MAX_TRIES


@dataclass(slots=True)
class _Entry:
    tries: int
    until_s: float
    """When this is forgotten: with all tries used up, when the way opens again."""


class Tries:
    """Counts failures by key. Every method may be called from any thread."""

    def __init__(self, monotonic_s: Callable[[], float], lock_s: float, max_tries: int = MAX_TRIES) -> None:
        """``lock_s``: how long the last failure counts, and how long the last of ``max_tries`` pauses."""
        self._monotonic_s = monotonic_s
        self._lock_s = lock_s
        self._max_tries = max_tries
        self._lock = threading.Lock()
        self._entries: dict[bytes, _Entry] = {}

    def standing(self, key: bytes) -> tuple[int, float]:
        """(failed tries, when it opens again); the second is 0 as long as tries are left."""
        with self._lock:
            self._forget_old()
            entry = self._entries.get(key)
            if entry is None:
                return 0, 0.0
            return (0, entry.until_s) if entry.tries >= self._max_tries else (entry.tries, 0.0)

    def count(self, key: bytes) -> None:
        """One failure more; none is counted while paused, so that a pause is never longer than said."""
        with self._lock:
            self._forget_old()
            entry = self._entries.setdefault(key, _Entry(0, 0.0))
            if entry.tries < self._max_tries:
                entry.tries += 1
                entry.until_s = self._monotonic_s() + self._lock_s

    def clear(self, key: bytes) -> None:
        """Success."""
        with self._lock:
            self._entries.pop(key, None)

    def _forget_old(self) -> None:
        now_s = self._monotonic_s()
        for key in [key for key, entry in self._entries.items() if entry.until_s <= now_s]:
            del self._entries[key]


class RouteLocks:
    """Tries by person and way. A person is known by an HMAC of their number under a key that this process alone ever has.

    Nothing of it is written anywhere: with the process the key is gone, and with it whose tries these were.
    """

    def __init__(self, monotonic_s: Callable[[], float], lock_s: float = LOCK_S, max_tries: int = MAX_TRIES) -> None:
        self._tries = Tries(monotonic_s, lock_s, max_tries)
        self._secret = secrets.token_bytes(32)

    def standings(self, person: Person) -> tuple[RouteStanding, ...]:
        """All ways on which tries of this person still count."""
        seen = ((route, *self._tries.standing(self._key(person, route))) for route in Route)
        return tuple(RouteStanding(route, tries, opens_at_s) for route, tries, opens_at_s in seen if tries or opens_at_s)

    def is_paused(self, person: Person, route: Route) -> bool:
        """True while this person must not try this way."""
        return self._tries.standing(self._key(person, route))[1] > 0.0

    def count(self, person: Person, route: Route) -> None:
        """This person failed on this way."""
        self._tries.count(self._key(person, route))

    def clear(self, person: Person, route: Route) -> None:
        """This person succeeded on this way."""
        self._tries.clear(self._key(person, route))

    def _key(self, person: Person, route: Route) -> bytes:
        words = f"{route.value}\0{person.id_number.upper()}".encode()
        return hmac.new(self._secret, words, hashlib.sha256).digest()
