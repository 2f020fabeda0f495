"""The fault language of the emulated printer: what staff, wear and bad luck can do to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.emulation.language import FaultLanguage, Word, at_most_one, number, plain_word, times_word, whole_number
from drivers.emulation.line import Host
from drivers.emulation.line_faults import line_words
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.receipt_printer.emulator_voice import Fault
from drivers.receipt_printer.types import DOTS_PER_MM

_LINE_DOTS = 30
_MOST_LINES = 100_000
_LONGEST_MM = 1_000_000.0
_LONGEST_DELAY_S = 600.0
_FASTEST_BYTES = 10_000_000


def language(printer: PrinterEmulator, host: Host) -> FaultLanguage:
    """All words for ``printer`` on ``host``."""
    made: list[FaultLanguage] = []
    at = Word(
        "at", "at MM WORD …", "do WORD when the paper has moved on so far from now", lambda words: _at(printer, made[0], words)
    )
    made.append(FaultLanguage((*_line_faults(printer), *_paper(printer), *_parts(printer), at, *line_words(host))))
    return made[0]


def _line_faults(printer: PrinterEmulator) -> tuple[Word, ...]:
    book = printer.book
    return (
        times_word(book, Fault.MUTE, "swallow the next N answers, and print all the same"),
        plain_word("awol", "take everything, print and answer nothing, until clear", printer.hang),
        Word("slow", "slow SECONDS", "delay each answer; 0: at once", lambda words: printer.voice.slow(_seconds(words))),
        Word("noise", "noise [P]", "rubbish ahead of an answer with probability P, 0 to 1", lambda words: _noise(printer, words)),
        times_word(book, Fault.STALE_REPLY, "the answer before comes ahead of each of the next N"),
        times_word(book, Fault.DUPLICATE, "the next N answers come twice"),
        Word("pace", "pace N", "print at most N bytes a second; 0: at once", lambda words: printer.pace(_bytes(words) or None)),
        plain_word(
            "clear", "all in order again: no fault is due, cover closed, blade free, head cool, paper without end", printer.mend
        ),
    )


def _paper(printer: PrinterEmulator) -> tuple[Word, ...]:
    return (
        _on_off("paper_near_end", "the near-end sensor sees a thin roll; off: a thick one", printer.set_near_end),
        Word(
            "paper_out",
            "paper_out [after N lines]",
            "the paper ends, now or N lines of text from now",
            lambda words: printer.set_paper_mm(_lines(words) * _LINE_DOTS / DOTS_PER_MM),
        ),
        Word("load_paper", "load_paper [MM]", "a new roll, of MM or without end", lambda words: _load(printer, words)),
        plain_word("tear", "somebody tears off what hangs out", printer.tear),
    )


def _parts(printer: PrinterEmulator) -> tuple[Word, ...]:
    return (
        plain_word("cover_open", "the cover is opened, printing stops where it is", printer.open_cover),
        plain_word("cover_close", "the cover is closed, printing goes on", printer.close_cover),
        plain_word("cutter_jam", "the blade sticks from the next cut on", printer.cutter_jam),
        plain_word("cutter_clear", "somebody frees the blade; the printer waits for DLE ENQ", printer.clear_cutter_jam),
        plain_word("head_hot", "the head is too hot, printing pauses", printer.head_hot),
        plain_word("head_cool", "the head has cooled down", lambda: printer.head_hot(False)),
        _on_off("offline", "put offline by the button on its front; off: online", printer.go_offline),
        plain_word("break_down", "an error it cannot recover from", printer.break_down),
        plain_word("power_cycle", "off and on: buffers and modes are lost; with unplug T the line too", printer.power_cycle),
    )


def _on_off(name: str, meaning: str, act: Callable[[bool], None]) -> Word:
    def obey(words: Sequence[str]) -> None:
        given = at_most_one(words)
        if given not in (None, "on", "off"):
            raise ValueError("only on or off may stand behind this word")
        act(given != "off")

    return Word(name, f"{name} [on|off]", meaning, obey)


def _seconds(words: Sequence[str]) -> float:
    return number(_the_one(words), 0.0, _LONGEST_DELAY_S)


def _bytes(words: Sequence[str]) -> int:
    return whole_number(_the_one(words), 0, _FASTEST_BYTES)


def _the_one(words: Sequence[str]) -> str:
    given = at_most_one(words)
    if given is None:
        raise ValueError("a number must follow")
    return given


def _noise(printer: PrinterEmulator, words: Sequence[str]) -> None:
    given = at_most_one(words)
    probability = 1.0 if given is None else number(given, 0.0, 1.0)
    printer.voice.noise_probability = probability
    printer.book.inject(Fault.NOISE, None if probability else 0)


def _lines(words: Sequence[str]) -> int:
    if not words:
        return 0
    if len(words) != 3 or words[0] != "after" or words[2] not in ("line", "lines"):
        raise ValueError("only after N lines may stand behind this word")
    return whole_number(words[1], 0, _MOST_LINES)


def _load(printer: PrinterEmulator, words: Sequence[str]) -> None:
    given = at_most_one(words)
    printer.load_paper(None if given is None else number(given, 0.0, _LONGEST_MM))


def _at(printer: PrinterEmulator, spoken: FaultLanguage, words: Sequence[str]) -> None:
    if len(words) < 2:
        raise ValueError("how far, and what then?")
    distance_mm, line = number(words[0], 0.0, _LONGEST_MM), " ".join(words[1:])
    if words[1] not in {word.name for word in spoken.words} - {"at"}:
        raise ValueError(f"{words[1][:40]!r} is not known; try help")
    printer.at_mm(distance_mm, lambda: _do(spoken, line))


def _do(spoken: FaultLanguage, line: str) -> None:
    spoken.obey(line)
