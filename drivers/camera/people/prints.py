"""PAI species ``print``: a photograph of the person on paper, held by hands that tilt, swing, bend and push it.

Assumed of the paper: colour laser or ink on office or photo paper, white reflects 0.90 and full black 0.05 of the light (a
contrast of about 18 to 1; printed matter on plain paper has 10 to 40), colours a fifth duller than on screen, a little gloss.
A printer's screen of 60 to 150 lines an inch is mostly finer than the camera resolves; what is left of it is computed below.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from drivers.camera.people.attacker import draw_thumbs, room_behind, with_margin
from drivers.camera.people.plane import USUAL_DISTANCE_CM, Hand, Hold, Plane, over
from drivers.camera.people.relief import HEAD_BREADTH_CM, Field
from drivers.camera.people.staged import StagedScene, Staging
from drivers.camera.people.view import View
from drivers.camera.portrait import Portrait, blend
from drivers.camera.types import Movement
from drivers.types import Image

_CM_PER_INCH = 2.54
_MARGIN_PX = 48
_ROOM_LIT = 20
_BORDER_CM = 0.8
_FLAT = 0.02
"""Bend up to which the light differs by less than one part in a hundred."""
_WHITE_BGR = (228, 232, 230)


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed and how it is held."""

    fills_picture: bool = False
    """Held so near that no edge shows; otherwise a sheet of A4 upright with a white border."""
    face_cm: float = 12.5
    """Breadth of the printed head; 14 is life size."""
    lines_per_inch: float = 100.0
    gloss: float = 0.012
    """Share of the screen's light mirrored: office paper 0.01, photo paper 0.03 (Fresnel 0.04, roughened)."""
    bend: float = 0.0
    """How far the middle of the sheet is kept bowed towards the lens, by its width: a print rolled round a face or a can fakes
    relief. At 0.15 its sides face 30 degrees away."""
    moves: bool = True
    """Whether the hands try to act what is asked."""


class PrintAttack(StagedScene):
    """A paper photograph."""

    species = "print"
    is_stiff = False
    """Whether it cannot be bent."""

    def __init__(
        self,
        portrait: Image,
        staging: Staging | None = None,
        *,
        paper: Paper | None = None,
    ) -> None:
        """``portrait`` is who is printed."""
        super().__init__(portrait, staging)
        self.paper = paper or Paper()
        self._hand: Hand | None = None
        self._plane: Plane | None = None
        self._texture = np.zeros((1, 1, 4), np.uint8)
        self._room = np.zeros((1, 1, 3), np.uint8)

    def _set_up(self, portrait: Image) -> None:
        sheet, px_per_cm, rest = self._sheet(portrait)
        texture = with_margin(np.asarray(cv2.cvtColor(sheet, cv2.COLOR_BGR2BGRA), np.uint8), _MARGIN_PX)
        self._draw_hands(texture, 1.9 * px_per_cm)
        self._texture = texture
        height, width = texture.shape[:2]
        self._plane = Plane(self.size_px, (width / px_per_cm, height / px_per_cm), (width, height))
        self._hand = Hand(rest, self.random)
        self._room = room_behind(self.size_px)

    def _draw_hands(self, texture: Image, thumb_px: float) -> None:
        draw_thumbs(texture, _MARGIN_PX, thumb_px)

    def _sheet(self, portrait: Image) -> tuple[Image, float, Hold]:
        """What is held up, its pixels for each centimetre, and how it is held."""
        composed = self.staging.compose(portrait, self.size_px)
        px_per_cm = float(composed.landmarks[16, 0] - composed.landmarks[0, 0]) / self.paper.face_cm
        printed = printed_on_paper(self._motif(composed), px_per_cm, self.paper.lines_per_inch, self.seed)
        away_cm = self.paper.face_cm / HEAD_BREADTH_CM * USUAL_DISTANCE_CM  # as large as a face at the usual distance
        bend = self.paper.bend + self.random.uniform(0.0, 0.03)  # hands hold a sheet flat as well as they can
        if self.paper.fills_picture:
            return printed, px_per_cm, Hold(away_cm=away_cm * 0.88, bend=bend)
        border = (round(_BORDER_CM * px_per_cm),) * 4
        sheet = cv2.copyMakeBorder(printed, *border, cv2.BORDER_CONSTANT, value=_WHITE_BGR)
        return np.asarray(sheet, np.uint8), px_per_cm, Hold(away_cm=away_cm * self.random.uniform(0.95, 1.2), bend=bend)

    def _motif(self, composed: Portrait) -> Image:
        whole = blend(composed.person, composed.matte, composed.wall)
        if self.paper.fills_picture:
            return whole
        width = round(whole.shape[0] / math.sqrt(2))  # a sheet of A4 upright
        left = max(0, round(float(composed.landmarks[30, 0]) - width / 2))
        return np.ascontiguousarray(whole[:, left : left + width])

    def _view(self, now_s: float, *, is_lit: bool) -> View:
        if self._hand is None or self._plane is None:
            raise RuntimeError("prepare() makes hand and plane")
        hold = self._hand.at(now_s)
        maps = self._plane.maps(hold)
        picture, matte = over(self._room, self._texture, maps)
        if not is_lit:
            return View(picture)
        paper = cv2.convertScaleAbs(matte, alpha=self._plane.screen_light(hold, 0.9) / 255)
        if hold.bend > _FLAT:
            paper = cv2.multiply(paper, self._plane.facing(hold, maps), dtype=cv2.CV_8U)
        room = cv2.convertScaleAbs(cv2.bitwise_not(matte), alpha=_ROOM_LIT / 255)
        gloss = cv2.convertScaleAbs(matte, alpha=self.paper.gloss * _facing(hold))
        return View(picture, np.asarray(cv2.add(paper, room), np.uint8), np.asarray(gloss, np.uint8))

    def _hear(self, action: Movement, now_s: float) -> None:
        if self._hand is None or not self.paper.moves:
            return
        begin_s, strong = now_s + self.tempo.reaction_s(self.random), self.random.uniform(0.8, 1.2)
        wiggle(self._hand, action, begin_s, strong, is_stiff=self.is_stiff)


