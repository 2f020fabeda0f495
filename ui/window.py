"""The one window: shows ``Screen`` values, tells what the resident does, and forgets everything when asked to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from kiosk.domain.aids import Aids
from kiosk.domain.language import Language
from kiosk.domain.papers import PageSight
from kiosk.flow.events import FaceAsks
from kiosk.flow.states import Quiet
from kiosk.flow.views import Chrome, Screen
from ui import strings
from ui.clipboard import clear_clipboard
from ui.frame import Frame
from ui.keyboard.keyboard_widget import KeyboardWidget
from ui.look import Look, text_scale
from ui.screens import SCREENS
from ui.screens.base import StepScreen
from ui.screens.face import FaceScreen
from ui.screens.papers import PapersScreen
from ui.screens.slip import SlipScreen
from ui.sheets.base import Sheet
from ui.sheets.display import DisplaySheet
from ui.sheets.help import HelpSheet
from ui.sheets.language import LanguageSheet
from ui.sheets.stack import SheetStack, step_on
from ui.theme import drawings
from ui.theme.stylesheet import stylesheet
from ui.theme.tokens import MM_PER_PX_27_INCH, Metrics
from ui.voice.narrator import Scene
from ui.widgets.dock import Dock
from ui.widgets.entry import Entry
from ui.widgets.focus_ring import FocusRing
from ui.widgets.idle_overlay import IdleOverlay
from ui.widgets.panels import column

DEFAULT_SIZE = (1080, 1920)
DEFAULT_HELP_PHONE = "12345"
DEFAULT_REACH_MM = 400.0
"""What somebody who sits reaches of the screen, from its lower edge: 1.2 m above the floor (EN 301 549)."""


class KioskWindow(QWidget):
    """Lives on the GUI thread; does no I/O but loading its own assets when it is made.

    ``mm_per_px`` is the pixel pitch of the real screen; every size follows from it. ``reach_mm`` of it, from below, are used in
    the low position. With ``with_keyboard`` the Pinyin keyboard is loaded, and ``KeyboardUnavailable`` is raised when that
    fails: a terminal on which no address can be written must say so at start. Without it, text fields take a plugged-in
    keyboard only. With ``moves`` a new screen comes up gently, unless the resident wants it still.
    """

    happened = Signal(object)
    """An event of ``kiosk.flow.events``, by the resident's hand."""
    changed = Signal()
    """Something else stands there now: ``scene`` tells what."""
    replay_wanted = Signal()
    """What was said shall be said again."""

    def __init__(
        self,
        help_phone: str = DEFAULT_HELP_PHONE,
        mm_per_px: float = MM_PER_PX_27_INCH,
        *,
        with_keyboard: bool = True,
        reach_mm: float = DEFAULT_REACH_MM,
        moves: bool = True,
    ) -> None:
        super().__init__()
        self._moves = moves
        strings.preload()
        drawings.preload()
        self.setObjectName("kiosk_window")
        self.setWindowTitle(strings.text("brand.name", Language.ZH))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._reach_mm = reach_mm
        self._look = Look(Metrics.of_pitch(mm_per_px), Language.ZH, help_phone)
        self.setStyleSheet(stylesheet(self.metrics, self._look.palette))
        self.keyboard = KeyboardWidget(self.metrics) if with_keyboard else None
        """For whoever types on behalf of a resident: where keys and candidates are."""
        self._dock = Dock(self._look, self.keyboard)
        self._frame = Frame(self._dock)
        around = column(self._look, self, gap_mm=0.0)
        # The screen has one size; long contents must never push the window beyond it.
        around.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        around.addWidget(self._frame)
        self._chrome: Chrome | None = None
        self._screen: StepScreen[Any] | None = None
        self._overlay: IdleOverlay | None = None
        self._sheets = SheetStack(self)
        self._last: Screen | None = None
        self._light: QColor | None = None
        self._ring = FocusRing(self.metrics, self)
        self._connect()
        self.resize(*DEFAULT_SIZE)

    def _connect(self) -> None:
        self._dock.opened.connect(self._on_dock_opened)
        self._frame.happened.connect(self.happened)
        self._frame.display_wanted.connect(partial(self._open, DisplaySheet))
        self._frame.help_wanted.connect(partial(self._open, HelpSheet))
        self._frame.language_wanted.connect(partial(self._open, LanguageSheet))
        self._frame.staff_wanted.connect(partial(self._open, HelpSheet))
        self._sheets.happened.connect(self.happened)
        self._sheets.replay_wanted.connect(self.replay_wanted)
        self._sheets.changed.connect(self.changed)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @property
    def metrics(self) -> Metrics:
        """Pixels of a millimetre, and sizes of text as they are now."""
        return self._look.metrics

    @property
    def aids(self) -> Aids:
        """What is switched on now."""
        return self._look.aids

    @property
    def scene(self) -> Scene | None:
        """What stands before the resident now, for whoever says it; nothing after a wipe."""
        over = self._overlay or self._sheets.current
        if over is None or self._chrome is None:
            return self.scene_beneath
        return Scene(self._look, self._chrome.step, over)

    @property
    def scene_beneath(self) -> Scene | None:
        """The screen, whatever lies over it."""
        if self._chrome is None or self._screen is None:
            return None
        return Scene(self._look, self._chrome.step, self._screen, self._frame.header, self._frame.footer)

    @property
    def look(self) -> Look:
        """Language, sizes and colours as they are now."""
        return self._look

    @property
    def can_go_back(self) -> bool:
        """*Back* leads somewhere."""
        return self._chrome is not None and self._chrome.can_go_back

    def point_at(self, widget: QWidget | None) -> None:
        """Show what the five keys have reached, and bring it into view."""
        self._ring.point_at(widget)
        if widget is not None:
            self._frame.reveal(widget)

    def close_sheet(self) -> bool:
        """Close what lies over the screen; False when nothing does."""
        return self._sheets.close()

    def do_main_action(self) -> bool:
        """As a touch on it; False when there is none, or not yet."""
        footer = self._frame.footer
        if footer is None or footer.main.isHidden() or not footer.main.isEnabled() or self._overlay is not None:
            return False
        footer.main.click()
        return True

    def show_screen(self, screen: Screen) -> None:
        """Show this. The same step in the same language is updated in place; what is being written is left alone."""
        chrome, before = screen.chrome, self._chrome
        if before is None or self._screen is None or _kind(before) != _kind(chrome):
            self._replace(chrome)
        elif replace(before, idle_warning=chrome.idle_warning, quiet=chrome.quiet) != chrome:
            self._surround(chrome)
            self._sheets.screen_changed(self._look, chrome)
        self._chrome, self._last = chrome, screen
        if self._screen is not None:
            self._screen.show_model(screen.model)
            self._screen.show_wait(screen.wait)
        self._dock.follow()
        self._offer_action()
        self._frame.order_focus()
        self._show_idle_warning(chrome.idle_warning, chrome.quiet)
        self.changed.emit()

    def show_face_request(self, asks: FaceAsks) -> None:
        """The movement the liveness challenge asks for, or the light it needs; nothing on other screens."""
        if isinstance(self._screen, FaceScreen):
            self._screen.show_request(asks)
            self.changed.emit()

    @property
    def light(self) -> tuple[int, int, int] | None:
        """Red, green, blue in which the window shines now; ``None``: it does not."""
        return (self._light.red(), self._light.green(), self._light.blue()) if self._light is not None else None

    def show_left(self, seconds: int) -> None:
        """How long the machine waits for a touch."""
        self._frame.show_left(seconds)

    def show_preview(self, image: QImage) -> None:
        """The newest camera frame, as it comes from the camera; shown mirrored. Nothing on other screens."""
        if isinstance(self._screen, FaceScreen):
            self._screen.show_preview(image)

    def show_page(self, image: QImage, sight: PageSight) -> None:
        """What the document camera sees while a page is laid down; nothing on other screens."""
        if isinstance(self._screen, PapersScreen):
            self._screen.show_sight(image, sight)

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
        self._forget_screen()
        self._frame.clear()
        self._chrome = self._last = None
        self._sheets.close()
        self._shine("")
        self._show_idle_warning(False)
        clear_clipboard()
        self.changed.emit()

    def _replace(self, chrome: Chrome) -> None:
        self._let_go_of_focus()
        self._dock.close_for()
        self._dress(chrome.language, chrome.aids)
        self._forget_screen()
        self._screen = SCREENS[chrome.step](self._look)
        self._screen.setObjectName(f"screen:{chrome.step.value}")
        self._screen.happened.connect(self.happened)
        self._screen.action_changed.connect(self._offer_action)
        if isinstance(self._screen, FaceScreen):
            self._screen.light_changed.connect(self._shine)
        self._frame.place(self._look, self._screen)
        self._surround(chrome)
        self._sheets.screen_changed(self._look, chrome)
        if self._moves and not chrome.aids.still:
            self._frame.unveil(self._look)

    def _dress(self, language: Language, aids: Aids) -> None:
        """Take the language and the look this resident wants, for the window as large as it is."""
        metrics = self.metrics.with_text(text_scale(aids))
        width, height = self.width() / metrics.px_per_mm, self.height() / metrics.px_per_mm
        reach = min(height, self._reach_mm) if aids.low_position else height
        look = Look(metrics, language, self._look.help_phone, aids, width, reach)
        before, self._look = self._look, look
        self._frame.arrange(look)
        if look == before:
            return
        if (look.metrics, look.palette, look.font_family) != (before.metrics, before.palette, before.font_family):
            self.setStyleSheet(stylesheet(look.metrics, look.palette, look.font_family))
            self._ring.wear(look.palette)
            if self.keyboard is not None:
                self.keyboard.wear(look.palette)
        self._dock.speak(look)
        self._fit_keyboard()

    def _surround(self, chrome: Chrome) -> None:
        self._frame.surround(self._look, chrome)
        if self._light is not None:
            self._frame.dim(True)

    def _offer_action(self) -> None:
        if self._screen is not None:
            self._frame.offer(self._screen.main_action())

    def _show_idle_warning(self, wanted: bool, quiet: Quiet = Quiet.IDLE) -> None:
        if wanted and self._overlay is None:
            self._overlay = IdleOverlay(self._look, self, quiet)
            self._overlay.happened.connect(self.happened)
            self._overlay.setGeometry(self.rect())
            self._overlay.show()
            self._overlay.raise_()
        elif not wanted and self._overlay is not None:
            self._overlay.blockSignals(True)
            self._overlay.hide()
            self._overlay.deleteLater()
            self._overlay = None

    def _open(self, kind: type[Sheet]) -> None:
        if self._chrome is None:
            return
        self._dock.close_for()
        self._sheets.open(kind, self._look, self._chrome)
        if self._overlay is not None:
            self._overlay.raise_()

    def _shine(self, light: str) -> None:
        """Fill the window with a colour, ``#rrggbb``, around whatever has a ground of its own; with none as before."""
        before, self._light = self._light, QColor(light) if light else None
        if (before is None) != (self._light is None):
            self._frame.dim(self._light is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The screen-light challenge needs all of the window to shine."""
        super().paintEvent(event)
        if self._light is not None:
            QPainter(self).fillRect(event.rect(), self._light)

    def _forget_screen(self) -> None:
        if self._light is not None:
            self._shine("")
        self._screen = None
        self._frame.discard_screen()

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
        if focused is not None:
            self._frame.reveal(focused)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep keyboard and overlay as wide as the window; a screen that was turned is laid out anew."""
        super().resizeEvent(event)
        if self._overlay is not None:
            self._overlay.setGeometry(self.rect())
        self._fit_keyboard()
        if self._last is not None and event.oldSize().isValid():
            QTimer.singleShot(0, self, self._lay_out_anew)

    def _lay_out_anew(self) -> None:
        """The same screen for a window of another size: what is written stands in the visit, and comes back with it."""
        if self._last is not None:
            self._replace(self._last.chrome)
            self.show_screen(self._last)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keys stay within what lies on top."""
        top = self._overlay or self._sheets.current
        if top is not None and step_on(top, self.focusWidget(), forward=forward):
            return True
        return super().focusNextPrevChild(forward)

    def _fit_keyboard(self) -> None:
        if self.keyboard is not None:
            self.keyboard.set_width(self.width() - Frame.rail_px(self._look))

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


def _kind(chrome: Chrome) -> tuple[object, ...]:
    """What makes a screen another one."""
    return (chrome.step, chrome.language, chrome.aids)


_UNWANTED = frozenset(
    {QEvent.Type.ContextMenu, QEvent.Type.DragEnter, QEvent.Type.Drop, QEvent.Type.ToolTip, QEvent.Type.WhatsThis}
)
