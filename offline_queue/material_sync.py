"""Sending materials before their case: ask how far the platform is, go on from there, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from contract.materials import MAX_CHUNK_BYTES, MaterialState
from offline_queue.materials import MaterialReader
from offline_queue.policy import Failure, FailureKind

_MAX_ROUNDS_WITHOUT_PROGRESS = 3


class MaterialLine(Protocol):
    """What is needed of ``transport.PlatformClient``."""

    def material_state(self, digest: str) -> MaterialState | Failure:
        """How much of a material the platform holds."""
        ...

    def put_material(self, digest: str, offset: int, size: int, chunk: bytes) -> MaterialState | Failure:
        """Add a chunk at its place."""
        ...


@dataclass(frozen=True, slots=True)
class Unsendable:
    """The material itself cannot be sent: a person must look at its case."""

    code: str
    reason: str


def send_material(
    line: MaterialLine, reader: MaterialReader, should_stop: Callable[[], bool], chunk_bytes: int = MAX_CHUNK_BYTES
) -> Failure | Unsendable | None:
    """Bring one material to the platform, whatever part of it is there already. ``None`` when the platform holds it whole.

    Raises ``OSError`` when it cannot be read.
    """
    state = line.material_state(reader.digest)
    idle_rounds = 0
    while isinstance(state, MaterialState):
        if state.digest != reader.digest:
            return Failure(FailureKind.TEMPORARY, "answer_to_another_question")
        if state.complete:
            return None
        if should_stop():
            return Failure(FailureKind.TEMPORARY, "stopped")
        if not 0 <= state.offset < reader.size_bytes or idle_rounds >= _MAX_ROUNDS_WITHOUT_PROGRESS:
            return Failure(FailureKind.TEMPORARY, "material_stuck", f"the platform holds {state.offset} bytes and asks for none")
        chunk = reader.read(state.offset, chunk_bytes)
        if not chunk:
            return Unsendable("material_damaged", "a material is shorter than when it was kept")
        before = state.offset
        state = line.put_material(reader.digest, before, reader.size_bytes, chunk)
        # Another line may have brought some of it, or the platform has lost the rest: its word is where it goes on.
        idle_rounds = idle_rounds + 1 if isinstance(state, MaterialState) and state.offset <= before else 0
    return _judged(state)


def _judged(failure: Failure) -> Failure | Unsendable:
    if failure.kind is not FailureKind.PERMANENT:
        return failure
    reason = "a material's bytes are no longer those that were kept" if failure.code == "wrong_digest" else failure.detail
    return Unsendable("material_damaged" if failure.code == "wrong_digest" else f"material_{failure.code}"[:60], reason)
