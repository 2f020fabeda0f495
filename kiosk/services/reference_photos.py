"""The platform's photo of a person, where the card's own cannot be read: the terminal's side.

Asked for only on the resident's own consent, which is named. Every way it can fail is a value; no log and no address names
anybody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from contract.portraits import (
    MAX_PORTRAIT_BYTES,
    MAX_SEALED_PORTRAIT_BYTES,
    PURPOSE_PORTRAIT,
    PortraitAnswer,
    PortraitWanted,
    RequestPortrait,
    answer_info,
    consent_id,
    portrait_info,
)
from drivers.picture_size import declared_size
from drivers.pictures import UnreadablePicture, decode_picture
from drivers.types import Deadline
from kiosk.domain.identity import Person, Portrait
from kiosk.flow.session import ConsentRecord
from kiosk.services.sealed_questions import seal_question
from offline_queue.answer_keys import AnswerKey
from offline_queue.identity import Identity, IdentitySource
from offline_queue.policy import Failure, FailureKind

_log = logging.getLogger(__name__)

MAX_PIXELS = 2_000_000
"""Of a photo that is decoded; a register's photos have a tenth of that."""
OFFLINE = "face.reference_offline"
NOT_HELD = "face.reference_not_held"
REFUSED = "face.reference_refused"
UNUSABLE = "face.reference_unusable"
_OUTCOMES = {"not_held": NOT_HELD}


class PortraitLine(Protocol):
    """The line to the platform. Calls come back within seconds by themselves."""

    def request_portrait(self, request: RequestPortrait) -> PortraitAnswer | Failure:
        """Ask for a photo."""
        ...


@dataclass(frozen=True, slots=True)
class ReferenceFound:
    """The photo. It is the caller's now, to ``forget``."""

    portrait: Portrait
    is_sample: bool
    """Of a fictitious resident."""


@dataclass(frozen=True, slots=True)
class NoReference:
    """Why not: ``face.reference_offline``, ``_not_held``, ``_refused``, ``_unusable``, or ``face.cancelled``."""

    reason: str


class ReferencePhotos:
    """Asks the platform. Blocks; run it on a worker thread. Safe to use from several threads."""

    def __init__(self, line: PortraitLine, identity: IdentitySource, consent_version: Callable[[], str]) -> None:
        """``consent_version``: of the text in which residents consent now, as it will stand in the case."""
        self._line = line
        self._identity = identity
        self._consent_version = consent_version

    def fetch(self, person: Person, consent: ConsentRecord | None, deadline: Deadline) -> ReferenceFound | NoReference:
        """The platform's photo of ``person``. Nothing is asked without ``consent``, and nothing after the deadline."""
        if consent is None or not consent.granted or consent.purpose != PURPOSE_PORTRAIT:
            return NoReference(REFUSED)
        identity = self._identity.current()
        if deadline.is_over or identity is None:
            return NoReference("face.cancelled" if deadline.is_cancelled else OFFLINE)
        key = AnswerKey()
        request = self._sealed(person, consent, identity, key)
        if request is None:
            return NoReference(OFFLINE)
        answer = self._line.request_portrait(request)
        # Where nobody waits any more the photo stays sealed.
        return NoReference("face.cancelled") if deadline.is_cancelled else _judged(answer, request, key)

    def _sealed(
        self, person: Person, consent: ConsentRecord, identity: Identity, answer_key: AnswerKey
    ) -> RequestPortrait | None:
        """The request sealed to the platform's newest key; ``None`` before enrolment."""
        wanted = PortraitWanted(
            id_type=person.card_kind,
            id_number=person.id_number,
            name=person.name,
            consent_id=consent_id(identity.kiosk_id, consent.purpose, self._consent_version(), consent.at_ms),
            purpose=consent.purpose,
            answer_key=answer_key.public,
        )
        return seal_question(identity, portrait_info, wanted, RequestPortrait)


def _judged(answer: PortraitAnswer | Failure, request: RequestPortrait, key: AnswerKey) -> ReferenceFound | NoReference:
    if isinstance(answer, Failure):
        _log.info("no portrait from the platform: %s", answer.code)
        is_offline = answer.kind is FailureKind.TEMPORARY and answer.code != "too_many"
        return NoReference(OFFLINE if is_offline else REFUSED)
    if answer.outcome != "held":
        return NoReference(_OUTCOMES.get(answer.outcome, REFUSED))
    return _opened(answer, request, key)


def _opened(answer: PortraitAnswer, request: RequestPortrait, key: AnswerKey) -> ReferenceFound | NoReference:
    """The platform is believed no more than a card: what it sends is bounded before it is decoded."""
    jpeg = key.open(answer_info(request.sealed), answer.sealed) if len(answer.sealed) <= MAX_SEALED_PORTRAIT_BYTES else None
    portrait = _decoded(jpeg) if jpeg is not None else None
    if portrait is None:
        _log.warning("the platform sent a portrait that cannot be used")
        return NoReference(UNUSABLE)
    return ReferenceFound(portrait, answer.is_sample)


def _decoded(jpeg: bytes) -> Portrait | None:
    size = declared_size(jpeg) if jpeg.startswith(b"\xff\xd8\xff") and len(jpeg) <= MAX_PORTRAIT_BYTES else None
    if size is None or size[0] * size[1] > MAX_PIXELS:
        return None
    picture = decode_picture(jpeg)
    if isinstance(picture, UnreadablePicture):
        return None
    portrait = Portrait(picture)
    picture.fill(0)
    return portrait
