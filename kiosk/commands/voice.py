"""``kiosk voice``: which voices this machine has, whether headphones are plugged in; says a sentence."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk import config
from kiosk.commands import CommandError

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication

    from ui.voice.speaker import Speaker

_LIMIT_MS = 60_000
_TEXTS = {"zh": "您好，这是瓯e办自助机的声音。", "en": "Hello, this is the voice of Ou e Ban."}
_EXIT_MUTE = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kiosk voice``."""
    parser.add_argument("--settings", type=Path, default=None, metavar="FILE", help="default: the settings' defaults")
    parser.add_argument("--quiet", action="store_true", help="say nothing, only look")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Look, and speak; 0 when something can be heard."""
    try:
        settings = config.load(arguments.settings) if arguments.settings is not None else config.Settings()
    except config.SettingsError as error:
        raise CommandError(str(error)) from error
    found = _look(settings.sound, quiet=arguments.quiet)
    if arguments.json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    else:
        _tell(found)
    return 0 if found["code"] == "ok" else _EXIT_MUTE


def _look(sound: config.Sound, *, quiet: bool) -> dict[str, Any]:
    from PySide6.QtCore import QCoreApplication

    from kiosk.hearing import jacks_of, make_speaker
    from kiosk.services.voice_status import voice_advice, voice_status
    from kiosk.workers.headset_watch import HeadsetWatch
    from ui.voice.process_speaker import ProcessSpeaker

    application = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    speaker = make_speaker(sound)
    watch = HeadsetWatch(jacks_of(sound))
    watch.start()
    try:
        voices: dict[str, str] = {}
        if isinstance(speaker, ProcessSpeaker):
            _run(application, speaker, quiet=quiet)
            voices = speaker.voices
        status = voice_status(speaker.trouble)
        return {
            "engine": sound.engine,
            "code": status.code if status is not None else "switched_off",
            "detail": status.detail if status is not None else "the settings want no sound",
            "advice": voice_advice(status) if status is not None else "",
            "voices": voices,
            "jacks": [str(path) for path in watch.jacks],
            "headphones": watch.is_plugged,
        }
    finally:
        watch.stop()
        speaker.close()


def _run(application: QCoreApplication, speaker: Speaker, *, quiet: bool) -> None:
    """Until it has spoken every language it can, or cannot, or it takes too long."""
    from PySide6.QtCore import QTimer

    from kiosk.domain.language import Language
    from ui.voice.speaker import Spoken

    texts = [Spoken(_TEXTS.get(language.value, _TEXTS["zh"]), language, volume=0.8) for language in Language]

    def go_on(*_said: object) -> None:
        if quiet or not texts or speaker.trouble:
            application.quit()
        else:
            speaker.say(len(texts), texts.pop(0))

    speaker.trouble_changed.connect(go_on)
    speaker.finished.connect(go_on)
    QTimer.singleShot(_LIMIT_MS, application.quit)
    speaker.start()
    application.exec()


def _tell(found: dict[str, Any]) -> None:
    lines = [f"{found['engine']}: {found['code']}" + (f" ({found['detail']})" if found["detail"] else "")]
    lines += [f"   {language}: {name}" for language, name in found["voices"].items()]
    lines.append(f"jacks: {', '.join(found['jacks']) or 'none that can be read: nothing personal is ever said here'}")
    lines.append(f"headphones: {'plugged in' if found['headphones'] else 'not plugged in'}")
    if found["advice"]:
        lines.append(f"→ {found['advice']}")
    sys.stdout.write("\n".join(lines) + "\n")
