"""The one window: shows ``Screen`` values, tells what the resident does, and forgets everything when asked to."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QClipboard,
    QCloseEvent,
    QColor,
    QGuiApplication,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from kiosk.domain.language import Language
from kiosk.flow.events import FaceAsks
from kiosk.flow.views import Chrome, Screen
from ui import strings
from ui.keyboard.keyboard_widget import KeyboardWidget
from ui.look import Look
from ui.screens import SCREENS
from ui.screens.base import StepScreen
from ui.screens.face import FaceScreen
from ui.screens.slip import SlipScreen
from ui.theme import drawings
from ui.theme.stylesheet import stylesheet
from ui.theme.tokens import MM_PER_PX_27_INCH, Metrics
from ui.widgets.chrome import Footer, Header
from ui.widgets.dock import Dock
from ui.widgets.entry import Entry
from ui.widgets.focus_ring import FocusRing
from ui.widgets.idle_overlay import IdleOverlay
from ui.widgets.panels import column

DEFAULT_SIZE = (1080, 1920)
DEFAULT_HELP_PHONE = "12345"


class KioskWindow(QWidget):
    """Lives on the GUI thread; does no I/O but loading its own assets when it is made.

    ``mm_per_px`` is the pixel pitch of the real screen; every size follows from it. With ``with_keyboard`` the Pinyin keyboard
    is loaded, and ``KeyboardUnavailable`` is raised when that fails: a terminal on which no address can be written must say so
    at start. Without it, text fields take a plugged-in keyboard only.
    """

    happened = Signal(object)
    """An event of ``kiosk.flow.events``, by the resident's hand."""

    def __init__(
        self,
        help_phone: str = DEFAULT_HELP_PHONE,
        mm_per_px: float = MM_PER_PX_27_INCH,
        *,
        with_keyboard: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        strings.preload()
        drawings.preload()
        self.setObjectName("kiosk_window")
        self.setWindowTitle(strings.text("brand.name", Language.ZH))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.metrics = Metrics.of_pitch(mm_per_px)
        self._look = Look(self.metrics, Language.ZH, help_phone)
        self.setStyleSheet(stylesheet(self.metrics))
        self.keyboard = KeyboardWidget(self.metrics) if with_keyboard else None
        """For whoever types on behalf of a resident: where keys and candidates are."""
        self._layout = column(self._look, self, gap_mm=0.0)
        self._layout.setSpacing(0)
        # The screen has one size; long contents must never push the window beyond it.
        self._layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._dock = Dock(self._look, self.keyboard)
        self._layout.addWidget(self._dock)
        self._dock.opened.connect(self._on_dock_opened)
        self._chrome: Chrome | None = None
        self._header: Header | None = None
        self._footer: Footer | None = None
        self._screen: StepScreen[Any] | None = None
        self._overlay: IdleOverlay | None = None
        self._light: QColor | None = None
        self._ring = FocusRing(self.metrics, self)
        self._focus_order: list[QWidget] = []
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)
        self.resize(*DEFAULT_SIZE)

    def show_screen(self, screen: Screen) -> None:
        """Show this. The same step in the same language is updated in place; what is being written is left alone."""
        chrome, before = screen.chrome, self._chrome
        same = before is not None and (chrome.step, chrome.language) == (before.step, before.language)
        if not same or self._screen is None:
            self._replace(chrome)
        elif before is None or replace(before, idle_warning=chrome.idle_warning) != chrome:
            self._frame(chrome)
        self._chrome = chrome
        if self._screen is not None:
            self._screen.show_model(screen.model)
        self._offer_action()
        self._order_focus()
        self._show_idle_warning(chrome.idle_warning)

    def show_face_request(self, asks: FaceAsks) -> None:
        """The movement the liveness challenge asks for, or the light it needs; nothing on other screens."""
        if isinstance(self._screen, FaceScreen):
            self._screen.show_request(asks)

    @property
    def light(self) -> tuple[int, int, int] | None:
        """Red, green, blue in which the window shines now; ``None``: it does not."""
        return (self._light.red(), self._light.green(), self._light.blue()) if self._light is not None else None

    def show_preview(self, image: QImage) -> None:
        """The newest camera frame, as it comes from the camera; shown mirrored. Nothing on other screens."""
        if isinstance(self._screen, FaceScreen):
            self._screen.show_preview(image)

    def show_slip_picture(self, image: QImage) -> None:
        """A picture of the slip; nothing on other screens."""
        if isinstance(self._screen, SlipScreen):
            self._screen.show_slip_picture(image)

    def wipe(self) -> None:
        """Forget everything of the resident: texts, undo stacks, signature, pictures, half-typed words, clipboard.

        The screen is emptied and thrown away; the next ``show_screen`` builds a fresh one. Learned words need no wiping:
        the keyboard never learns any (``ui.keyboard.environment``).
        """
        self._let_go_of_focus()
        self._dock.start_over()
        self._discard_screen()
        for part in (self._header, self._footer):
            self._discard(part)
        self._header = self._footer = None
        self._focus_order = []
        self._chrome = None
        self._shine("")
        self._show_idle_warning(False)
        clipboard = QGuiApplication.clipboard()
        clipboard.clear(QClipboard.Mode.Clipboard)
        if clipboard.supportsSelection():
            clipboard.clear(QClipboard.Mode.Selection)

    def _replace(self, chrome: Chrome) -> None:
        self._let_go_of_focus()
        self._dock.close_for()
        if self._look.language is not chrome.language:
            self._look = Look(self.metrics, chrome.language, self._look.help_phone)
            self._dock.speak(self._look)
        self._discard_screen()
        self._screen = SCREENS[chrome.step](self._look)
        self._screen.setObjectName(f"screen:{chrome.step.value}")
        self._screen.happened.connect(self.happened)
        self._screen.action_changed.connect(self._offer_action)
        if isinstance(self._screen, FaceScreen):
            self._screen.light_changed.connect(self._shine)
        self._layout.insertWidget(0, self._screen, 1)
        self._frame(chrome)

    def _frame(self, chrome: Chrome) -> None:
        screen = self._screen
        if screen is None:
            return
        for part in (self._header, self._footer):
            self._discard(part)
        self._header = self._footer = None
        if screen.fills_window:
            return
        self._header = Header(self._look, chrome)
        self._header.happened.connect(self.happened)
        self._footer = Footer(self._look, chrome)
        self._footer.happened.connect(self.happened)
        self._footer.acted.connect(screen.act)
        self._layout.insertWidget(0, self._header)
        self._layout.insertWidget(2, self._footer)
        if self._light is not None:
            self._dim_frame()

    def _order_focus(self) -> None:
        """Tab goes from the header through the screen to the footer, whatever was made first."""
        parts = (self._header, self._screen, self._footer)
        takers = [widget for part in parts if part is not None for widget in part.findChildren(QWidget) if _takes_focus(widget)]
        if takers != self._focus_order:
            self._focus_order = takers
            for one, next_one in pairwise(takers):
                QWidget.setTabOrder(one, next_one)

    def _offer_action(self) -> None:
        if self._footer is not None and self._screen is not None:
            self._footer.offer(self._screen.main_action())

    def _show_idle_warning(self, wanted: bool) -> None:
        if wanted and self._overlay is None:
            self._overlay = IdleOverlay(self._look, self)
            self._overlay.happened.connect(self.happened)
            self._overlay.setGeometry(self.rect())
            self._overlay.show()
            self._overlay.raise_()
        elif not wanted and self._overlay is not None:
            self._discard(self._overlay)
            self._overlay = None

    def _shine(self, light: str) -> None:
        """Fill the window with a colour, ``#rrggbb``, around whatever has a ground of its own; with none as before."""
        before, self._light = self._light, QColor(light) if light else None
        if (before is None) != (self._light is None):
            self._dim_frame()
        self.update()

    def _dim_frame(self) -> None:
        for part in (self._header, self._footer):
            if part is not None:
                part.dim(self._light is not None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The screen-light challenge needs all of the window to shine."""
        super().paintEvent(event)
        if self._light is not None:
            QPainter(self).fillRect(event.rect(), self._light)

    def _discard_screen(self) -> None:
        if self._light is not None:
            self._shine("")
        if self._screen is not None:
            self._screen.blockSignals(True)
            self._screen.wipe()
            self._discard(self._screen)
            self._screen = None

    def _discard(self, part: QWidget | None) -> None:
        if part is not None:
            # Never setParent(None): Python would own the widget and delete it at once, perhaps while it handles the very touch.
            part.hide()
            self._layout.removeWidget(part)
            part.setObjectName("")
            part.deleteLater()

    def _let_go_of_focus(self) -> None:
        focused: QWidget | None = self.focusWidget()
        if focused is not None and focused is not self:
            focused.clearFocus()

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(new, Entry) and self.isAncestorOf(new):
            self._dock.open_for(new)
        elif new is not None and self.isAncestorOf(new) and not self._dock.isAncestorOf(new):
            self._dock.close_for()

    def _on_dock_opened(self) -> None:
        # The layout gives the screen its smaller height only with the next turn of the event loop.
        QTimer.singleShot(0, self, self._reveal_focused)

    def _reveal_focused(self) -> None:
        focused: QWidget | None = self.focusWidget()
        if self._screen is not None and focused is not None and self._screen.isAncestorOf(focused):
            self._screen.reveal(focused)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep keyboard and overlay as wide as the window."""
        super().resizeEvent(event)
        if self.keyboard is not None:
            self.keyboard.set_width(self.width())
        if self._overlay is not None:
            self._overlay.setGeometry(self.rect())

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the keyboard focus: without a window manager nobody gives it by itself."""
        super().showEvent(event)
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A window that is closed from outside leaves nothing behind."""
        self.wipe()
        super().closeEvent(event)

    def event(self, event: QEvent) -> bool:
        """No menu, no drop, no help bubble anywhere."""
        if event.type() in _UNWANTED:
            event.ignore()
            return True
        return super().event(event)


def _takes_focus(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.objectName() != ""


_UNWANTED = frozenset(
    {QEvent.Type.ContextMenu, QEvent.Type.DragEnter, QEvent.Type.Drop, QEvent.Type.ToolTip, QEvent.Type.WhatsThis}
)
