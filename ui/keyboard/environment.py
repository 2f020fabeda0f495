"""What the keyboard needs before the application is made, and keeping it from learning what residents write."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QStandardPaths

QUIET = "qt.*=false\ndefault.warning=false"
"""Rules for Qt's log, for programs that only draw: its remarks on bindings in its own keyboard would drown what they say."""


class KeyboardUnavailable(Exception):
    """The Pinyin keyboard cannot be used on this machine; the message says why."""


def prepare_environment(config_home: Path | None = None) -> None:
    """Choose the virtual keyboard as input method. Call before ``QApplication`` is made.

    The Pinyin decoder writes learned words to ``$XDG_CONFIG_HOME/qtvirtualkeyboard/pinyin/usr_dict.dat`` and remembers them
    while it runs; Qt offers no switch for it. A folder in the place of that file makes the decoder go without a user
    dictionary altogether, in memory too. ``config_home`` is a folder of our own, so that the learned words of a desktop that
    uses the same keyboard are left alone; by default one in the user's cache.
    Raises ``KeyboardUnavailable`` when the application exists already or the folder cannot be made.
    """
    if QCoreApplication.instance() is not None:
        raise KeyboardUnavailable("the keyboard must be prepared before the application is made")
    cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    home = config_home if config_home is not None else Path(cache) / "oueban" / "keyboard"
    _forbid_learning(home / "qtvirtualkeyboard" / "pinyin" / "usr_dict.dat")
    os.environ["XDG_CONFIG_HOME"] = str(home)
    os.environ["QT_IM_MODULE"] = "qtvirtualkeyboard"
    os.environ["QT_VIRTUALKEYBOARD_DESKTOP_DISABLE"] = "1"
    # One QML island, and Qt composes the whole window through OpenGL, for every stroke and every pressed key: without a good
    # driver 20 to 40 ms each (measured), painted by the widgets' own engine 0.3 to 4.
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    # Two remarks of Qt's own keyboard about itself, at every start: its pop-up list, and sounds that are not wanted here.
    os.environ.setdefault("QT_LOGGING_RULES", "qt.qml.propertyCache.append=false;qt.multimedia.symbolsresolver=false")
    # Newer versions of Qt read this list first; left set by a desktop, it would choose another input method.
    os.environ.pop("QT_IM_MODULES", None)


def learned_words_path() -> Path:
    """Where the decoder looks for its user dictionary now."""
    config = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(config) / "qtvirtualkeyboard" / "pinyin" / "usr_dict.dat"


def _forbid_learning(place: Path) -> None:
    try:
        if place.is_file() or place.is_symlink():
            place.unlink()
        place.mkdir(parents=True, exist_ok=True)
        for leftover in place.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    except OSError as error:
        raise KeyboardUnavailable(f"the keyboard cannot be kept from learning words: {error}") from error
