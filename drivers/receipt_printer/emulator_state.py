"""How the emulated printer is, and the bytes that say so. Pure.

Written from the manuals, apart from the driver's own table in ``protocol.py``, so that a mistake there shows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """In what printers differ."""

    chinese_at_power_on: bool = False
    """Most printers for the Chinese market start in Chinese mode, Japanese and European ones do not."""
    gs_enlarges_chinese: bool = True
    """GS ! enlarges Chinese characters too; otherwise only FS ! does."""
    clears_on_request: bool = True
    """Knows DLE DC4 fn 8."""
    answers_queued_status: bool = True
    """Knows GS r."""
    has_chinese: bool = True
    """Has a Chinese font; without one FS & is unknown, and what is sent as Chinese prints as rubbish of a Western code page."""
    makes_codes: bool = True
    """Knows GS ( k and GS k."""


@dataclass(slots=True)
class State:
    """What is wrong with the printer now."""

    cover_open: bool = False
    cutter_stuck: bool = False
    cutter_error: bool = False
    head_hot: bool = False
    unrecoverable: bool = False
    near_end: bool = False
    offline: bool = False
    """Put offline by the button on its front."""
    paper_out: bool = False

    @property
    def is_error(self) -> bool:
        """An error in the sense of DLE EOT 2, bit 6."""
        return self.cutter_error or self.head_hot or self.unrecoverable

    @property
    def is_offline(self) -> bool:
        """Nothing is printed, only real-time commands are obeyed."""
        return self.paper_out or self.cover_open or self.is_error or self.offline


def real_time_answer(number: int, state: State) -> bytes:
    """Answer to DLE EOT ``number``, 1 to 4."""
    bits = {
        1: 0x04 | 0x08 * state.is_offline,  # bit 2: no drawer is connected, its pin is high
        2: 0x04 * state.cover_open | 0x20 * state.paper_out | 0x40 * state.is_error,
        3: 0x08 * state.cutter_error | 0x20 * state.unrecoverable | 0x40 * state.head_hot,
        4: 0x0C * state.near_end | 0x60 * state.paper_out,
    }
    return bytes([0x12 | bits[number]])


def queued_answer(number: int, state: State) -> bytes:
    """Answer to GS r ``number``; none for numbers it does not know."""
    if number in (1, 49):
        return bytes([0x03 * state.near_end | 0x0C * state.paper_out])
    return b"\x01" if number in (2, 50) else b""


def automatic_packet(state: State) -> bytes:
    """Automatic status, four bytes."""
    return bytes(
        [
            0x14 | 0x08 * state.is_offline | 0x20 * state.cover_open,
            0x08 * state.cutter_error | 0x20 * state.unrecoverable | 0x40 * state.head_hot,
            0x03 * state.near_end | 0x0C * state.paper_out,
            0,
        ]
    )
