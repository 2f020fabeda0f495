"""Any recognition model in the manner of ArcFace: 112x112 pixels in, a vector out."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from drivers.face.alignment import aligned_chip
from drivers.face.embedders import FoundFace, as_grey
from drivers.face.model_files import MOBILE_FACE_NET_SHA256, ModelSpec, sha256_of, spec_of
from drivers.face.model_runner import ModelRunner, open_model
from drivers.face.templates import Embedding, Vector, unit
from drivers.types import Image

_SHORT_HASH = 8


class ModelEmbedder:
    """The model of one file. It loads on first use, or by ``warm_up``."""

    customary_threshold = 0.95
    """Cosine 0.55, a little stricter than what 0.1 % asked for on the few people of docs/identity.md."""

    def __init__(self, path: Path) -> None:
        """Reads the file's hash now; raises ``ModelUnusable``."""
        self._path = path
        self._spec: ModelSpec = spec_of(path)
        self._hash = sha256_of(path)
        self._runner: ModelRunner | None = None
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """Name and the beginning of the hash of the file: another file is another engine."""
        known = "MobileFaceNet" if self._hash == MOBILE_FACE_NET_SHA256 else self._path.stem
        return f"{known} {self._hash[:_SHORT_HASH]}"

    def warm_up(self) -> None:
        """Load the model and run it once; raises ``ModelUnusable``."""
        self._vectors([np.zeros((112, 112, 3), np.uint8)])

    def embed(self, face: FoundFace) -> Embedding:
        """Face and mirror image, in grey and, where there is any, in colour."""
        chip = aligned_chip(face.rgb, face.points, self._spec.template)
        if face.is_grey:
            return Embedding(self._vectors([chip]))
        colour, grey = self._vectors([chip]), self._vectors([as_grey(chip)])
        return Embedding(unit(colour + grey), colour)

    def _vectors(self, chips: list[Image]) -> Vector:
        both = np.stack([turned for chip in chips for turned in (chip, chip[:, ::-1])]).astype(np.float32)
        if self._spec.is_bgr:
            both = np.ascontiguousarray(both[..., ::-1])
        return unit(self._model().run((both - self._spec.mean) / self._spec.scale).astype(np.float64).sum(axis=0))

    def _model(self) -> ModelRunner:
        with self._loading:
            if self._runner is None:
                self._runner = open_model(self._path)
            return self._runner
