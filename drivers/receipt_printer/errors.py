"""What can be wrong with the set-up of a receipt printer; paper, covers and cables are values in ``types.py``."""

from __future__ import annotations

from drivers.errors import Unsupported


class FontMissing(Unsupported):
    """No Chinese font was found, so a line that the printer's own font lacks cannot be drawn as a picture."""

    code = "no_font"

    def __init__(self, tried: str) -> None:
        super().__init__("fonts", f"no usable Chinese font found; tried {tried}; on Debian: apt-get install fonts-noto-cjk")
