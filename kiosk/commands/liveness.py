"""Is a recorded session bona fide? Exit code 0: live; 1: not; 2: the input cannot be used.

``kiosk liveness --frames DIR|VIDEO`` judges one session, ``kiosk liveness evaluate --live DIR --attack SPECIES=DIR`` many of them
(ISO/IEC 30107-3: APCER for each species, the worst first, and BPCER).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from drivers.face.attack_detection import THRESHOLD
from drivers.face.engine import DlibFaceEngine
from drivers.face.recorded import AskedAction, RecordedChallenge, RecordedVerdict, judge_recording
from drivers.face.screen_light import Light
from drivers.face.types import Action
from kiosk.commands.liveness_files import bad_input, in_order, read_challenge, read_frames, sessions_in

_LIGHT = re.compile(r"#?([0-9a-fA-F]{6})@(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_SPECIES = re.compile(r"[\w.-]{1,40}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk liveness``."""
    parser.add_argument("what", nargs="?", choices=("evaluate",), help="evaluate: error rates over many sessions")
    parser.add_argument("--frames", type=Path, metavar="DIR|VIDEO", help="pictures of one session")
    parser.add_argument("--challenge", metavar="ACTIONS", help=f"what was asked for, e.g. blink,nod ({', '.join(Action)})")
    parser.add_argument("--lights", metavar="LIGHTS", help="what the screen showed, e.g. ff6e6e@0.5-0.8,6eff6e@0.8-1.1")
    parser.add_argument("--fps", type=float, help="pictures a second in a folder whose names carry no times (15)")
    parser.add_argument("--live", type=Path, metavar="DIR", help="evaluate: sessions of living people")
    parser.add_argument("--attack", action="append", default=[], metavar="SPECIES=DIR", help="evaluate: sessions of one species")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")


def execute(arguments: argparse.Namespace) -> int:
    """Judge, and say how it went."""
    given = _given(arguments)
    if arguments.fps is not None and not 0.0 < arguments.fps <= 240.0:
        raise bad_input("--fps is a number of pictures a second, up to 240")
    if arguments.what == "evaluate":
        return _evaluate(arguments, given)
    if arguments.frames is None:
        raise bad_input("give --frames DIR or VIDEO, or: evaluate --live DIR --attack SPECIES=DIR")
    one = _judge(arguments.frames, given, arguments.fps)
    _write(_as_json(one) if arguments.json else _in_words(one))
    return 0 if one.verdict.is_live else 1


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: RecordedVerdict
    challenge: RecordedChallenge

    @property
    def basis(self) -> str:
        """What the verdict rests on."""
        return "actions and cues" if self.challenge.actions else "passive cues only: it is not known what was asked for"


def _given(arguments: argparse.Namespace) -> RecordedChallenge:
    return RecordedChallenge(_actions(arguments.challenge or ""), _lights(arguments.lights or ""))


def _actions(words: str) -> tuple[AskedAction, ...]:
    names = [name.strip() for name in words.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Action)]
    if unknown:
        raise bad_input(f"unknown action {unknown[0]!r}; known are {', '.join(Action)}")
    return tuple(AskedAction(Action(name)) for name in names)


def _lights(words: str) -> tuple[Light, ...]:
    lights = []
    for word in (part.strip() for part in words.split(",") if part.strip()):
        match = _LIGHT.fullmatch(word)
        if match is None:
            raise bad_input(f"a light is written RRGGBB@FROM-TO in seconds, not {word!r}")
        value = int(match.group(1), 16)
        lights.append(Light((value >> 16, value >> 8 & 255, value & 255), float(match.group(2)), float(match.group(3))))
    return in_order(tuple(lights), "--lights")


def _judge(session: Path, given: RecordedChallenge, frames_per_s: float | None) -> _Judged:
    told, told_rate = read_challenge(session)
    challenge = told or RecordedChallenge()
    challenge = RecordedChallenge(given.actions or challenge.actions, given.lights or challenge.lights)
    frames = read_frames(session, frames_per_s or told_rate)
    return _Judged(judge_recording(frames, challenge, DlibFaceEngine()), challenge)


