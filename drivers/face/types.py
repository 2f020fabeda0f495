"""Words and values of face verification and liveness (ISO/IEC 30107-3, ISO/IEC 19795)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class FaceTrouble(StrEnum):
    """Why a picture cannot be used."""

    NO_FACE = "no_face"
    MANY_FACES = "many_faces"
    TOO_SMALL = "too_small"
    UNREADABLE = "unreadable"
    """Not a picture at all."""


@dataclass(frozen=True, slots=True)
class NoUsableFace:
    """The picture holds not exactly one usable face."""

    trouble: FaceTrouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Distance of two faces; smaller is more alike. ``match`` is ``distance <= threshold``."""

    distance: float = field(repr=False)
    threshold: float
    match: bool = field(repr=False)
    engine: str
    elapsed_ms: float
    demonstration_only: bool = True
    """True until a calibration of this engine is loaded."""


class Action(StrEnum):
    """Movements of an active liveness challenge."""

    BLINK = "blink"
    """眨眼."""
    TURN_LEFT = "turn_left"
    """向左转头, to the resident's own left."""
    TURN_RIGHT = "turn_right"
    OPEN_MOUTH = "open_mouth"
    """张嘴."""


@dataclass(frozen=True, slots=True)
class LivenessProgress:
    """Where the challenge stands; ``current`` is what to ask of the person now, ``None`` when decided."""

    current: Action | None
    done: int
    total: int
    face_visible: bool
    hint: str = ""
    """Code of what hinders: ``no_face``, ``many_faces``, ``too_far``, ``hold_still`` or empty."""


class LivenessResult(StrEnum):
    """Outcome of a challenge."""

    LIVE = "live"
    WRONG_ACTION = "wrong_action"
    TIMED_OUT = "timed_out"
    FACE_LOST = "face_lost"
    CANCELLED = "cancelled"