def wiggle(hand: Hand, action: Movement, begin_s: float, strong: float = 1.0, *, is_stiff: bool = False) -> None:
    """What a hand can do with a sheet to look like ``action``."""
    reach = hand.rest.away_cm / USUAL_DISTANCE_CM
    if action in (Movement.TURN_LEFT, Movement.TURN_RIGHT):
        side = 1.0 if action is Movement.TURN_LEFT else -1.0
        hand.gesture(begin_s, 0.9, yaw_rad=side * 0.6 * strong)
    elif action is Movement.NOD:
        hand.gesture(begin_s, 0.7, pitch_rad=0.5 * strong, down_cm=1.5 * strong * reach)
    elif action is Movement.BLINK:
        hand.gesture(begin_s, 0.4, pitch_rad=0.45 * strong)
    else:
        hand.gesture(begin_s, 0.8, bend=0.0 if is_stiff else 0.16 * strong, nearer_cm=5.0 * strong * reach)


def printed_on_paper(picture: Image, px_per_cm: float, lines_per_inch: float, seed: int) -> Image:
    """``picture`` in the colours and with the screen of a printer."""
    linear = (picture.astype(np.float32) / 255.0) ** 2.2
    grey = np.asarray(linear @ np.array([0.114, 0.587, 0.299], np.float32), np.float32)
    dull = grey[..., None] + 0.8 * (linear - grey[..., None])
    light = (0.05 + 0.85 * np.clip(dull, 0.0, 1.0)) * _halftone(picture.shape[:2], px_per_cm, lines_per_inch, grey, seed)
    return np.asarray(np.clip(255.0 * np.clip(light, 0.0, 1.0) ** (1 / 2.2), 0, 255), np.uint8)


def _halftone(shape: tuple[int, ...], px_per_cm: float, lines_per_inch: float, grey: Field, seed: int) -> Image:
    """The dots as far as pixels of this size still see them: a wave of their pitch, weakened by the pixel's aperture."""
    cycles = lines_per_inch / _CM_PER_INCH / px_per_cm
    seen = abs(float(np.sinc(cycles))) * math.exp(-2 * (math.pi * 0.3 * cycles) ** 2)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    layers = []
    for degrees in (75.0, 15.0, 45.0):  # the usual angles of yellow, cyan and magenta under blue, red and green light
        across = x * math.cos(math.radians(degrees)) + y * math.sin(math.radians(degrees))
        along = y * math.cos(math.radians(degrees)) - x * math.sin(math.radians(degrees))
        dots = np.cos(2 * math.pi * cycles * across) * np.cos(2 * math.pi * cycles * along)
        layers.append(1.0 + 0.8 * seen * dots * np.sqrt(np.clip(grey * (1 - grey), 0.0, None)) * 2)
    fibres = np.random.default_rng(seed).normal(1.0, 0.012, shape).astype(np.float32)
    return np.asarray(np.stack(layers, axis=-1) * fibres[..., None], np.float32)


def _facing(hold: Hold) -> float:
    """1 when the mirror image of the screen falls into the lens, falling off with the tilt as rough paper does."""
    return math.exp(-((hold.yaw_rad / 0.25) ** 2) - ((hold.pitch_rad - 0.05) / 0.25) ** 2)
