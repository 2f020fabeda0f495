"""What can go wrong with every emulated device: its cable."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.emulation.language import Word, at_most_one, number, plain_word
from drivers.emulation.line import Host

_LONGEST_S = 86_400.0


def line_words(host: Host) -> tuple[Word, ...]:
    """``unplug [T]`` and ``plug``."""

    def unplug(arguments: Sequence[str]) -> None:
        given = at_most_one(arguments)
        host.unplug(None if given is None else number(given, 0.0, _LONGEST_S))

    return (
        Word("unplug", "unplug [T]", "off the line, back after T seconds; without T until plug", unplug),
        plain_word("plug", "back on the line", host.plug),
    )
