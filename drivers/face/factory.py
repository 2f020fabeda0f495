"""Chooses the face engine of a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drivers.face.abstract import LiveFaceEngine
from drivers.face.engine import DlibFaceEngine


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """Which engine, and its files."""

    engine: Literal["auto", "dlib", "model", "fused"] = "auto"
    model: Path | None = None
    calibration: Path | None = None
    attack_model: Path | None = None


def make_engine(settings: FaceSettings) -> LiveFaceEngine:  # noqa: ARG001 - there is only one engine yet
    """The engine of these settings; its models load in ``warm_up``."""
    return DlibFaceEngine()
