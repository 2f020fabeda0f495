"""PAI species ``mask_cutout`` and ``half_photo``: a printed face worn by a live person who obeys.

The paper is a rigid plane at the nose that follows the wearer's head; true eyes (and, if cut out, a true mouth)
are behind its holes. It gives back the screen's light as paper does, the skin in the holes as skin in its shadow does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.people.person import SimulatedPerson
from drivers.camera.people.plane import over
from drivers.camera.people.portraits import other_portrait
from drivers.camera.people.prints import printed_on_paper
from drivers.camera.people.relief import HEAD_BREADTH_CM, Field
from drivers.camera.people.staged import StagedScene, Staging
from drivers.camera.people.view import View
from drivers.camera.portrait import Points, Portrait
from drivers.camera.types import Movement
from drivers.types import Image

_STEP_PX = 4
_PAPER_BEFORE_EARS = 0.66
"""Of the head's breadth: pressed on, the tip of the nose in a fold."""
_EYES = ((36, 42), (42, 48))
_SHADOW = 70.0
"""Of 255: how much of the room's light the paper takes from what is close behind its edges."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What is cut out and how far the paper reaches."""

    has_eye_holes: bool = True
    has_mouth_hole: bool = False
    is_lower_half: bool = False
    """Only nose, mouth and chin on paper, the wearer's own eyes above."""
    lines_per_inch: float = 120.0


class MaskAttack(StagedScene):
    """A live person behind the printed face of another."""

    def __init__(
        self,
        portrait: Image,
        staging: Staging | None = None,
        *,
        mask: Mask | None = None,
        wearer: Image | None = None,
    ) -> None:
        """``portrait`` is who is printed, ``wearer`` who hides behind (``None``: ``other_portrait``)."""
        super().__init__(portrait, staging)
        self.mask = mask or Mask()
        self.species = "half_photo" if self.mask.is_lower_half else "mask_cutout"
        face = other_portrait(portrait) if wearer is None else wearer
        self._wearer = SimulatedPerson(face, self.staging)
        self._texture = np.zeros((1, 1, 4), np.uint8)
        self._fitting = np.eye(3)

    def _set_up(self, portrait: Image) -> None:
        self._wearer.prepare()
        victim = self.staging.compose(portrait, self.size_px)
        self._texture = _cut_out_face(victim, self.mask, self.seed)
        self._fitting = _fitted(victim.landmarks, self._wearer.animation.portrait.landmarks)

    def _view(self, now_s: float, *, is_lit: bool) -> View:
        behind = self._wearer.draw(now_s, is_lit=is_lit)
        yaw_rad, pitch_rad = self._wearer.animation.head(now_s, self._wearer.strengths(now_s))
        maps = self._maps(now_s, yaw_rad, pitch_rad)
        picture, matte = over(behind.picture, self._texture, maps)
        if behind.lit is None:
            return View(picture)
        paper = cv2.convertScaleAbs(matte, alpha=0.92 * max(0.0, math.cos(yaw_rad) * math.cos(pitch_rad)))
        skin = cv2.multiply(behind.lit, cv2.bitwise_not(matte), scale=1 / 255)
        gloss = cv2.convertScaleAbs(matte, alpha=0.01)
        return View(picture, np.asarray(cv2.add(paper, skin), np.uint8), np.asarray(gloss, np.uint8))

    def _hear(self, action: Movement, now_s: float) -> None:
        self._wearer.ask(action, now_s)

    def _maps(self, now_s: float, yaw_rad: float, pitch_rad: float) -> tuple[Field, Field]:
        """Texture coordinates of each pixel: the paper turns about the wearer's neck as one plate."""
        width, height = self.size_px
        placing = np.vstack((self._wearer.animation.placing(now_s), [0.0, 0.0, 1.0]))
        to_picture = placing @ self._turned(yaw_rad, pitch_rad) @ self._fitting
        back = np.linalg.inv(to_picture)
        low = (width // _STEP_PX, height // _STEP_PX)
        rows, columns = np.mgrid[0 : low[1], 0 : low[0]].astype(np.float32)
        x, y = (columns + 0.5) * (width / low[0]) - 0.5, (rows + 0.5) * (height / low[1]) - 0.5
        seen = np.stack((x, y, np.ones_like(x)), axis=-1) @ back.T.astype(np.float32)
        maps = [cv2.resize(seen[..., axis] / seen[..., 2], self.size_px, interpolation=cv2.INTER_LINEAR) for axis in (0, 1)]
        return np.asarray(maps[0], np.float32), np.asarray(maps[1], np.float32)

    def _turned(self, yaw_rad: float, pitch_rad: float) -> NDArray[np.float64]:
        """Homography of the plate from the straight pose to the turned one, seen from 50 cm."""
        relief = self._wearer.animation.relief
        jaw, x0, y0 = relief.jaw_px, relief.middle_x, relief.pivot_y
        depth, eye = jaw * _PAPER_BEFORE_EARS, jaw * 50.0 / HEAD_BREADTH_CM
        corners = np.array([[x0 - jaw, y0 - jaw], [x0 + jaw, y0 - jaw], [x0 + jaw, y0 + jaw], [x0 - jaw, y0 + jaw]])
        across, along = corners[:, 0] - x0, corners[:, 1] - y0
        turned_x = across * math.cos(yaw_rad) + depth * math.sin(yaw_rad)
        turned_z = depth * math.cos(yaw_rad) - across * math.sin(yaw_rad)
        turned_y = along * math.cos(pitch_rad) + turned_z * math.sin(pitch_rad)
        turned_z = turned_z * math.cos(pitch_rad) - along * math.sin(pitch_rad)
        nearer = eye / (eye - (turned_z - depth))
        seen = np.stack((x0 + turned_x * nearer, y0 + turned_y * nearer), axis=-1)
        return np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32)), np.float64)


