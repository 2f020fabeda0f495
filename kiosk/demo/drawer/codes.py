"""Codes to hold under the scanner: what residents bring, and what nobody should."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import yaml

import assets
from kiosk.demo.drawer.cards import CardMoves
from kiosk.demo.drawer.moves import Move, Outcome, Refused
from kiosk.demo.stage import Stage
from ui.devdock.protocol import Action

OVERSIZED_BYTES = 6000
"""More than any code holds, and than the driver takes."""
HOSTILE: dict[str, tuple[str, str, bytes]] = {
    "url": ("URL", "A link, as on a poster; the terminal must not follow it", b"https://phishing.invalid/login?next=kiosk"),
    "oversized": ("Oversized", f"{OVERSIZED_BYTES:,} bytes in one code", b"A" * OVERSIZED_BYTES),
    "controls": (
        "Controls",
        "Escape, NUL, line ends and Ctrl keys, as a prepared code would type them",
        b"330\x00\x1b[2J\x1b]0;x\x07\r\n\x03\x16\x1a\t304",
    ),
    "markup": ("Markup", "HTML and SQL", b"<img src=x onerror=alert(1)>'; DROP TABLE cases; --"),
    "turned": (
        "Turned text",
        "Right-to-left marks and emoji",
        "\u202e330304\u202c \u05e9\u05dc\u05d5\u05dd \U0001f9d3\U0001f3fd".encode(),
    ),
    "bytes": ("Raw bytes", "Neither UTF-8 nor GB18030", bytes(range(0x80, 0x100)) + b"\xff"),
}


class CodeMoves:
    """The scanner's window."""

    key = "Q"
    title = "Codes for the scanner"

    def __init__(self, stage: Stage, cards: CardMoves) -> None:
        self._stage = stage
        self._cards = cards

    def all(self) -> Sequence[Move]:
        """Good ones, then hostile ones."""
        return (
            self._move("slip", "Slip QR", "The QR code of the last slip printed", lambda: self._of_slip("QR Code")),
            self._move(
                "number", "Slip bar code", "The receipt number of the last slip printed", lambda: self._of_slip("Code 128")
            ),
            self._move("credential", "Credential", "A fresh credential of whoever's card lay down last", self._credential),
            self._move("certificate", "Certificate", "A valid certificate of theirs", lambda: self._certificate("valid")),
            self._move("revoked", "Revoked cert.", "A revoked certificate of theirs", lambda: self._certificate("revoked")),
            *(self._hostile(what, *told) for what, told in HOSTILE.items()),
        )

    @staticmethod
    def _move(what: str, label: str, hint: str, do: Callable[[], Outcome]) -> Move:
        return Move(Action(f"code.{what}", label, hint), do, is_slow=True)

    def _hostile(self, what: str, label: str, hint: str, payload: bytes) -> Move:
        return self._move(what, label, hint, lambda: self._show(payload, f"a hostile code ({label.lower()})"))

    def _of_slip(self, kind: str) -> Outcome:
        slips = self._stage.printer.slips
        if not slips:
            return Refused("no slip has been printed yet")
        found = [code.text for code in slips[-1].codes if code.kind == kind]
        if not found:
            return Refused(f"the last slip bears no {kind}")
        return self._show(found[0].encode(), f"the {kind} of the last slip")

    def _credential(self) -> Outcome:
        person = self._cards.person
        return self._show(self._stage.platform.issue_credential(person.id_number).encode(), f"a credential of {person.name}")

    def _certificate(self, kind: str) -> Outcome:
        person = self._cards.person
        with (assets.ROOT / "samples" / "certificates.yaml").open(encoding="utf-8") as file:
            given: Any = yaml.safe_load(file)
        theirs = [one for one in given["certificates"] if one["id_number"] == person.id_number]
        fit = [one for one in theirs if bool(one.get("revoked")) == (kind == "revoked") and "valid_to" not in one]
        if not fit:
            return Refused(f"no sample certificate of {person.name} is {kind}")
        return self._show(fit[0]["identifier"].encode(), f"a {kind} certificate of {person.name}")

    def _show(self, payload: bytes, what: str) -> Outcome:
        if not self._stage.scanner.scan(payload):
            return Refused("nobody is connected to the scanner: is it unplugged?")
        return f"{what} was held under the scanner; it counts where a code is waited for"
