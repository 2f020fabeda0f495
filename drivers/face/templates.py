"""Embeddings in memory: numbers that describe a face, of which alike faces have alike ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
"""Numbers of shape (n,)."""


def unit(numbers: Vector) -> Vector:
    """The same direction with length 1."""
    return np.asarray(numbers / max(float(np.linalg.norm(numbers)), 1e-12), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """What an embedder makes of a face. Never serialised."""

    mixed: Vector = field(repr=False)
    """Of the face in grey, or of the face in grey and in colour together: for pairs of which one picture has no colour."""
    colour: Vector | None = field(default=None, repr=False)
    """Of the face in colour alone, where there is colour and time for it: for pairs of which both have."""

    def overwrite(self) -> None:
        """Put zeros in the place of the numbers."""
        self.mixed.fill(0.0)
        if self.colour is not None:
            self.colour.fill(0.0)


class EmbeddingTemplate:
    """An embedding and the engine it belongs to. It cannot be serialised and shows nothing of itself."""

    __slots__ = ("_embedding", "engine")

    def __init__(self, embedding: Embedding, engine: str) -> None:
        self._embedding: Embedding | None = embedding
        self.engine = engine

    def distance(self, other: EmbeddingTemplate) -> float:
        """Euclidean distance; raises ``ValueError`` when one of the two was forgotten."""
        one, two = self._embedding, other._embedding
        if one is None or two is None:
            raise ValueError("a forgotten template cannot be compared")
        if one.colour is not None and two.colour is not None:
            return float(np.linalg.norm(one.colour - two.colour))
        return float(np.linalg.norm(one.mixed - two.mixed))

    def forget(self) -> None:
        """Overwrite the numbers with zeros; may be called twice."""
        embedding, self._embedding = self._embedding, None
        if embedding is not None:
            embedding.overwrite()

    def __repr__(self) -> str:
        return "EmbeddingTemplate(…)"

    def __reduce__(self) -> str:
        raise TypeError("a face template is never serialised")