def _evaluate(arguments: argparse.Namespace, given: RecordedChallenge) -> int:
    if arguments.live is None or not arguments.attack:
        raise bad_input("evaluate needs --live DIR and at least one --attack SPECIES=DIR")
    folders = dict(_species(text) for text in arguments.attack)
    verdicts = {"": [_judge(one, given, arguments.fps) for one in sessions_in(arguments.live)]}
    for species, folder in folders.items():
        verdicts[species] = [_judge(one, given, arguments.fps) for one in sessions_in(folder)]
    found = _rates(verdicts)
    _write(found if arguments.json else _rates_in_words(found))
    return 0


def _species(text: str) -> tuple[str, Path]:
    name, _, folder = text.partition("=")
    if not _SPECIES.fullmatch(name) or not folder:
        raise bad_input(f"--attack is written SPECIES=DIR, not {text!r}")
    return name, Path(folder)


def _rates(verdicts: dict[str, list[_Judged]]) -> dict[str, object]:
    live, attacks = verdicts[""], {species: judged for species, judged in verdicts.items() if species}
    apcer = {species: _share(judged, is_live=True) for species, judged in attacks.items()}
    ordered = dict(sorted(apcer.items(), key=lambda one: (-one[1], one[0])))
    worst = next(iter(ordered))
    passive = sum(not one.challenge.actions for judged in verdicts.values() for one in judged)
    return {
        "bpcer": _share(live, is_live=False),
        "apcer": ordered,
        "apcer_worst": {"species": worst, "apcer": ordered[worst]},
        "threshold": THRESHOLD,
        "sessions": {"live": len(live), **{species: len(judged) for species, judged in attacks.items()}},
        "reasons": {species or "live": _reasons(judged) for species, judged in verdicts.items()},
        "passive_only": passive,
    }


def _share(judged: list[_Judged], *, is_live: bool) -> float:
    return round(sum(one.verdict.is_live is is_live for one in judged) / len(judged), 4)


def _reasons(judged: list[_Judged]) -> dict[str, int]:
    return dict(Counter(f"{one.verdict.result.value}:{one.verdict.cue}".rstrip(":") for one in judged).most_common())


def _as_json(one: _Judged) -> dict[str, object]:
    judgement = one.verdict.judgement
    return {
        "verdict": one.verdict.result.value,
        "cue": one.verdict.cue,
        "score": round(judgement.score, 4),
        "threshold": judgement.threshold,
        "cues": {name: round(score, 4) for name, score in sorted(judgement.cues.items())},
        "actions": [asked.action.value for asked in one.challenge.actions],
        "actions_done": one.verdict.done,
        "lights": judgement.lights,
        "frames": one.verdict.frames,
        "method": judgement.method,
        "basis": one.basis,
    }


def _in_words(one: _Judged) -> str:
    found = _as_json(one)
    cues = ", ".join(f"{name} {score:.2f}" for name, score in one.verdict.judgement.cues.items()) or "none measured"
    because = f" ({one.verdict.cue})" if one.verdict.cue else ""
    return (
        f"{found['verdict']}{because}: score {found['score']}, threshold {found['threshold']}; cues: {cues}\n"
        f"{found['actions_done']} of {len(one.challenge.actions)} actions in {found['frames']} pictures; {one.basis}"
    )


def _rates_in_words(found: dict[str, object]) -> str:
    apcer, sessions = found["apcer"], found["sessions"]
    if not isinstance(apcer, dict) or not isinstance(sessions, dict):
        raise TypeError("rates are kept by species")
    lines = [f"BPCER {found['bpcer']:.2%} of {sessions['live']} live sessions"]
    lines += [f"APCER {rate:.2%} of {sessions[species]} sessions of {species}" for species, rate in apcer.items()]
    if found["passive_only"]:
        lines.append(f"{found['passive_only']} sessions were judged by passive cues only: it is not known what was asked for")
    return "\n".join(lines)


def _write(found: dict[str, object] | str) -> None:
    sys.stdout.write((found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)) + "\n")
