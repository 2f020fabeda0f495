"""Writing with five keys: one character after another comes by, and is taken. Pure."""

from __future__ import annotations

from dataclasses import dataclass

DIGITS = "1234567890"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CAPITALS = LETTERS.upper()


@dataclass(frozen=True, slots=True)
class Wheel:
    """A ring of characters, one of them before the resident. Before the first turn there is none."""

    characters: str
    at: int = -1

    @property
    def here(self) -> str:
        """The character that would be taken now; empty before the first turn."""
        return self.characters[self.at] if self.at >= 0 else ""

    def turned(self, by: int) -> Wheel:
        """The next (1) or the last (-1) character; from before the ring to its beginning or its end."""
        if self.at < 0:
            return Wheel(self.characters, 0 if by > 0 else len(self.characters) - 1)
        return Wheel(self.characters, (self.at + by) % len(self.characters))
