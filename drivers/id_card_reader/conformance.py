"""What a reader must do so that the driver can count on it, one check at a time, with a test card and a technician."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from drivers.conformance import Check, Finding, Verdict
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.photo import PhotoDecoder
from drivers.id_card_reader.protocol import (
    SHORTEST_RESPONSE_LEN,
    Command,
    FrameParser,
    Response,
    Sw3,
    build_request,
    longest_answer_bytes,
    parse_response,
)
from drivers.id_card_reader.sam_link import SamLink
from drivers.id_card_reader.types import CardExtra, CardNotRead, CardRead, Fingerprint, Missing, NewestAddress
from drivers.transport.port import Port
from drivers.types import Deadline

_BITS_PER_BYTE = 10
_TIMES_ASKED = 10


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a check waits, in seconds."""

    technician_s: float = 60.0
    """For a card to be put down or lifted."""
    read_s: float = 10.0
    found_s: float = 2.0
    """A card that lies there must be found within this time."""
    answer_s: float = 2.0


@dataclass(slots=True)
class _Subject:
    """The reader under test, and what earlier checks learnt of it."""

    port: Port
    reader: SamVIdCardReader
    link: SamLink
    patience: Patience
    first: CardRead | None = field(default=None, repr=False)
    second: CardRead | None = field(default=None, repr=False)


def checks(
    port: Port,
    *,
    decoders: Sequence[PhotoDecoder] | None = None,
    transcript: Path | None = None,
    patience: Patience | None = None,
) -> list[Check]:
    """All checks of the reader on ``port``, in the order in which they must run.

    With ``transcript`` (where ``port`` records) the last check reads the card once more from the recording.
    """
    subject = _Subject(port, SamVIdCardReader(port, decoders), SamLink(port), Patience() if patience is None else patience)
    return [
        Check("status", "the module says that it is well", lambda: _status(subject)),
        Check("sam_id", "the module's number is the same three times", lambda: _sam_id(subject)),
        Check("no_card", "find says none for an empty reader", lambda: _no_card(subject), ask="take every card off the reader"),
        Check("wrong_checksum", "a broken request is answered by 10", lambda: _wrong_checksum(subject)),
        Check("timing", "answers come within the driver's patience", lambda: _timing(subject)),
        Check("card_found", "a card is found", lambda: _card_found(subject), ask="put the test card down and leave it there"),
        Check("reset", "after a reset the card is found again", lambda: _reset(subject)),
        Check("full_read", "record and portrait are read and parsed", lambda: _full_read(subject)),
        Check("rest_mode", "what find says of a card that was read", lambda: _rest_mode(subject)),
        Check(
            "read_again",
            "the same record comes once more",
            lambda: _read_again(subject),
            ask="lift the card, count to three, put it down again",
        ),
        Check("newest_address", "the newest address, or that there is none", lambda: _newest_address(subject)),
        Check("body_number", "the card body number (experimental)", lambda: _body_number(subject), is_required=False),
        Check("fingerprint", "read with fingerprint", lambda: _fingerprint(subject), is_required=False),
        *([] if transcript is None else [_replay_check(subject, transcript, decoders)]),
    ]


def _replay_check(subject: _Subject, transcript: Path, decoders: Sequence[PhotoDecoder] | None) -> Check:
    return Check("replay", "the recording gives the same record", lambda: _replay(subject, transcript, decoders))


def _status(subject: _Subject) -> Finding:
    status = subject.reader.status()
    return _finding(status.is_online, f"{status.state}: {status.code} {status.detail}".rstrip(), code=status.code)


def _sam_id(subject: _Subject) -> Finding:
    said = {subject.link.command(Command.SAM_ID).data for _ in range(3)}
    if len(said) > 1:
        return Finding(Verdict.FAILED, f"{len(said)} different numbers in three answers")
    return Finding(Verdict.PASSED, "the same three times", {"sam_id": str(subject.reader.sam_id())})


