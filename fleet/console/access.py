"""Who may see the console: anybody at the machine itself, or an operator with a password."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from fleet.operators import Brake, Operators, read_basic


@dataclass(frozen=True, slots=True)
class Closed:
    """The console stays shut. ``code``: ``password_not_set``, ``password_needed`` or ``too_many_tries``."""

    code: str
    retry_after_s: float = 0.0


def is_loopback(host: str) -> bool:
    """True for an address or name by which a machine talks to itself."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class ConsoleAccess:
    """Decides for each request. May block for the time of one password check."""

    def __init__(self, operators: Operators, *, listens_on_loopback: bool) -> None:
        self._operators = operators
        self._listens_on_loopback = listens_on_loopback
        self._brake = Brake()

    def check(self, authorization: str, host: str, address: str, *, is_forwarded: bool) -> Closed | None:
        """``None`` when the console may be shown.

        Without a password it is shown on loopback only, only under a loopback name (a web page elsewhere could have pointed its
        own name here), and never through a proxy, which would make the whole world look local.
        """
        if not self._operators.exist:
            is_local = self._listens_on_loopback and is_loopback(_without_port(host)) and not is_forwarded
            return None if is_local else Closed("password_not_set")
        wait_s = self._brake.wait_s(address)
        if wait_s > 0:
            return Closed("too_many_tries", wait_s)
        given = read_basic(authorization)
        if given is None:
            return Closed("password_needed")
        if self._operators.are(*given):
            return None
        self._brake.note_failure(address)
        return Closed("password_needed")


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
