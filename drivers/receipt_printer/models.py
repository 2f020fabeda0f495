"""In what printers differ that they cannot be asked: one table, named in the settings.

What a printer can be asked, or shows by its answers, is not here: whether it knows GS r or DLE DC4 is found out while printing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ModelName = Literal["standard", "no_chinese", "pictures"]
"""Name of a model, as it stands in the settings."""


@dataclass(frozen=True, slots=True)
class PrinterModel:
    """What the driver must know of a printer before it sends the first byte."""

    text: Literal["gb18030", "raster"] = "gb18030"
    """``gb18030``: it has a two-byte Chinese font. ``raster``: it has none, every line that is not plain ASCII is drawn."""
    codes: Literal["commands", "raster"] = "commands"
    """``commands``: it makes QR and bar codes itself. ``raster``: it cannot, or does it badly; they are drawn."""

    def draws(self, line: str) -> bool:
        """True when a line whose characters a Chinese font would hold must be drawn all the same."""
        return self.text == "raster" and not line.isascii()


MODELS: dict[ModelName, PrinterModel] = {
    "standard": PrinterModel(),
    "no_chinese": PrinterModel(text="raster"),
    "pictures": PrinterModel(text="raster", codes="raster"),
}
"""``standard``: made for the Chinese market. ``no_chinese``: without its font. ``pictures``: knows plain text and GS v 0 only."""
