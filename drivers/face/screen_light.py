"""Screen-light challenge: colours nobody can predict, shown by the terminal's own screen, and how well a face answers them.

A recording or a mask shown to the camera answers no colours, or those of another day. The sequence is gentle on the eyes and
keeps to WCAG 2.3.1 (three flashes): a colour stands for 0.25 s at least, so there are at most two pairs of opposing changes in a
second (three are allowed), and no colour is a saturated red (R / (R + G + B) of the linear values stays below 0.8).
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
"""Red, green, blue as the screen gets them (sRGB), 0..255."""

_DIM = 110
"""sRGB value of a channel that is "off": light enough that red is not saturated, a sixth of full light in linear terms."""
PALETTE: tuple[Colour, ...] = (
    (255, _DIM, _DIM),
    (_DIM, 255, _DIM),
    (_DIM, _DIM, 255),
    (255, 255, _DIM),
    (_DIM, 255, 255),
    (255, _DIM, 255),
)
LEAST_FLASH_S = 0.25
_LAGS_S = np.arange(0.0, 0.2801, 0.02)
"""Screen, exposure, transfer and our own computing together; the person's skin answers at once."""
_EXPOSURE_S = 0.033
_RIVALS = 256
"""Other sequences of the same length that the answer is compared with."""
_LEAST_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Light:
    """One colour and when the screen showed it, in seconds of the frames' clock."""

    rgb: Colour
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class LightSettings:
    """How long the sequence is."""

    count: int = 6
    flash_s: float = 0.25

    def __post_init__(self) -> None:
        if self.flash_s < LEAST_FLASH_S or self.count < 1:
            raise ValueError(f"a colour stands for at least {LEAST_FLASH_S} s, and there is at least one")


def random_colours(count: int, source: random.Random | None = None) -> tuple[Colour, ...]:
    """``count`` colours of the palette, no two alike in a row; by the operating system's generator unless ``source`` is given."""
    source = source or random.SystemRandom()
    colours: list[Colour] = []
    while len(colours) < count:
        colours.append(source.choice([one for one in PALETTE if not colours or one != colours[-1]]))
    return tuple(colours)


class LightShow:
    """The sequence over time: says what the screen must show now, and remembers when it was told. Reads no clock."""

    def __init__(self, colours: Sequence[Colour], flash_s: float = LEAST_FLASH_S) -> None:
        self._colours = tuple(colours)
        self._flash_s = flash_s
        self._told: list[tuple[float, Colour | None]] = []

    @classmethod
    def random(cls, settings: LightSettings | None = None) -> LightShow:
        """A sequence that nobody can predict."""
        settings = settings or LightSettings()
        return cls(random_colours(settings.count), settings.flash_s)

    @property
    def count(self) -> int:
        """How many colours there are."""
        return len(self._colours)

    @property
    def is_over(self) -> bool:
        """True once every colour had its time."""
        return not self._colours or bool(self._told and self._told[-1][1] is None)

    def at(self, now_s: float) -> Colour | None:
        """The colour to show from now on; the first call starts the sequence. ``None`` when it is over.

        A colour stands its full time even when the calls come late: none is ever skipped or cut short.
        """
        if self.is_over:
            return None
        if not self._told:
            self._told.append((now_s, self._colours[0]))
        elif now_s - self._told[-1][0] >= self._flash_s - 1e-6:
            shown = len(self._told)
            self._told.append((now_s, self._colours[shown] if shown < len(self._colours) else None))
        return self._told[-1][1]

    def lights(self) -> tuple[Light, ...]:
        """What was shown so far, with the times."""
        ends = [at_s for at_s, _ in self._told[1:]]
        return tuple(Light(rgb, from_s, to_s) for (from_s, rgb), to_s in zip(self._told, ends, strict=False) if rgb is not None)


@dataclass(frozen=True, slots=True)
class LightAnswer:
    """How a series of colour measurements follows a sequence of lights."""

    correlation: float
    """With the lights shown, at the best latency: 1 in step, 0 no answer."""
    rank: float
    """Share of other sequences that fit worse; 1 is the best."""
    lag_s: float
    gain: float
    """Change of the logarithm of the colour by the full colour of the screen: how strong the answer is."""
    noise: float
    """What of the change the lights do not explain, standard deviation."""