def _no_card(subject: _Subject) -> Finding:
    patience, misses = Deadline(subject.patience.technician_s), 0
    while misses < 3 and not patience.is_over:
        misses = 0 if _is_found(subject) else misses + 1
        patience.sleep(0.1)
    return _finding(misses >= 3, "none, three times in a row" if misses >= 3 else "find goes on finding a card")


def _wrong_checksum(subject: _Subject) -> Finding:
    request = build_request(Command.FIND)
    answer = _ask_raw(subject, request[:-1] + bytes([request[-1] ^ 0xFF]))
    if answer is None:
        return Finding(Verdict.FAILED, "no answer")
    return _finding(answer.sw3 == Sw3.BAD_CHECKSUM, f"answered by {answer.sw3:02X}", sw3=f"{answer.sw3:02X}")


def _timing(subject: _Subject) -> Finding:
    """Medians beside what the frames alone take on a line of this speed; the driver's time-outs decide what is too slow."""
    measured: dict[str, str | float] = {"times": _TIMES_ASKED, "baudrate": subject.port.baudrate}
    for command in (Command.STATUS, Command.SAM_ID, Command.FIND):
        name = command.name.lower()
        seconds = [_timed(lambda command=command: subject.link.command(command, tries=1)) for _ in range(_TIMES_ASKED)]  # type: ignore[misc]
        answer_bytes = 11 if command is Command.FIND else longest_answer_bytes(command)  # there is no card: 80 without data
        wire_s = (len(build_request(command)) + answer_bytes) * _BITS_PER_BYTE / subject.port.baudrate
        measured |= {f"{name}_ms": round(statistics.median(seconds) * 1000, 2), f"{name}_wire_ms": round(wire_s * 1000, 2)}
    return Finding(Verdict.PASSED, "each answer came in time", measured)


def _card_found(subject: _Subject) -> Finding:
    seconds = _seconds_until_found(subject, subject.patience.technician_s)
    return _finding(seconds is not None, "no card was found" if seconds is None else "found")


def _reset(subject: _Subject) -> Finding:
    answered_s = _timed(lambda: subject.link.command(Command.RESET))
    found_s = _seconds_until_found(subject, subject.patience.found_s)
    if found_s is None:
        return Finding(Verdict.FAILED, f"the card was not found within {subject.patience.found_s:g} s after the reset")
    return Finding(Verdict.PASSED, "found again", {"reset_ms": _ms(answered_s), "found_ms": _ms(found_s)})


def _full_read(subject: _Subject) -> Finding:
    begun_s = time.monotonic()
    outcome = subject.reader.read(Deadline(subject.patience.read_s))
    seconds = time.monotonic() - begun_s
    if isinstance(outcome, CardNotRead):
        return _not_read(outcome)
    subject.first = outcome
    photo = "decoded" if outcome.photo is not None else str(outcome.photo_problem)
    wire_bytes = sum(
        len(build_request(command)) + longest_answer_bytes(command) for command in (Command.FIND, Command.SELECT, Command.READ)
    )
    wire_ms = _ms(wire_bytes * _BITS_PER_BYTE / subject.port.baudrate)
    measured = {"read_ms": _ms(seconds), "wire_ms": wire_ms, "kind": outcome.record.kind.value, "photo": photo}
    return Finding(Verdict.PASSED, "read and parsed", measured)


def _rest_mode(subject: _Subject) -> Finding:
    if subject.first is None:
        return _skipped()
    mode = "lenient" if subject.reader.finds_resting_card() else "strict"
    words = "find goes on finding it" if mode == "lenient" else "find does not find it until it is lifted"
    return Finding(Verdict.PASSED, words, {"rest_mode": mode})


def _read_again(subject: _Subject) -> Finding:
    if subject.first is None:
        return _skipped()
    patience = Deadline(subject.patience.technician_s)
    if subject.reader.finds_resting_card() and not subject.reader.wait_removed(patience):
        return Finding(Verdict.FAILED, "the card was not seen to be lifted")
    outcome = subject.reader.read(patience, {CardExtra.NEWEST_ADDRESS, CardExtra.BODY_NUMBER})
    if isinstance(outcome, CardNotRead):
        return _not_read(outcome)
    subject.second = outcome
    return _finding(outcome.record == subject.first.record, "the same" if outcome.record == subject.first.record else "another")


