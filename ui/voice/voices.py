"""Which voice speaks a language. Runs in the process for sound."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtTextToSpeech import QTextToSpeech, QVoice

from kiosk.domain.language import Language
from ui.voice.spoken import is_chinese

_ENGLISH = ("en_GB", "en_US")
_CHINESE = ("zh_CN", "zh_Hans_CN")
_MANDARIN = ("Chinese (Mandarin", "Chinese_(Mandarin", "Mandarin", "cmn")
"""How espeak-ng and its relatives call it: their code ``cmn`` is none that Qt knows, so it stands among voices of no locale."""
_VARIANT = "+"
"""espeak-ng offers every voice in a hundred timbres, ``NAME+TIMBRE``."""


def voices_of(tts: QTextToSpeech) -> dict[Language, QVoice]:
    """The best voice of each language; those for which there is none are left out."""
    locales = {locale.name(): locale for locale in tts.availableLocales()}
    found = {}
    for language in Language:
        voice = _by_locale(tts, locales, _CHINESE if is_chinese(language) else _ENGLISH)
        if voice is None and is_chinese(language):
            voice = _mandarin(tts, locales)
        if voice is not None:
            found[language] = voice
    return found


def _by_locale(tts: QTextToSpeech, locales: dict[str, QLocale], wanted: tuple[str, ...]) -> QVoice | None:
    for name in wanted:
        if name in locales:
            tts.setLocale(locales[name])
            plain = [voice for voice in tts.availableVoices() if _VARIANT not in voice.name()]
            if plain:
                return plain[0]
    return None


def _mandarin(tts: QTextToSpeech, locales: dict[str, QLocale]) -> QVoice | None:
    nowhere = QLocale.c().name()
    if nowhere not in locales:
        return None
    tts.setLocale(locales[nowhere])
    fitting = [voice for voice in tts.availableVoices() if voice.name().startswith(_MANDARIN) and _VARIANT not in voice.name()]
    # "Latin as English" reads what is written in letters as English; "as Pinyin" would read it as Chinese.
    return min(fitting, key=lambda voice: "Pinyin" in voice.name(), default=None)
