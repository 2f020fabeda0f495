"""办件进度查询: where a resident's cases are, asked at a terminal and told by the platform.

By receipt number and ID card, or of all cases once the person is identified. Question and answer travel sealed
(``contract.sealed_answers``): neither an ID number nor what somebody applied for is read on the way.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from contract import sealed_answers

PROGRESS_INFO = b"oueban progress v1\0"
MAX_SEALED_BYTES = 4096
MAX_ANSWER_BYTES = 256 * 1024
MAX_CASES = 20
"""Newest first; who has more asks by number."""
MAX_WORDS = 200

State = Literal[
    "submitted",
    "received",
    "checking",
    "accepted",
    "accepted_lacking",
    "refused",
    "supplement",
    "in_review",
    "granted",
    "denied",
    "finished",
    "sent",
    "collected",
    "withdrawn",
]
"""办件状态: 提交, 收件, 人工核对, 受理, 容缺受理, 不予受理, 补正, 审核, 准予, 不予许可, 办结, 寄出, 领取, 撤回."""

Actor = Literal["resident", "platform", "window", "department", "courier"]
"""Who did it: the applicant, the platform by itself, 综合受理窗口, the deciding department, the courier."""

ACTORS: dict[str, Actor] = {
    "submitted": "resident",
    "received": "platform",
    "checking": "window",
    "accepted": "window",
    "accepted_lacking": "window",
    "refused": "window",
    "supplement": "window",
    "in_review": "department",
    "granted": "department",
    "denied": "department",
    "finished": "department",
    "sent": "courier",
    "collected": "resident",
    "withdrawn": "resident",
}
"""Who brings a case into a state."""

NextStep = Literal["wait", "bring_papers", "correct", "collect", "nothing", "ask_window"]


def next_step(state: str, *, lacking: bool) -> NextStep:
    """What the applicant has to do now. A promised paper (容缺) is due in every open state."""
    match state:
        case "refused" | "denied":
            return "ask_window"
        case "collected" | "withdrawn":
            return "nothing"
        case "supplement":
            return "correct"
        case "finished":
            return "collect"
        case _:
            return "bring_papers" if lacking and state != "sent" else "wait"


class ProgressQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose cases. Travels sealed; the ``repr`` shows nothing."""

    id_type: str
    id_number: str
    receipt_number: str = ""
    """Empty: all cases of the person, which only ``identified`` allows."""
    identified: bool = False
    """The terminal has proved that the person is the card's holder; without it a card was only read."""
    answer_key: bytes
    """32 random bytes, for this answer alone."""

    def __repr__(self) -> str:
        return "ProgressQuestion(<redacted>)"


class AskProgress(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Body of ``POST /v1/progress`` (JSON)."""

    suite: str
    sealing_key_id: str
    sealed: bytes
    """HPKE of ``ProgressQuestion`` as JSON under ``progress_info``."""


class ProgressStep(msgspec.Struct, frozen=True, kw_only=True):
    """One state that a case has reached."""

    state: str
    at_ms: int
    actor: str
    words: str = ""
    """What whoever did it wrote for the applicant: what to correct, a courier's number."""

    def __repr__(self) -> str:
        return f"ProgressStep(state={self.state!r}, at_ms={self.at_ms})"


class LackingPaper(msgspec.Struct, frozen=True, kw_only=True):
    """容缺: a paper that was promised."""

    material: str
    """Its id in the catalogue."""
    due: str = ""
    """ISO 8601; empty where the terminal's calendar did not reach so far."""


class CaseProgress(msgspec.Struct, frozen=True, kw_only=True):
    """One case, oldest step first."""

    receipt_number: str
    case_id: str = ""
    """UUIDv7; a proof 证明 that the case ended in can be had again by it."""
    item_code: str
    steps: tuple[ProgressStep, ...]
    next_step: str
    """``NextStep``; a terminal takes any other word for ``wait``."""
    lacking: tuple[LackingPaper, ...] = ()

    def __repr__(self) -> str:
        return f"CaseProgress(steps={len(self.steps)}, <redacted>)"


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Inside of the answer. No case at all: there is none under this number for this person, and which of both is not told."""

    cases: tuple[CaseProgress, ...]


class ProgressAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``POST /v1/progress``.

    Problems instead: ``bad_request``, ``unknown_sealing_key`` (422), ``not_identified`` (403).
    """

    sealed: bytes
    platform_time_ms: int


def progress_info(kiosk_id: str) -> bytes:
    """The HPKE ``info``: what one terminal sealed is of no use to another."""
    return PROGRESS_INFO + kiosk_id.encode()


def seal_progress(told: Progress, key: bytes, question: bytes) -> bytes:
    """Seal an answer to the question whose sealed bytes are ``question``."""
    return sealed_answers.seal(told, key, PROGRESS_INFO, question)


def open_progress(sealed: bytes, key: bytes, question: bytes) -> Progress | None:
    """The answer to the question whose sealed bytes are ``question``; see ``sealed_answers.open_sealed``."""
    return sealed_answers.open_sealed(sealed, key, PROGRESS_INFO, question, MAX_ANSWER_BYTES, Progress)
