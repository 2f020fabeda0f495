"""数据共享: the terminal's connector. What is fetched lives in the session only; every way it can fail is a value."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Protocol

from contract.sharing import (
    RequestSharedData,
    SharedData,
    SharedDataAnswer,
    SharedDataQuestion,
    SharedElement,
    open_answer,
    sharing_info,
)
from drivers.types import Deadline
from kiosk.catalogue.models import Catalogue
from kiosk.catalogue.rules import FactValue, is_fact
from kiosk.domain.identity import Person
from kiosk.flow.gathering_events import SharedFetched
from kiosk.services.papers import SharedQuestion
from kiosk.services.sealed_questions import Exchange
from offline_queue.identity import IdentitySource
from offline_queue.policy import Failure

_log = logging.getLogger(__name__)
_EXCHANGE = Exchange("shared data", sharing_info, RequestSharedData, open_answer)

OFFLINE = "sharing.offline"
_HOUR_MS = 3_600_000


class SharingLine(Protocol):
    """The line to the platform. Calls come back within seconds by themselves."""

    def request_shared_data(self, request: RequestSharedData) -> SharedDataAnswer | Failure:
        """Ask authorities through the platform."""
        ...


class SharedDataDesk:
    """Asks the platform. Blocks; run it on a worker thread."""

    def __init__(self, line: SharingLine, identity: IdentitySource, catalogue: Callable[[], Catalogue]) -> None:
        self._line = line
        self._identity = identity
        self._catalogue = catalogue

    def fetch(self, person: Person, question: SharedQuestion, deadline: Deadline) -> SharedFetched:
        """What authorities know of ``person``, for the matter it names and nothing else. Asked after consent only.

        Every element asked for counts as asked, also when nothing came: the resident then answers, shows or declares it.
        """
        asked = frozenset(question.elements)
        may_ask = question.consented_at_ms > 0 and not deadline.is_over
        found = self._ask(person, question) if may_ask else None
        if found is None:
            return SharedFetched({}, asked, OFFLINE)
        data, platform_time_ms = found
        values = dict(self._sound(data.elements, asked, platform_time_ms))
        return SharedFetched(values, asked, "" if len(values) == len(asked) else "sharing.incomplete")

    def _ask(self, person: Person, asked: SharedQuestion) -> tuple[SharedData, int] | None:
        return _EXCHANGE.ask(
            self._identity,
            lambda answer_key: SharedDataQuestion(
                id_type=person.card_kind,
                id_number=person.id_number,
                name=person.name,
                purpose=asked.purpose,
                consent_version=self._catalogue().consent_version,
                consented_at_ms=asked.consented_at_ms,
                elements=asked.elements,
                answer_key=answer_key,
            ),
            self._line.request_shared_data,
        )

    def _sound(self, elements: tuple[SharedElement, ...], asked: frozenset[str], now_ms: int) -> Iterator[tuple[str, FactValue]]:
        """Values that were asked for, are of the element's type, and are not stale. Names of others are logged, never values."""
        rules = self._catalogue().rules
        for given in elements:
            element = rules.element(given.name)
            if given.outcome != "value" or element is None or given.name not in asked:
                continue
            if given.value is None or not is_fact(given.value, element.type):
                _log.warning("shared data: %s is of a wrong type and was thrown away", element.name)
            elif element.choices and given.value not in {choice.value for choice in element.choices}:
                _log.warning("shared data: %s is none of its choices and was thrown away", element.name)
            elif now_ms - given.as_of_ms > element.kept_hours * _HOUR_MS:
                _log.info("shared data: %s is too old to be used", element.name)
            else:
                yield element.name, given.value
