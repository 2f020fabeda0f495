"""Words and values of face verification and liveness (ISO/IEC 30107-3, ISO/IEC 19795)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class FaceTrouble(StrEnum):
    """Why a picture cannot be used."""

    NO_FACE = "no_face"
    MANY_FACES = "many_faces"
    TOO_SMALL = "too_small"
    TURNED_AWAY = "turned_away"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    UNREADABLE = "unreadable"
    """Not a picture at all."""
    BACK_LIGHT = "back_light"
    """A window or lamp behind the person: the face is a silhouette."""
    EYES_COVERED = "eyes_covered"
    """Dark glasses."""
    MOUTH_COVERED = "mouth_covered"
    """A mask, a scarf."""


@dataclass(frozen=True, slots=True)
class NoUsableFace:
    """The picture holds not exactly one usable face."""

    trouble: FaceTrouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Where a face is, in pixels of the picture it was found in; it may reach past the edges."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        """Width by height, 0 for an empty box."""
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    def scaled(self, factor: float) -> FaceBox:
        """The same face in a picture ``factor`` times as large."""
        return FaceBox(
            round(self.left * factor), round(self.top * factor), round(self.right * factor), round(self.bottom * factor)
        )

    def moved(self, right: int, down: int) -> FaceBox:
        """The same face in a picture that has so many more columns at its left and rows at its top."""
        return FaceBox(self.left + right, self.top + down, self.right + right, self.bottom + down)

    def overlap(self, other: FaceBox) -> float:
        """Shared area by joint area, 0 to 1."""
        shared = FaceBox(
            max(self.left, other.left), max(self.top, other.top), min(self.right, other.right), min(self.bottom, other.bottom)
        ).area
        joint = self.area + other.area - shared
        return shared / joint if joint else 0.0


@dataclass(frozen=True, slots=True)
class FaceMeasurement:
    """What one camera picture shows of the face in front; see ``landmarks.py`` for the ratios."""

    box: FaceBox
    other_faces: int
    """Further faces at least a quarter as large; smaller ones belong to passers-by and are not counted."""
    eye_openness: float = field(repr=False)
    mouth_openness: float = field(repr=False)
    eye_height: float = field(repr=False)
    mouth_height: float = field(repr=False)
    """Heights of the openings by the length of the nose: a print that is only tilted or swung keeps these or the ratios above."""
    yaw: float = field(repr=False)
    roll_degrees: float = field(repr=False)
    eye_distance_px: float
    sharpness: float
    """Variance of the Laplacian of the face scaled to a fixed size; for comparison within one session only."""
    pitch: float = field(default=0.0, repr=False)
    """Where the tip of the nose stands between eyes (0) and upper lip (1); it sinks when the chin goes down."""
    eye_darkness: float = field(default=0.0, repr=False)
    """How dark the openings of the eyes are against the cheeks; see ``eyes.py``. 0 from an engine that does not tell."""
    points: NDArray[np.float64] | None = field(default=None, repr=False, compare=False)
    """The 68 landmarks in pixels of the picture, ``None`` from an engine that does not tell."""


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
    calibration: str = ""
    """Identity of the calibration file in force, empty without one."""


class Action(StrEnum):
    """Movements of an active liveness challenge."""

    BLINK = "blink"
    """眨眼."""
    TURN_LEFT = "turn_left"
    """向左转头, to the resident's own left."""
    TURN_RIGHT = "turn_right"
    NOD = "nod"
    """点头: the chin down and up again."""
    OPEN_MOUTH = "open_mouth"
    """张嘴."""


@dataclass(frozen=True, slots=True)
class LivenessProgress:
    """Where the challenge stands; ``current`` is what to ask of the person now.

    ``current`` is ``None`` while the person shall look straight ahead (at the beginning, and after each action until the face is
    at rest again; the hint is then ``hold_still``, or what hinders more) and when decided.
    """

    current: Action | None
    done: int
    total: int
    face_visible: bool
    hint: str = ""
    """Code of what hinders: ``no_face``, ``many_faces``, ``too_far``, ``hold_still``, ``turned_away``, a word of ``covering``, or
    empty."""
    light: tuple[int, int, int] | None = None
    """Red, green, blue that the screen must show now (screen-light challenge); ``None``: its usual picture."""


class LivenessResult(StrEnum):
    """Outcome of a challenge."""

    LIVE = "live"
    WRONG_ACTION = "wrong_action"
    """Another movement than the one asked for, or the right ones in another order."""
    TIMED_OUT = "timed_out"
    FACE_LOST = "face_lost"
    FACE_CHANGED = "face_changed"
    """Another face took the place of the one that began."""
    ATTACK = "attack"
    """What was shown is suspected to be a presentation attack: a print, a screen, a mask."""
    CANCELLED = "cancelled"


class PictureRole(StrEnum):
    """Which of the two pictures of a verification is meant."""

    LIVE = "live"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class LivenessSummary:
    """How it was found that a living person stands there: numbers for the record, never a picture."""

    actions: tuple[Action, ...]
    """What was asked for, in this order, and done."""
    lights: int
    """Colours the screen showed whose answer was measured; 0 without a screen-light challenge."""
    cues: Mapping[str, float]
    """Each cue measured with its score: 0 an attack, 1 bona fide. Cues that could not be measured are not in it."""
    score: float
    """The cues fused, 0 to 1."""
    threshold: float
    """``score`` from which on the presentation counts as bona fide."""
    method: str
    """Name and version of the rule that came to the score, e.g. ``active3+light+passive/1``."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A live person whose face agrees with the reference."""

    comparison: Comparison
    liveness: LivenessSummary


@dataclass(frozen=True, slots=True)
class NotMatching:
    """A live person, but not the one of the reference."""

    comparison: Comparison
    liveness: LivenessSummary


@dataclass(frozen=True, slots=True)
class NotLive:
    """The challenge was not met; ``result`` says how."""

    result: LivenessResult
    cue: str = ""
    """Of an ``ATTACK``: the cue that decided, e.g. ``flat``, ``moire``, ``light``, ``rigid``, ``infrared``."""


@dataclass(frozen=True, slots=True)
class UnusablePicture:
    """One of the two pictures holds not exactly one usable face."""

    where: PictureRole
    face: NoUsableFace


@dataclass(frozen=True, slots=True)
class CameraSilent:
    """The camera gave no pictures for too long: our fault, not the person's."""


@dataclass(frozen=True, slots=True)
class VerificationStopped:
    """The deadline came first; ``is_cancelled`` when somebody ended it on purpose."""

    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class EngineLost:
    """The process that computes ended or fell silent in the middle: our fault, not the person's; it is started anew."""


FaceFailure = NotMatching | NotLive | UnusablePicture | CameraSilent | VerificationStopped | EngineLost
"""Every way in which a check does not prove who somebody is."""
FaceVerification = Verified | FaceFailure
"""Everything ``FaceVerifier.verify`` can come to."""
