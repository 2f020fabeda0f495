"""False matches and false non-matches at every threshold, with how sure they are (ISO/IEC 19795-1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.float64]

CONFIDENCE = 0.95
NEVER = float("inf")
"""Distance of a pair of which one picture shows no usable face: a failure to acquire matches nobody."""
_MOST_POINTS = 120


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Error rates at one threshold, each with its upper bound at 95 % (Clopper and Pearson 1934; none of n gives about 3/n).

    The bounds take pairs as independent, which pairs of a few people's pictures are not: they are the least that must be doubted.
    """

    threshold: float
    fmr: float
    fmr_upper: float
    fnmr: float
    fnmr_upper: float


def upper_bound(errors: int, pairs: int) -> float:
    """Largest rate under which so few errors are seen with a probability of 5 % at least."""
    if pairs <= 0 or errors >= pairs:
        return 1.0
    from scipy.stats import beta  # half a second to import; a terminal in service never comes here

    return float(beta.ppf(CONFIDENCE, errors + 1, pairs - errors))


def at_threshold(genuine: Distances, impostor: Distances, threshold: float) -> OperatingPoint:
    """Rates when distances up to ``threshold`` match."""
    misses, matches = int((genuine > threshold).sum()), int((impostor <= threshold).sum())
    return OperatingPoint(
        threshold=float(threshold),
        fmr=matches / len(impostor),
        fmr_upper=upper_bound(matches, len(impostor)),
        fnmr=misses / len(genuine),
        fnmr_upper=upper_bound(misses, len(genuine)),
    )


def threshold_for(impostor: Distances, wanted_fmr: float) -> float:
    """The largest threshold at which no more than ``wanted_fmr`` of the impostor pairs match."""
    ordered = np.sort(impostor)
    allowed = int(np.floor(wanted_fmr * len(ordered) + 1e-9))
    if allowed >= len(ordered):
        finite = ordered[np.isfinite(ordered)]
        return float(finite[-1]) if finite.size else 0.0
    first_too_many = float(ordered[allowed])
    below = ordered[ordered < first_too_many]
    if not np.isfinite(first_too_many):
        return float(below[-1]) if below.size else 0.0
    # Half-way to the first pair that must not match: neither pair decides by itself.
    return float((below[-1] + first_too_many) / 2) if below.size else first_too_many - 0.01


def curve(genuine: Distances, impostor: Distances) -> tuple[OperatingPoint, ...]:
    """Operating points by falling false match rate from every pair to none, at most 120 of them."""
    steps = np.unique(np.round(np.geomspace(1, len(impostor), _MOST_POINTS - 1)).astype(int))
    rates = [0.0, *(float(step) / len(impostor) for step in steps)]
    return tuple(at_threshold(genuine, impostor, threshold_for(impostor, rate)) for rate in rates)


def best_accuracy(genuine: Distances, impostor: Distances) -> float:
    """Share of pairs told right at the threshold that tells most of them right: known, and no figure to accept an engine by."""
    every = np.concatenate([genuine, impostor])
    thresholds = np.unique(every[np.isfinite(every)])
    if not thresholds.size:
        return len(impostor) / len(every)
    right = np.searchsorted(np.sort(genuine), thresholds, "right") + (
        len(impostor) - np.searchsorted(np.sort(impostor), thresholds, "right")
    )
    return float(max(right.max(), len(impostor)) / len(every))