def _newest_address(subject: _Subject) -> Finding:
    if subject.second is None:
        return _skipped()
    match subject.second.newest_address:
        case NewestAddress():
            return Finding(Verdict.PASSED, "there is one")
        case Missing.NOT_ON_CARD:
            return Finding(Verdict.PASSED, "the card has none")
        case Missing.NOT_SUPPORTED:
            return Finding(Verdict.SKIPPED, "the module does not know the command")
        case _:
            return Finding(Verdict.FAILED, "it could not be read")


def _body_number(subject: _Subject) -> Finding:
    if subject.second is None:
        return _skipped()
    number = subject.second.body_number
    if isinstance(number, Missing):
        return Finding(Verdict.SKIPPED if number is not Missing.NOT_READ else Verdict.FAILED, number.value)
    return Finding(Verdict.PASSED, "there is one", {"bytes": len(number.raw)})


def _fingerprint(subject: _Subject) -> Finding:
    if subject.first is None:
        return _skipped()
    subject.reader.reset()  # so that a strict module reads the resting card once more
    outcome = subject.reader.read(Deadline(subject.patience.read_s), {CardExtra.FINGERPRINT})
    if isinstance(outcome, CardNotRead):
        return _not_read(outcome)
    if isinstance(outcome.fingerprint, Fingerprint):
        return Finding(Verdict.PASSED, "there is one", {"fingers": outcome.fingerprint.fingers})
    is_told = outcome.fingerprint is Missing.NOT_ON_CARD
    return Finding(Verdict.PASSED if is_told else Verdict.SKIPPED, outcome.fingerprint.value)


def _replay(subject: _Subject, transcript: Path, decoders: Sequence[PhotoDecoder] | None) -> Finding:
    if subject.first is None:
        return _skipped()
    reader = SamVIdCardReader.create(f"replay://{quote(str(transcript.absolute()))}", decoders=decoders)
    try:
        outcome = reader.read(Deadline(subject.patience.technician_s))
    finally:
        reader.close()
    if isinstance(outcome, CardNotRead):
        return _not_read(outcome)
    is_same = outcome.record == subject.first.record
    return _finding(is_same, "the same record" if is_same else "another record than on the line")


def _is_found(subject: _Subject) -> bool:
    return subject.link.command(Command.FIND).sw3 == Sw3.CARD_FOUND


def _seconds_until_found(subject: _Subject, limit_s: float) -> float | None:
    begun_s, deadline = time.monotonic(), Deadline(limit_s)
    while not deadline.is_over:
        if _is_found(subject):
            return time.monotonic() - begun_s
        deadline.sleep(0.05)
    return None


def _ask_raw(subject: _Subject, request: bytes) -> Response | None:
    """Send bytes as they are; the first whole answer, whatever it is."""
    parser, deadline = FrameParser(SHORTEST_RESPONSE_LEN), Deadline(subject.patience.answer_s)
    subject.port.flush_input()
    subject.port.write(request)
    while not deadline.is_over:
        for frame in parser.feed(subject.port.read_available(4096, min(0.05, deadline.remaining_s))):
            response = parse_response(frame)
            if response is not None:
                return response
    return None


def _timed(work: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    work()
    return time.perf_counter() - begun_s


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _finding(is_good: bool, words: str, **measured: str | float) -> Finding:
    return Finding(Verdict.PASSED if is_good else Verdict.FAILED, words, measured)


def _not_read(outcome: CardNotRead) -> Finding:
    sam = "" if outcome.sam_code is None else f", module says {outcome.sam_code:02X}"
    return Finding(Verdict.FAILED, f"{outcome.trouble.value} {outcome.detail}".rstrip() + sam)


def _skipped() -> Finding:
    return Finding(Verdict.SKIPPED, "no card was read before")
