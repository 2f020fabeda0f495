"""What turns a found face into numbers: dlib's network, or several embedders together. Models have ``model_embedder.py``."""

from __future__ import annotations

import importlib.metadata
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np

from drivers.face.finding import brightened
from drivers.face.landmarks import Points
from drivers.face.library import load_library
from drivers.face.templates import Embedding, Vector, unit
from drivers.face.types import FaceBox
from drivers.types import Image

_EMBEDDING_EYES_PX = 45.0
"""dlib cuts out 150x150 pixels; smaller faces are enlarged smoothly first, which it does better than by itself."""
_MARGIN = 0.6
"""Kept around a face, as a share of its width."""
_DLIB_LENGTH = 1.44
"""Usual length of dlib's vectors. All are brought to it, so that distances keep the scale that everybody knows."""
_GREY_SPREAD = 3.0
"""Mean difference of the channels below which a picture counts as grey, whatever its shape."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """One face, cut out with some margin."""

    rgb: Image = field(repr=False)
    box: FaceBox
    """Where the face is in ``rgb``."""
    points: Points = field(repr=False)
    """The 68 landmarks in pixels of ``rgb``."""
    eyes_px: float
    is_still: bool
    """A still picture may take its time; a person before the camera waits."""

    @property
    def is_grey(self) -> bool:
        """True when the picture has no colour, as card photos have none."""
        channels = self.rgb.astype(np.int16)
        return bool(np.abs(channels - channels[..., [1, 2, 0]]).mean() < _GREY_SPREAD)


def cut_out(rgb: Image, box: FaceBox, points: Points, eyes_px: float, *, is_still: bool) -> FoundFace:
    """The face of ``box`` with its surroundings; a face too dark to see is lifted."""
    height, width = rgb.shape[:2]
    margin = round((box.right - box.left) * _MARGIN)
    left, top = max(0, box.left - margin), max(0, box.top - margin)
    piece = rgb[top : min(height, box.bottom + margin), left : min(width, box.right + margin)]
    face = rgb[max(0, box.top) : min(height, box.bottom), max(0, box.left) : min(width, box.right)]
    lifted = brightened(np.ascontiguousarray(piece), float(np.percentile(face, 95)) if face.size else 255.0)
    return FoundFace(lifted, box.moved(-left, -top), points - (left, top), eyes_px, is_still)


def as_grey(rgb: Image) -> Image:
    """Without its colour, still of three channels."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


class Embedder(Protocol):
    """Thread-safe."""

    @property
    def name(self) -> str:
        """Library or model and version; known without loading anything. Calibrations belong to it."""
        ...

    @property
    def customary_threshold(self) -> float:
        """Distance that is used until there is a calibration. Nobody's promise."""
        ...

    def warm_up(self) -> None:
        """Load the model."""
        ...

    def embed(self, face: FoundFace) -> Embedding:
        """Vectors of a fixed length: how long a vector is tells more of the picture than of the face."""
        ...


class DlibEmbedder:
    """``dlib_face_recognition_resnet_model_v1``: 128 numbers from chips aligned by five points."""

    customary_threshold = 0.58
    """A little stricter than the 0.6 that dlib documents for 6,000 balanced pairs of LFW, which is no calibration for a card."""

    @property
    def name(self) -> str:
        """Both packages with their versions."""
        versions = (importlib.metadata.version("face-recognition-ng"), importlib.metadata.version("dlib-bin"))
        return f"face_recognition-ng {versions[0]} / dlib {versions[1]}"

    def warm_up(self) -> None:
        """About a second."""
        load_library()

    def embed(self, face: FoundFace) -> Embedding:
        """A still in colour: face and mirror image, in colour and in grey. Before the camera, where each costs 75 ms: the face in
        colour and its mirror image in grey, which against card photos is nearly as good.
        """
        rgb, box = _enlarged(face)
        colour = self._numbers(rgb, box)
        if face.is_grey:
            return Embedding(_usual(colour + self._mirrored(rgb, box)))
        grey = as_grey(rgb)
        if not face.is_still:
            return Embedding(_usual(colour + self._mirrored(grey, box)))
        colour += self._mirrored(rgb, box)
        mixed = _usual(colour + self._numbers(grey, box) + self._mirrored(grey, box))
        return Embedding(mixed, _usual(colour))

    @staticmethod
    def _numbers(rgb: Image, box: FaceBox) -> Vector:
        return load_library().embedding(rgb, box)

    def _mirrored(self, rgb: Image, box: FaceBox) -> Vector:
        width = rgb.shape[1]
        mirrored = FaceBox(width - box.right, box.top, width - box.left, box.bottom)
        return self._numbers(np.ascontiguousarray(rgb[:, ::-1]), mirrored)


class FusedEmbedder:
    """Two embedders as one. The distance is the root of the weighted sum of both squared distances: a fusion of scores."""

    def __init__(self, first: Embedder, second: Embedder, first_weight: float = 1.4) -> None:
        """``first_weight``: of the first distance against the second; measured for dlib and MobileFaceNet (docs/identity.md)."""
        self._parts = ((first, first_weight), (second, 1.0))

    @property
    def name(self) -> str:
        """Both names and the weight."""
        (first, weight), (second, _) = self._parts
        return f"{first.name} x{weight:g} + {second.name}"

    @property
    def customary_threshold(self) -> float:
        """As if both stood at their own."""
        first, second = (weight * part.customary_threshold for part, weight in self._parts)
        return float(np.hypot(first, second))

    def warm_up(self) -> None:
        """Load both."""
        for part, _ in self._parts:
            part.warm_up()

    def embed(self, face: FoundFace) -> Embedding:
        """Both vectors in a row, weighted."""
        made = [(part.embed(face), weight) for part, weight in self._parts]
        colours = [one.colour * weight for one, weight in made if one.colour is not None]
        joint = Embedding(
            np.concatenate([one.mixed * weight for one, weight in made]),
            np.concatenate(colours) if len(colours) == len(made) else None,
        )
        for one, _ in made:
            one.overwrite()
        return joint


def _usual(numbers: Vector) -> Vector:
    return np.asarray(_DLIB_LENGTH * unit(numbers), np.float64)


def _enlarged(face: FoundFace) -> tuple[Image, FaceBox]:
    factor = max(1.0, _EMBEDDING_EYES_PX / face.eyes_px)
    if factor == 1.0:
        return face.rgb, face.box
    rgb = cv2.resize(face.rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(rgb, np.uint8), face.box.scaled(factor)
