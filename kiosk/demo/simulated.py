"""``kiosk run --simulate``: a terminal with platform and devices of its own, and the developers' drawer beside it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kiosk.app import StartError
from kiosk.demo.bystander import Bystander
from kiosk.demo.drawer.deck import StageDeck
from kiosk.demo.platform import PlatformFailed
from kiosk.demo.stage import Stage
from kiosk.services.platform import PlatformTrouble
from ui.devdock.drawer import Drawer


class Workshop:
    """A stage with everything on it, somebody before the camera, and the drawer.

    The drawer covers the terminal on a screen that has no room for both: it can be left away.
    """

    def __init__(self, folder: Path, *, with_drawer: bool = True) -> None:
        self._with_drawer = with_drawer
        self.stage = Stage(folder, with_extras=True)
        self._deck: StageDeck | None = None
        self._drawer: Drawer | None = None

    @property
    def deck(self) -> StageDeck:
        """What stands behind the drawer; ``LookupError`` before ``start``."""
        if self._deck is None:
            raise LookupError("the workshop is not open")
        return self._deck

    @property
    def drawer(self) -> Drawer:
        """The drawer; ``LookupError`` before ``start``, or without it."""
        if self._drawer is None:
            raise LookupError("the workshop is not open")
        return self._drawer

    def start(self) -> None:
        """Open everything; raises ``PlatformFailed``, ``PlatformTrouble``, ``StartError``."""
        self.stage.start()
        terminal = self.stage.terminal
        self.bystander = Bystander(self.stage)
        self._deck = StageDeck(self.stage, self.bystander)
        if not self._with_drawer:
            return
        self._drawer = Drawer(self._deck)
        terminal.spare(self._drawer)
        self._drawer.show_beside(terminal.window)

    def stop(self) -> None:
        """Clear everything away; may be called twice."""
        if self._drawer is not None:
            self._drawer.stop()
        if self._deck is not None:
            self._deck.stop()
        self.stage.stop()


def run_simulated(application: QApplication, *, with_drawer: bool = True) -> int:
    """Serve until the terminal's window is closed; everything lies in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="oueban-") as folder:
        workshop = Workshop(Path(folder), with_drawer=with_drawer)
        try:
            workshop.start()
            return application.exec()
        except (PlatformFailed, PlatformTrouble) as error:
            raise StartError(str(error)) from error
        finally:
            workshop.stop()
