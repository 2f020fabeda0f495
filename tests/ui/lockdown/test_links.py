"""Links and dialogs: none in the code, none in a text, and none is opened if somebody tries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QTextEdit

from kiosk.domain.language import Language
from tests.ui.conftest import Visitor
from ui.gallery.plates import plates
from ui.gallery.render import show
from ui.lockdown import SCHEMES

ROOT = Path(__file__).parents[3]
FORBIDDEN = re.compile(
    r"\b(QDesktopServices|QMessageBox|QFileDialog|QColorDialog|QFontDialog|QInputDialog|QPrintDialog|QDialog|QErrorMessage|QMenu\w*|"
    r"QToolTip|QWhatsThis|QShortcut|QAction|QSystemTrayIcon|QTextBrowser|QWebEngine\w*|QDrag|QWizard|QSplashScreen|QCompleter|QComboBox|"
    r"setOpenExternalLinks|setToolTip|setWhatsThis|setStatusTip|setShortcut\w*|grabGesture|webbrowser|startDetached)\b"
)
ALLOWED = {"ui/lockdown.py": {"QDesktopServices", "QDialog"}, "ui/widgets/scroll.py": {"grabGesture"}}
"""The filter refuses links and closes dialogs; pages are pushed with one finger."""


def test_no_code_of_the_terminal_makes_a_dialog_a_menu_or_a_link() -> None:
    found = {}
    for path in (path for folder in ("ui", "kiosk") for path in sorted((ROOT / folder).rglob("*.py"))):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("ui/devdock/"):
            continue  # never part of a release
        hits = set(FORBIDDEN.findall(path.read_text(encoding="utf-8"))) - ALLOWED.get(name, set())
        if hits:
            found[name] = hits
    assert found == {}


@pytest.mark.parametrize("language", list(Language))
def test_no_text_of_any_screen_is_read_as_markup_or_can_be_clicked(locked: Visitor, language: Language) -> None:
    for plate in plates(language):
        show(locked.window, plate)
        labels = locked.window.findChildren(QLabel)
        assert labels
        for label in labels:
            where = f"{plate.name}: {label.objectName()}"
            assert label.textFormat() is Qt.TextFormat.PlainText or not label.text(), where
            assert label.textInteractionFlags() in (
                Qt.TextInteractionFlag.NoTextInteraction,
                Qt.TextInteractionFlag.LinksAccessibleByMouse,
            )
            assert not label.openExternalLinks(), where
        assert locked.window.findChildren(QTextEdit) == []


@pytest.mark.expects_warnings
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_link_is_opened(locked: Visitor, scheme: str, caplog: pytest.LogCaptureFixture) -> None:
    link = QUrl(f"{scheme}://planted.example/林小瓯")
    QDesktopServices.openUrl(link)
    assert f"a link was not opened ({scheme})" in caplog.text
    assert "planted" not in caplog.text
