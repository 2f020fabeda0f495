"""The usual picture of an engine's errors: false non-matches over false matches on normal deviate scales (DET, Martin 1997)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from drivers.face.error_rates import OperatingPoint

_TICKS = (0.0001, 0.001, 0.01, 0.05, 0.2, 0.5)
_LEAST, _MOST = 0.0001, 0.6


class NoPlotLibrary(Exception):
    """matplotlib is not installed; it comes with the ``benchmarks`` extra."""


def plot_det(curves: Mapping[str, Sequence[OperatingPoint]], caption: str, path: Path, wanted_fmr: float) -> None:
    """Draw each engine's curve with the upper bound of its false non-matches; raises ``NoPlotLibrary`` or ``OSError``."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise NoPlotLibrary("a plot needs matplotlib: install the extra named benchmarks") from error
    from scipy.stats import norm  # takes a second: only whoever draws waits for it

    figure = Figure(figsize=(8, 6.4), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, points in curves.items():
        ordered = sorted(points, key=lambda point: point.threshold)
        fmr, fnmr, upper = (_scaled([getattr(point, which) for point in ordered]) for which in ("fmr", "fnmr", "fnmr_upper"))
        (line,) = axes.plot(fmr, fnmr, label=name, linewidth=2)
        axes.fill_between(fmr, fnmr, upper, color=line.get_color(), alpha=0.12, linewidth=0)
    axes.axvline(float(norm.ppf(wanted_fmr)), color="#888888", linestyle="--", linewidth=1)
    places, names = _scaled(_TICKS), [f"{100 * tick:g} %" for tick in _TICKS]
    axes.set_xticks(places, names)
    axes.set_yticks(places, names)
    axes.set_xlim(*_scaled((_LEAST, _MOST)))
    axes.set_ylim(*_scaled((_LEAST, _MOST)))
    axes.set_xlabel("false match rate")
    axes.set_ylabel("false non-match rate, shaded up to its upper bound at 95 %")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(loc="upper right")
    axes.set_title(caption, fontsize=9)
    figure.savefig(path)


def _scaled(rates: Sequence[float]) -> list[float]:
    from scipy.stats import norm

    return [float(value) for value in norm.ppf(np.clip(np.asarray(rates, np.float64), _LEAST, _MOST))]
