"""What a scanner must prove: that it looks when told to, sends what it sees, and ends codes as it is set up to here.

The scanner is read bare, with nothing stripped and nothing suppressed: suffix and prefix are learnt from codes of known content
and compared with the settings.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from drivers.barcode_scanner.aim import identify
from drivers.barcode_scanner.driver import SerialScanner
from drivers.barcode_scanner.factory import open_scanner
from drivers.barcode_scanner.profiles import PROFILES
from drivers.barcode_scanner.protocol import Framing, ScanFramer, to_outcome
from drivers.barcode_scanner.sample_codes import (
    ASCII,
    GB18030,
    LINE_ENDS,
    UTF_8,
    SampleCode,
    write_sample_codes,
)
from drivers.barcode_scanner.settings import ScannerSettings
from drivers.barcode_scanner.types import Code, ScanTrouble
from drivers.conformance import EXIT_NO_REPORT, Check, Finding, Verdict, run_conform
from drivers.transport.opening import OpenPort, open_port
from drivers.types import Deadline

_PASSED, _FAILED, _SKIPPED = Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED
_SUFFIX_NAMES = {b"": "none", b"\r": "cr", b"\r\n": "crlf", b"\n": "lf", b"\t": "tab"}
_LIT_S = 1.0
_WATCHED_S = 4.0
_DARK_S = 2.0
_PASSIVE = "a passive scanner takes no commands"


def conform(options: argparse.Namespace, settings: ScannerSettings) -> int:
    """The command ``conform``; exit codes as ``run_conform``."""
    try:
        write_sample_codes(options.codes)
    except OSError as error:
        print(f"cannot be written: {error}", file=sys.stderr)  # noqa: T201 - this is the command's own voice
        return EXIT_NO_REPORT
    print(f"test codes to print or show: {options.codes}", file=sys.stderr)  # noqa: T201

    with ExitStack() as stack:

        def checks_of(opener: OpenPort) -> Sequence[Check]:
            bench = Bench(options.url, settings, opener, options.timeout)
            stack.callback(bench.close)
            return bench.checks()

        return run_conform("barcode_scanner", options, checks_of)


class Bench:
    """One open scanner, and what has been learnt of it."""

    def __init__(self, url: str, settings: ScannerSettings, opener: OpenPort = open_port, patience_s: float = 20.0) -> None:
        """Open it; raises ``DeviceError``. ``patience_s`` is how long a code may take to be shown."""
        self._settings = settings
        self._profile = PROFILES[settings.profile]
        self._patience_s = patience_s
        self._scanner = open_scanner(
            url, replace(settings, framing=Framing.NONE, strips_aim=False, duplicate_window_s=0.0), opener
        )

    def checks(self) -> Sequence[Check]:
        """In the order in which they build on each other."""
        return (
            Check("answers", "the port is open, and a triggered scanner answers in its profile", self._answers),
            Check("trigger_acknowledged", "the light goes on and off by command, and the scanner says so", self._acknowledges),
            self._shown("code_ascii", "a code of plain signs arrives whole, and ends as it is set up here", ASCII),
            self._shown("code_utf_8", "Chinese in UTF-8 arrives as it is", UTF_8),
            self._shown("code_gb18030", "Chinese in GB18030 arrives as it is, or in UTF-8", GB18030),
            self._shown("code_line_ends", "a code with line ends is not cut at them", LINE_ENDS, is_required=False),
            Check(
                "repeats",
                "a code that stays in front of the scanner comes again only within the time in which it is ignored",
                self._repeats,
                ask=f"hold code {ASCII.number} still in front of the scanner",
                is_required=False,
            ),
            Check(
                "dark",
                "with its light off the scanner sends nothing",
                self._is_dark,
                ask="" if not self._profile.is_triggered else f"leave code {ASCII.number} in front of the scanner",
            ),
        )

    def close(self) -> None:
        """Let go of the scanner."""
        self._scanner.close()

    def _shown(self, name: str, purpose: str, code: SampleCode, is_required: bool = True) -> Check:
        ask = f"show code {code.number} ({code.label}) to the scanner"
        return Check(name, purpose, lambda: self._sees(code), ask=ask, is_required=is_required)

    def _answers(self) -> Finding:
        status = self._scanner.status()
        words = f"{status.code}: {status.detail}" if status.detail else status.code
        return Finding(_PASSED if status.is_online else _FAILED, words)

    def _acknowledges(self) -> Finding:
        if not self._profile.is_triggered:
            return Finding(_SKIPPED, _PASSIVE)
        if not self._profile.acknowledges_trigger:
            return Finding(_SKIPPED, f"{self._profile.name} does not acknowledge its trigger")
        self._scanner.read(Deadline(_LIT_S))
        self._scanner.status()  # takes the answer to "off"
        is_good = isinstance(self._scanner, SerialScanner) and self._scanner.is_trigger_acknowledged
        return Finding(_PASSED, "acknowledged") if is_good else Finding(_FAILED, "the trigger was not acknowledged")

    def _sees(self, code: SampleCode) -> Finding:
        begun_s = time.monotonic()
        patience = Deadline(self._patience_s)
        other = 0
        while not patience.is_over:
            outcome = self._scanner.read(patience)
            if isinstance(outcome, Code):
                found = self._judge(code, outcome.raw, time.monotonic() - begun_s)
                if found is not None:
                    return found
                other += 1
        if other:
            return Finding(_FAILED, f"{other} codes came, none of them this one as it should be")
        return Finding(_FAILED, "no code came in time")

    def _judge(self, code: SampleCode, raw: bytes, after_s: float) -> Finding | None:
        """What is to be said of bytes that hold this code in one encoding or the other; ``None`` where they do not."""
        for encoding in dict.fromkeys((code.encoding, "utf-8", "gb18030")):
            prefix, is_there, suffix = raw.partition(code.text.encode(encoding))
            if is_there:
                measured: dict[str, str | float] = {
                    "after_s": round(after_s, 2),
                    "encoding": encoding,
                    "suffix": _name(suffix),
                    "prefix": _name(prefix),
                }
                trouble = self._trouble(code, raw, prefix, suffix)
                return Finding(_FAILED, trouble, measured) if trouble else Finding(_PASSED, "exact", measured)
        return None

    def _trouble(self, code: SampleCode, raw: bytes, prefix: bytes, suffix: bytes) -> str:
        framing = self._settings.framing
        if prefix and (identify(raw) is None or len(prefix) != len(b"]cm")):
            return f"stands behind {prefix.hex(' ')}, which is no AIM prefix"
        if bool(prefix) != self._settings.strips_aim:
            return "an AIM prefix is sent: set it up here" if prefix else "no AIM prefix is sent: it is set up here"
        if framing is not Framing.GAP and _name(suffix) != framing.value:
            return f"the suffix is {_name(suffix)}, set up here is {framing}"
        framer = ScanFramer(framing, self._settings.longest)
        frame = next(iter(framer.feed(raw)), None) or framer.line_is_quiet()
        outcome = None if frame is None else to_outcome(frame, self._settings.strips_aim)
        if not isinstance(outcome, Code) or outcome.text != code.text:
            return f"it is cut at a line end by the framing {framing}: choose gap, or a suffix that no code holds"
        return ""

    def _repeats(self) -> Finding:
        patience = Deadline(_WATCHED_S)
        seen_at_s: list[float] = []
        while not patience.is_over:
            if isinstance(self._scanner.read(patience), Code):
                seen_at_s.append(time.monotonic())
        if len(seen_at_s) < 2:
            return Finding(_SKIPPED if not seen_at_s else _PASSED, f"came {len(seen_at_s)} times in {_WATCHED_S:g} s")
        pauses = [later - sooner for sooner, later in itertools.pairwise(seen_at_s)]
        measured: dict[str, str | float] = {"times": float(len(seen_at_s)), "least_pause_s": round(min(pauses), 2)}
        if self._profile.is_triggered or max(pauses) < self._settings.duplicate_window_s:
            return Finding(_PASSED, "comes again within the time in which it is ignored", measured)
        return Finding(
            _FAILED, f"comes again after more than {self._settings.duplicate_window_s:g} s: it would be read anew", measured
        )

    def _is_dark(self) -> Finding:
        if not self._profile.is_triggered:
            return Finding(_SKIPPED, _PASSIVE)
        self._scanner.status()  # takes the answer to "off"
        if not isinstance(self._scanner, SerialScanner):
            return Finding(_SKIPPED, "only a scanner on a line can be left dark")
        outcome = self._scanner.read_dark(Deadline(_DARK_S))
        if isinstance(outcome, Code) or outcome.trouble is not ScanTrouble.NOTHING:
            return Finding(_FAILED, "something came while the light was off")
        return Finding(_PASSED, f"nothing came in {_DARK_S:g} s")


def _name(part: bytes) -> str:
    return _SUFFIX_NAMES.get(part, part.hex(" "))
