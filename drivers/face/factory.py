"""Chooses the face engine of a terminal."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drivers.face.calibration import Calibration, CalibrationUnusable, load_calibration
from drivers.face.embedders import DlibEmbedder, Embedder, FusedEmbedder
from drivers.face.engine import EmbeddingEngine
from drivers.face.model_embedder import ModelEmbedder
from drivers.face.model_files import default_model
from drivers.face.model_runner import ModelUnusable

_log = logging.getLogger(__name__)

EngineKind = Literal["auto", "dlib", "model", "fused"]


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """Which engine, and its files."""

    engine: EngineKind = "auto"
    """``auto``: the model when its file is there, else dlib; ``fused``: both together."""
    model: Path | None = None
    """None: the one that ``make models`` fetches."""
    calibration: Path | None = None
    attack_model: Path | None = None


def make_embedder(kind: EngineKind, model: Path | None = None) -> Embedder:
    """The embedder of these settings; raises ``ModelUnusable`` when it needs a model and there is none."""
    path = model or default_model()
    if kind == "dlib" or (kind == "auto" and path is None):
        return DlibEmbedder()
    if path is None:
        raise ModelUnusable("there is no face model: make models fetches one, or name a file")
    return FusedEmbedder(DlibEmbedder(), ModelEmbedder(path)) if kind == "fused" else ModelEmbedder(path)


def make_engine(settings: FaceSettings) -> EmbeddingEngine:
    """The engine of these settings; its models load in ``warm_up``. Raises ``ModelUnusable``.

    A calibration that cannot be used is logged and left out: the engine then says of itself that it is a demonstration.
    """
    embedder = make_embedder(settings.engine, settings.model)
    return EmbeddingEngine(embedder, _calibration(settings.calibration, embedder.name))


def _calibration(path: Path | None, engine: str) -> Calibration | None:
    if path is None:
        return None
    try:
        return load_calibration(path, engine)
    except CalibrationUnusable as error:
        _log.warning("the face check stays a demonstration: %s", error)
        return None
