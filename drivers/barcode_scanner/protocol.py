"""What a serial scanner sends: the bytes of a code and perhaps a suffix, with no length and no checksum. Pure.

Source: protocol notes section 3. A code ends at its suffix, or where none is agreed when the line falls quiet.
"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum

from drivers.barcode_scanner.aim import declared_text, identify, without_escapes
from drivers.barcode_scanner.text_guess import decode_utf8
from drivers.barcode_scanner.types import Code, NotScanned, ScanOutcome, ScanTrouble

LONGEST_CODE_BYTES = 4096
"""A QR code holds 2,953 bytes at most; scanners may turn each into two."""


class Framing(StrEnum):
    """How the end of a code is told; must match the scanner's setting."""

    GAP = "gap"
    """By the pause behind it. One CR LF, CR, LF or tab at the very end is dropped, others belong to the code."""
    CR = "cr"
    CRLF = "crlf"
    LF = "lf"
    TAB = "tab"
    NONE = "none"
    """By the pause behind it; whatever stands at the end belongs to the code."""

    @property
    def has_suffix(self) -> bool:
        """True where a code ends at certain bytes, not at a pause."""
        return self in SUFFIX


SUFFIX = {Framing.CR: b"\r", Framing.CRLF: b"\r\n", Framing.LF: b"\n", Framing.TAB: b"\t"}


class FrameEnd(StrEnum):
    """How a frame came to its end."""

    COMPLETE = "complete"
    TOO_LONG = "too_long"
    """Longer than the cap; its bytes are gone, all of them up to its end."""
    NO_SUFFIX = "no_suffix"
    """The line fell quiet before the agreed suffix came: part of a code, or a scanner set up otherwise."""


@dataclass(frozen=True, slots=True)
class ScanFrame:
    """Bytes of one code, without suffix; empty unless ``end`` is complete."""

    end: FrameEnd
    payload: bytes = field(repr=False, default=b"")


class ScanFramer:
    """Cuts the byte stream into codes; empty codes (a lone suffix) are dropped."""

    def __init__(self, framing: Framing = Framing.GAP, longest: int = LONGEST_CODE_BYTES) -> None:
        self._framing = framing
        self._suffix = SUFFIX.get(framing, b"")
        self._longest = longest
        self._buffer = bytearray()
        self._is_too_long = False

    @property
    def is_inside_code(self) -> bool:
        """True when bytes have come whose code has not ended."""
        return bool(self._buffer) or self._is_too_long

    def feed(self, data: bytes) -> list[ScanFrame]:
        """Take bytes as they come; give back the codes whose suffix has come."""
        frames: list[ScanFrame] = []
        # Byte-wise growth is bounded: what is over the cap is dropped as soon as it is seen.
        self._buffer += data
        while self._suffix and (end := self._buffer.find(self._suffix)) >= 0:
            frames.append(self._close(bytes(self._buffer[:end])))
            del self._buffer[: end + len(self._suffix)]
        if len(self._buffer) > self._longest + 2:
            self._is_too_long = True
            # A suffix may be half there: its first half must survive.
            del self._buffer[: -max(1, len(self._suffix))]
        return [frame for frame in frames if frame.end is not FrameEnd.COMPLETE or frame.payload]

    def line_is_quiet(self) -> ScanFrame | None:
        """The pause has been long enough: what has come is all there is. ``None`` when nothing has."""
        if not self.is_inside_code:
            return None
        rest = bytes(self._buffer)
        self._buffer.clear()
        if self._suffix:
            frame = self._close(rest)
            return ScanFrame(FrameEnd.NO_SUFFIX) if frame.end is FrameEnd.COMPLETE else frame
        frame = self._close(_without_line_end(rest) if self._framing is Framing.GAP else rest)
        return None if frame == ScanFrame(FrameEnd.COMPLETE) else frame

    def _close(self, payload: bytes) -> ScanFrame:
        is_too_long = self._is_too_long or len(payload) > self._longest
        self._is_too_long = False
        return ScanFrame(FrameEnd.TOO_LONG) if is_too_long else ScanFrame(FrameEnd.COMPLETE, payload)


def to_outcome(frame: ScanFrame, strips_aim: bool = False) -> ScanOutcome:
    """What the caller gets for a frame; ``strips_aim`` where the scanner is set up to send AIM prefixes."""
    match frame.end:
        case FrameEnd.TOO_LONG:
            return NotScanned(ScanTrouble.TOO_LONG)
        case FrameEnd.NO_SUFFIX:
            return NotScanned(ScanTrouble.UNDECODABLE, detail="no_suffix")
        case FrameEnd.COMPLETE:
            return to_identified_code(frame.payload) if strips_aim else to_code(frame.payload)


def to_identified_code(payload: bytes) -> ScanOutcome:
    """A code behind an AIM prefix, which is stripped and tells the symbology; without a known prefix, as ``to_code``.

    Of a code that declares its encodings (ECI) the escapes are stripped too, and the text is what they say.
    """
    identified = identify(payload)
    if identified is None:
        return to_code(payload)
    raw = without_escapes(identified.payload) if identified.has_eci else identified.payload
    text = declared_text(identified.payload) if identified.has_eci else None
    if raw and text is not None:
        return Code(raw, text, identified.symbology, has_control_characters(text), declares_encoding=True)
    outcome = to_code(raw)
    return replace(outcome, symbology=identified.symbology) if isinstance(outcome, Code) else outcome


def to_code(raw: bytes) -> ScanOutcome:
    """Decode strictly as UTF-8, without a leading byte-order mark, then as GB18030; the raw bytes are kept as they came."""
    if not raw:
        return NotScanned(ScanTrouble.UNDECODABLE, detail="empty")
    text = decode_utf8(raw)
    if text is None:
        try:
            text = raw.removeprefix(codecs.BOM_UTF8).decode("gb18030")
        except UnicodeDecodeError:
            return NotScanned(ScanTrouble.UNDECODABLE, detail="encoding")
    return Code(raw, text, has_control_characters=has_control_characters(text))


def has_control_characters(text: str) -> bool:
    """True when the text holds C0 or C1 controls, line ends and tabs included."""
    return any(unicodedata.category(character) == "Cc" for character in text)


def _without_line_end(payload: bytes) -> bytes:
    for line_end in (b"\r\n", b"\r", b"\n", b"\t"):
        if payload.endswith(line_end):
            return payload.removesuffix(line_end)
    return payload
