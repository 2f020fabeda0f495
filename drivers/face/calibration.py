"""What is known of an engine's errors, from pairs of pictures whose truth is known; the threshold comes from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from drivers.face.error_rates import OperatingPoint

DEFAULT_FMR = 0.001
"""GB/T 38671-2020 asks a remote face check for a false acceptance rate of 0.1 %."""
Reference = Literal["as-is", "card-photo"]
_MOST_BYTES = 1024 * 1024
_IDENTITY_DIGITS = 12


class CalibrationUnusable(Exception):
    """The file is no calibration, or not of this engine; the message is one line and names the file."""


class CalibrationFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A calibration as it lies on the disk, in JSON. It holds counts and rates, nobody's picture or number."""

    version: Literal[1] = 1
    engine: str
    created: str
    """Day, ISO 8601."""
    data_set: str
    """Name of the list of pairs and the hash of its content."""
    reference: Reference
    """What the references were: pictures as they are, or reduced to card photos."""
    pictures: int
    genuine_pairs: int
    impostor_pairs: int
    failed_to_acquire: int
    """Pictures without one usable face; their pairs count as non-matches."""
    curve: tuple[OperatingPoint, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibration in force."""

    file: CalibrationFile
    identity: str
    """The beginning of the file's SHA-256, as written to the case."""

    def supports(self, fmr: float) -> bool:
        """True when there are impostor pairs enough to show so small a rate: none of n shows no less than 3/n."""
        return self.file.impostor_pairs * fmr >= 3.0

    def operating_point(self, fmr: float) -> OperatingPoint | None:
        """The loosest threshold that keeps to this false match rate, ``None`` when the pairs cannot tell."""
        kept = [point for point in self.file.curve if point.fmr <= fmr]
        return max(kept, key=lambda point: point.threshold) if kept and self.supports(fmr) else None


def load_calibration(path: Path, engine: str) -> Calibration:
    """Read the calibration of ``engine`` at ``path``; raises ``CalibrationUnusable``."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CalibrationUnusable(f"{path}: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise CalibrationUnusable(f"{path}: it is too large for a calibration")
    try:
        said = msgspec.json.decode(content, type=CalibrationFile)
    except msgspec.MsgspecError as error:
        raise CalibrationUnusable(f"{path}: {error}") from error
    if said.engine != engine:
        raise CalibrationUnusable(f"{path}: it was made for {said.engine[:80]}, not for {engine}")
    return Calibration(said, hashlib.sha256(content).hexdigest()[:_IDENTITY_DIGITS])


def save_calibration(said: CalibrationFile, path: Path) -> Calibration:
    """Write ``said`` to ``path``; raises ``OSError``."""
    content = msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"
    path.write_bytes(content)
    return Calibration(said, hashlib.sha256(content).hexdigest()[:_IDENTITY_DIGITS])
