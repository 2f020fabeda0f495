"""Runs a neural network from a file: ONNX through OpenCV, TFLite through LiteRT, on one thread so that processes can fork."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Batch = NDArray[np.float32]
"""Pictures of shape (n, height, width, 3) with the values that the model wants."""


class ModelUnusable(Exception):
    """The file is no model that can be run here; the message is one line and names the file."""


class ModelRunner(Protocol):
    """A loaded model. Thread-safe, because calls take turns."""

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """First output for each picture, flattened: shape (n, outputs). Any n; raises ``ModelUnusable`` for a wrong size."""
        ...


def open_model(path: Path) -> ModelRunner:
    """Load the model at ``path``, ``.onnx`` or ``.tflite``; raises ``ModelUnusable``."""
    if not path.is_file():
        raise ModelUnusable(f"{path}: there is no such file")
    match path.suffix.lower():
        case ".onnx":
            return _OpenCvModel(path)
        case ".tflite":
            return _LiteRtModel(path)
        case _:
            raise ModelUnusable(f"{path}: models end in .onnx or .tflite")


class _OpenCvModel:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        try:
            self._net = cv2.dnn.readNetFromONNX(str(path))
        except cv2.error as error:
            raise ModelUnusable(f"{path}: OpenCV cannot read it") from error

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """One picture after the other: many files have a fixed batch of one."""
        rows = []
        with self._turn:
            for picture in batch:
                self._net.setInput(np.ascontiguousarray(picture.transpose(2, 0, 1)[None]))
                try:
                    rows.append(np.asarray(self._net.forward(), np.float32).reshape(-1).copy())
                except cv2.error as error:
                    raise ModelUnusable(f"{self._path}: it takes no pictures of {picture.shape[1]}x{picture.shape[0]}") from error
        return np.stack(rows)


class _LiteRtModel:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        try:
            from ai_edge_litert.interpreter import Interpreter  # late: only machines with such a model need it

            with _without_greeting():
                self._interpreter: Any = Interpreter(str(path), num_threads=1)
                self._interpreter.allocate_tensors()
            self._input = self._interpreter.get_input_details()[0]
            self._output = self._interpreter.get_output_details()[0]["index"]
        except ImportError as error:
            raise ModelUnusable(f"{path}: TFLite models need the package ai-edge-litert") from error
        except (ValueError, RuntimeError, IndexError) as error:
            raise ModelUnusable(f"{path}: LiteRT cannot read it") from error

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """In the batches of the model, the last one filled up with zeros."""
        size, height, width, channels = (int(side) for side in self._input["shape"])
        if batch.shape[1:] != (height, width, channels):
            raise ModelUnusable(f"{self._path}: it takes pictures of {width}x{height}")
        rows = []
        with self._turn:
            for start in range(0, len(batch), size):
                part = batch[start : start + size]
                filled = np.zeros((size, height, width, channels), np.float32)
                filled[: len(part)] = part
                self._interpreter.set_tensor(self._input["index"], filled)
                self._interpreter.invoke()
                rows.append(np.asarray(self._interpreter.get_tensor(self._output), np.float32).reshape(size, -1)[: len(part)])
        return np.concatenate(rows)


@contextlib.contextmanager
def _without_greeting() -> Iterator[None]:
    """LiteRT greets on standard error, where a command's one line of failure belongs, and no setting of it keeps it silent.

    For the tenth of a second in which a model is loaded nobody else's words reach standard error either.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