def linear(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light of sRGB values 0..255, 0 to 1 (IEC 61966-2-1)."""
    share = rgb / 255.0
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def opponents(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Red against green, and blue against both: what is left when brightness is taken away. Along the last axis."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    return np.stack((red - green, blue - (red + green) / 2), axis=-1)


def answer(times_s: NDArray[np.float64], rgb: NDArray[np.float64], lights: Sequence[Light]) -> LightAnswer | None:
    """How ``rgb`` (linear light, one row a picture) follows ``lights``; ``None`` with too few pictures to tell.

    Only colour counts, brightness does not: a turned head or a passing shadow changes brightness alone.
    """
    if not lights:
        return None
    inside = (times_s >= lights[0].from_s) & (times_s <= lights[-1].to_s + 0.1)
    if int(inside.sum()) < _LEAST_SAMPLES or len({light.rgb for light in lights}) < 2:
        return None
    times_s, seen = times_s[inside], _levelled(opponents(np.log(np.maximum(rgb[inside], 1e-4))))
    which = np.stack([_weights(times_s - lag_s, lights) for lag_s in _LAGS_S])
    shown = np.array([linear(np.array(light.rgb, np.float64)) for light in lights])
    rivals = np.concatenate((shown[None], _rival_sequences(len(lights))))
    true_fits, gains = _fits(which, shown[None], seen)
    best = int(np.argmax(true_fits[0]))
    fits = _fits(which, rivals[1:], seen)[0].max(axis=1)
    correlation = float(true_fits[0, best])
    return LightAnswer(
        correlation=correlation,
        rank=float((fits < correlation).mean()),
        lag_s=float(_LAGS_S[best]),
        gain=float(gains[0, best]),
        noise=float(np.sqrt(max(0.0, 1 - correlation**2) * np.square(seen).mean())),
    )


def gains_at(
    times_s: NDArray[np.float64], rgb: NDArray[np.float64], lights: Sequence[Light], lag_s: float
) -> tuple[float, float]:
    """Strength of the answer of one place of the picture at a known latency, and its standard error."""
    inside = (times_s >= lights[0].from_s) & (times_s <= lights[-1].to_s + 0.1)
    seen = _levelled(opponents(np.log(np.maximum(rgb[inside], 1e-4))))
    shown = np.array([linear(np.array(light.rgb, np.float64)) for light in lights])
    expected = _levelled(opponents(_weights(times_s[inside] - lag_s, lights) @ shown))
    energy = float(np.square(expected).sum())
    if energy < 1e-9:
        return 0.0, 1.0
    gain = float((expected * seen).sum()) / energy
    spread = float(np.square(seen - gain * expected).sum()) / max(1, seen.size - 6)
    return gain, float(np.sqrt(spread / energy))


def _fits(
    which: NDArray[np.float64], sequences: NDArray[np.float64], seen: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Correlation and gain of each sequence (rows) at each latency (columns)."""
    expected = np.einsum("ltk,skc->sltc", which, opponents(sequences))
    expected = _levelled(np.moveaxis(expected, 2, 0)).transpose(1, 2, 0, 3)
    products = (expected * seen).sum(axis=(2, 3))
    energies = np.square(expected).sum(axis=(2, 3))
    size = float(np.sqrt(np.square(seen).sum()))
    return products / np.maximum(np.sqrt(energies) * size, 1e-12), products / np.maximum(energies, 1e-12)


def _levelled(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without mean and steady drift along the first axis (white balance and daylight creep)."""
    time = np.linspace(-1.0, 1.0, len(series))
    series = series - series.mean(axis=0)
    slope = np.tensordot(time, series, axes=1) / float(time @ time)
    return np.asarray(series - time.reshape(-1, *([1] * (series.ndim - 1))) * slope)


def _weights(times_s: NDArray[np.float64], lights: Sequence[Light]) -> NDArray[np.float64]:
    """How much of each light a picture taken at each time caught during its exposure.

    Before, between and after the lights the screen shows its page, whose white has no colour.
    """
    starts = [light.from_s for light in lights]
    weights = np.zeros((len(times_s), len(lights)))
    for share in (0.0, 0.5, 1.0):
        for row, at_s in enumerate(times_s - share * _EXPOSURE_S):
            number = bisect_right(starts, at_s) - 1
            if number >= 0 and at_s < lights[number].to_s:
                weights[row, number] += 1 / 3
    return weights


def _rival_sequences(count: int) -> NDArray[np.float64]:
    source = random.Random(count)  # noqa: S311 - a yardstick that is the same each time, no secret
    return np.array([[linear(np.array(one, np.float64)) for one in random_colours(count, source)] for _ in range(_RIVALS)])
