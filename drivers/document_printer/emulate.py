"""Runs an emulated document printer that other programs can print on, and takes its fault language."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from drivers.document_printer.emulator import OPERATIONS, DocumentPrinterEmulator
from drivers.document_printer.emulator_gate import LineFault
from drivers.emulation.control import ControlServer
from drivers.emulation.language import FaultLanguage, Word, at_most_one, number, plain_word, whole_number
from drivers.emulation.lines import LineSource, standard_input
from drivers.emulation.stand import Place
from drivers.errors import DeviceError

_POLL_S = 0.05
_MOST = 1_000_000

_PRINTER_FAULTS = (
    ("paper_out", "the paper is used up", "load_paper", "new paper is in"),
    ("paper_jam", "paper is jammed", "clear_jam", "the jam is removed"),
    ("cover_open", "the cover is opened", "close_cover", "the cover is closed"),
    ("toner_out", "the toner is used up", "new_toner", "new toner is in"),
    ("offline", "the printer is switched off; CUPS is still there", "online", "the printer is switched on"),
)
_LINE_FAULTS = (
    (LineFault.MUTE, "swallow the next N answers"),
    (LineFault.CUT, "CUPS gets the question, and the connection is cut before its answer"),
    (LineFault.CUT_REQUEST, "cut the connection in the middle of the question"),
    (LineFault.HALF_FRAME, "send half of the answer, then cut"),
    (LineFault.STALE_REPLY, "send an old answer in place of the new one"),
)


def serve(
    place: Place,
    out_dir: Path,
    on_ready: Callable[[str], None],
    stop: threading.Event,
    *,
    lines: LineSource | None = None,
) -> None:
    """Serve until ``stop`` is set. ``on_ready`` gets the URL for the driver; documents appear in ``out_dir``.

    Raises ``CupsMissing`` without cupsd, ``OSError`` when a port is taken, ``ValueError`` for a pseudo terminal: IPP needs TCP.
    """
    if place.use_pty:
        raise ValueError("a document printer is reached over TCP, not over a pseudo terminal")
    source = standard_input() if lines is None else lines
    with ExitStack() as stack:
        port = place.listen[1] if place.listen is not None else 0
        emulator = stack.enter_context(DocumentPrinterEmulator(out_dir, port=port))
        spoken = language(emulator)
        if place.control is not None:
            stack.enter_context(ControlServer(spoken.obey, *place.control))
        on_ready(emulator.url)
        while not stop.wait(_POLL_S):
            for line in source.take():
                spoken.obey(line.decode("utf-8", "replace"))


def language(emulator: DocumentPrinterEmulator) -> FaultLanguage:
    """All that can be done to an emulated document printer."""
    return FaultLanguage([*_printer_words(emulator), *_cups_words(emulator), *_line_words(emulator)])


def _printer_words(emulator: DocumentPrinterEmulator) -> list[Word]:
    words = []
    for name, meaning, undo, undone in _PRINTER_FAULTS:
        usage = f"{name} [after N pages]"
        words.append(Word(name, usage, f"{meaning}, at once or in a job", partial(_set, emulator, name)))
        words.append(plain_word(undo, undone, partial(emulator.clear_fault, name)))
    return [
        *words,
        plain_word("paper_near_end", "the paper will soon be used up", partial(emulator.set_fault, "paper_low")),
        plain_word("toner_low", "the toner will soon be used up", partial(emulator.set_fault, "toner_low")),
        plain_word("odd_reason", "report a reason that no standard knows", partial(emulator.set_fault, "odd_reason")),
        Word("hang", "hang [after N pages]", "stand still without a word", partial(_set, emulator, "hang")),
        Word("slow_page", "slow_page SECONDS", "take so long for each page", partial(_slow_page, emulator)),
        Word("fail", "fail [N]", "the back end gives up at the next page, N times", partial(_count, emulator, "fail")),
    ]


def _cups_words(emulator: DocumentPrinterEmulator) -> list[Word]:
    def stop_in_job(arguments: Sequence[str]) -> None:
        _count(emulator, "stop_in_job", arguments or ["1"])

    return [
        Word("stop_in_job", "stop_in_job [N]", "the back end stops the queue at the next page", stop_in_job),
        plain_word("stop_printer", "pause the queue", emulator.stop_queue),
        plain_word("resume_printer", "let the queue go on", emulator.resume_queue),
        plain_word("reject_jobs", "take no new jobs", emulator.reject_jobs),
        plain_word("accept_jobs", "take jobs again", partial(emulator.reject_jobs, False)),
        plain_word("awol", "CUPS takes everything and answers nothing until clear", emulator.freeze),
        plain_word("restart_cupsd", "stop CUPS in order and start it again", _safely(emulator.restart)),
        Word("unplug", "unplug [T]", "CUPS is gone as after a power cut, back after T seconds", partial(_unplug, emulator)),
        plain_word("plug", "CUPS is back", _safely(emulator.plug)),
        plain_word("clear", "all is well again", _safely(emulator.clear)),
    ]


def _line_words(emulator: DocumentPrinterEmulator) -> list[Word]:
    asked = " | ".join(OPERATIONS)
    words = [
        Word(fault, f"{fault} [N] [{asked}]", f"{meaning}; without N until clear", partial(_line_fault, emulator, fault))
        for fault, meaning in _LINE_FAULTS
    ]
    return [
        *words,
        Word("noise", "noise [P]", "rubbish in place of an answer, with probability P (1)", partial(_noise, emulator)),
        Word("slow", "slow SECONDS", "hold each answer back so long", partial(_slow, emulator)),
    ]


def _set(emulator: DocumentPrinterEmulator, name: str, arguments: Sequence[str]) -> None:
    match list(arguments):
        case []:
            emulator.set_fault(name)
        case ["after", pages] | ["after", pages, "page" | "pages"]:
            emulator.set_fault(name, after_pages=whole_number(pages, 0, _MOST))
        case _:
            raise ValueError("behind this word may stand nothing, or: after N pages")


def _count(emulator: DocumentPrinterEmulator, name: str, arguments: Sequence[str]) -> None:
    given = at_most_one(arguments)
    emulator.set_fault(name, True if given is None else whole_number(given, 0, _MOST))


def _slow_page(emulator: DocumentPrinterEmulator, arguments: Sequence[str]) -> None:
    emulator.set_fault("slow", number(at_most_one(arguments) or "", 0.0, 3600.0))


def _slow(emulator: DocumentPrinterEmulator, arguments: Sequence[str]) -> None:
    emulator.slow_line(number(at_most_one(arguments) or "", 0.0, 3600.0))


def _noise(emulator: DocumentPrinterEmulator, arguments: Sequence[str]) -> None:
    emulator.line_fault(LineFault.NOISE, probability=number(at_most_one(arguments) or "1", 0.0, 1.0))


def _unplug(emulator: DocumentPrinterEmulator, arguments: Sequence[str]) -> None:
    given = at_most_one(arguments)
    emulator.unplug(None if given is None else number(given, 0.0, 3600.0))


def _line_fault(emulator: DocumentPrinterEmulator, fault: LineFault, arguments: Sequence[str]) -> None:
    operations = [OPERATIONS[word] for word in arguments if word in OPERATIONS]
    given = at_most_one([word for word in arguments if word not in OPERATIONS])
    if len(operations) > 1:
        raise ValueError("one kind of question at a time")
    times = None if given is None else whole_number(given, 1, _MOST)
    emulator.line_fault(fault, times, operations[0] if operations else None)


def _safely(act: Callable[[], None]) -> Callable[[], None]:
    """A CUPS that does not start is an answer to whoever asked for it, not the end of the emulator."""

    def obey() -> None:
        try:
            act()
        except DeviceError as error:
            raise ValueError(str(error)) from error

    return obey
