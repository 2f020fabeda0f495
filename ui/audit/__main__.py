"""``python -m ui.audit [--json]``: prints every violation; the exit code is 1 when there is any."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict

from PySide6.QtCore import QLoggingCategory
from PySide6.QtWidgets import QApplication

from kiosk.domain.language import Language
from ui.audit.report import Violation, audit
from ui.gallery.formats import FORMATS, MODES
from ui.keyboard.environment import QUIET, KeyboardUnavailable, prepare_environment


def main() -> int:
    """Look at every screen in every language and size; 0 without a violation, 1 with any, 2 when it could not be done."""
    parser = argparse.ArgumentParser(prog="python -m ui.audit", description="Look at every screen for what keeps people out.")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--size", choices=sorted(FORMATS), help="only this kind of screen")
    parser.add_argument("--mode", choices=sorted(MODES), help="only this look")
    parser.add_argument("--language", choices=[language.value for language in Language], help="only this language")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    try:
        prepare_environment()
    except KeyboardUnavailable as error:
        sys.stderr.write(f"audit: {error}\n")
        return 2
    QLoggingCategory.setFilterRules(QUIET)
    application = QApplication(sys.argv[:1])
    found = tuple(
        audit(
            [asked.size] if asked.size else FORMATS,
            [asked.mode] if asked.mode else MODES,
            [Language(asked.language)] if asked.language else Language,
        )
    )
    application.quit()
    _tell(found, as_json=asked.json)
    return 1 if found else 0


def _tell(found: tuple[Violation, ...], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"violations": [asdict(one) for one in found]}, ensure_ascii=False))
        return
    for one in found:
        print(f"{one.size or '-':>11} {one.mode:<8} {one.language or '-':>7} {one.screen}: {one.kind}: {one.what}")
    print(f"{len(found)} violations")


if __name__ == "__main__":
    sys.exit(main())
