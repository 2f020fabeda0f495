"""How a scanner is set up: what the driver must know of it."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.barcode_scanner.profiles import ProfileName
from drivers.barcode_scanner.protocol import LONGEST_CODE_BYTES, Framing


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """Must say what the scanner itself is set up to; ``python -m drivers.barcode_scanner conform`` compares both."""

    profile: ProfileName = ProfileName.PASSIVE
    framing: Framing = Framing.GAP
    strips_aim: bool = False
    """True where the scanner sends ``]cm`` ahead of each code."""
    gap_s: float = 0.08
    """The pause that ends a code or a burst."""
    duplicate_window_s: float = 1.2
    """The same bytes again within this time are the same code, still in front of the scanner; 0.0 gives out all."""
    longest: int = LONGEST_CODE_BYTES
    baudrate: int = 9600
    """Of no effect on USB."""
