"""What the terminal must know of the process for sound before it knows whether it is that process."""

HIDDEN_WORD = "--sound"
"""First argument that makes a bundled ``kiosk`` be the process for sound: it has no Python beside it."""
