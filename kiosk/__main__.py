"""``kiosk``: the terminal's commands. Each is imported only when asked for, so that a technician's tool starts no Qt."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence

from drivers.face.worker.__main__ import HIDDEN_WORD
from drivers.face.worker.__main__ import main as serve_faces
from kiosk import __version__
from kiosk.commands import CommandError
from ui.voice.engine_words import HIDDEN_WORD as SOUND_WORD

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("kiosk.commands.run", "start the terminal"),
    "demo": (
        "kiosk.demo.command",
        "show residents' visits (online, offline, out of paper, no face, senior mode) over the real wire protocols",
    ),
    "doctor": ("kiosk.commands.doctor", "look at every device, try it, and say what to do"),
    "enrol": ("kiosk.commands.enrol", "trade a one-time token for an identity at the platform"),
    "queue": ("kiosk.commands.queue", "what lies in the queue, and where each case stands"),
    "staff": ("kiosk.commands.staff", "add a member of staff who may confirm residents"),
    "verify-face": ("kiosk.commands.verify_face", "compare the faces of two pictures"),
    "face": ("kiosk.commands.face", "how well a face engine tells people apart: evaluate, calibrate"),
    "liveness": ("kiosk.commands.liveness", "judge recorded sessions: live, or a presentation attack"),
    "read-code": ("kiosk.commands.read_code", "read the bar codes and QR codes in pictures"),
    "verify-receipt": ("kiosk.commands.verify_receipt", "check the code on a slip, without the network"),
    "catalogue": ("kiosk.commands.catalogue", "check, search and show the catalogue of matters; decide papers"),
    "visit": ("kiosk.commands.visit", "carry out one matter without a screen, for a fictitious resident"),
    "verify-proof": ("kiosk.commands.verify_proof", "check a proof (PDF) or the code on it, without the network"),
    "voice": ("kiosk.commands.voice", "which voices and headphone jacks there are; says a sentence"),
    "emulate": ("kiosk.commands.emulate", "stand in for a device, on TCP or a pseudo terminal"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Failures are one clear line on stderr, never a traceback."""
    parser = argparse.ArgumentParser(prog="kiosk", description="瓯e办 (Ou e Ban): a self-service government terminal.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--verbose", action="store_true", help="log more to stderr")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, words) in COMMANDS.items():
        commands.add_parser(name, help=words, add_help=False)
    given, rest = parser.parse_known_args(arguments)
    logging.basicConfig(
        level=logging.INFO if given.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    module = importlib.import_module(COMMANDS[given.command][0])
    own = argparse.ArgumentParser(prog=f"kiosk {given.command}", description=module.__doc__)
    module.add_arguments(own)
    try:
        return int(module.execute(own.parse_args(rest)))
    except CommandError as error:
        print(f"kiosk {given.command}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"kiosk {given.command}: stopped", file=sys.stderr)
        return 130


def _is_face_worker() -> bool:
    """True in a bundle that was started to be the face worker: it has no Python beside it that could run the module."""
    return sys.argv[1:2] == [HIDDEN_WORD]


def _serve_sound() -> int:
    """The same for the process for sound, the only one that loads Qt's voices."""
    return int(importlib.import_module("ui.voice.engine").main(sys.argv[2:]))


if __name__ == "__main__":
    if sys.argv[1:2] == [SOUND_WORD]:
        sys.exit(_serve_sound())
    sys.exit(serve_faces(sys.argv[2:]) if _is_face_worker() else main())