def _fitted(victim: Points, wearer: Points) -> NDArray[np.float64]:
    """Scale and shift that lay the printed eyes over the wearer's."""
    printed = [victim[first:end].mean(axis=0) for first, end in _EYES]
    true = [wearer[first:end].mean(axis=0) for first, end in _EYES]
    scale = float(np.linalg.norm(true[1] - true[0]) / np.linalg.norm(printed[1] - printed[0]))
    shift = (true[0] + true[1]) / 2 - scale * (printed[0] + printed[1]) / 2
    return np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]], [0.0, 0.0, 1.0]])


def _cut_out_face(victim: Portrait, mask: Mask, seed: int) -> Image:
    """The printed face along the jaw and over the forehead, with its holes, and a soft shadow around every edge."""
    points = victim.landmarks
    jaw = float(points[16, 0] - points[0, 0])
    paper = printed_on_paper(victim.person, jaw / HEAD_BREADTH_CM, mask.lines_per_inch, seed)
    forehead = points[17:27] - np.array([0.0, jaw * 0.30], np.float32)
    outline = cv2.convexHull(np.vstack((points[:17], forehead)).astype(np.int32))
    shape = np.zeros(victim.matte.shape, np.uint8)
    cv2.fillPoly(shape, [outline], 255, cv2.LINE_AA)
    if mask.is_lower_half:
        shape[: round(float(points[36:48, 1].mean()) + jaw * 0.10)] = 0
    elif mask.has_eye_holes:
        for first, end in _EYES:
            _cut(shape, points[first:end], 1.25)
    if mask.has_mouth_hole:
        _cut(shape, points[48:60], 1.05)
    shape = np.asarray(cv2.GaussianBlur(shape, (0, 0), 0.7), np.uint8)
    shadow = cv2.GaussianBlur(shape, (0, 0), jaw * 0.03).astype(np.float32) * (_SHADOW / 255.0)
    alpha = np.maximum(shape, shadow)
    paper = np.asarray(paper * (shape[..., None] / np.maximum(alpha, 1.0)[..., None]), np.uint8)
    return np.ascontiguousarray(np.dstack((paper, alpha.astype(np.uint8))))


def _cut(shape: Image, points: Points, larger: float) -> None:
    middle = points.mean(axis=0)
    cv2.fillPoly(shape, [np.round(middle + (points - middle) * larger).astype(np.int32)], 0, cv2.LINE_AA)
