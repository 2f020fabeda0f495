"""Cables to pull and to put back, and the platform to be cut off from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.camera.simulator import PortraitCamera
from kiosk.demo.drawer.moves import Move, Outcome
from kiosk.demo.drawer.printers import Switches
from kiosk.demo.stage import Stage
from ui.devdock.protocol import Action

LABELS = {"id_card_reader": "Card reader", "receipt_printer": "Receipt printer", "barcode_scanner": "Scanner"}
_CABLE = ("unplugged", "plugged in again")


class CableMoves:
    """One switch a device."""

    key = "U"
    title = "Unplug"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._switches = Switches("cable")

    def all(self) -> Sequence[Move]:
        """All devices of the terminal."""
        stage = self._stage
        moves = [self._cable(name, LABELS[name], line.unplug, line.plug) for name, line in stage.lines.items()]
        printer = stage.document_printer
        moves.append(self._cable("document_printer", "A4 printer", printer.unplug, printer.plug))
        moves.append(self._cable("camera", "Camera", stage.camera.unplug, stage.camera.plug_in))
        pages = stage.terminal.document_camera
        if isinstance(pages, PortraitCamera):
            moves.append(self._cable("document_camera", "Document camera", pages.unplug, pages.plug_in))
        return moves

    def _cable(self, device: str, label: str, pull: Callable[[], None], put_back: Callable[[], None]) -> Move:
        return self._switches.switch(device, label, "Pulls its cable; once more puts it back", pull, put_back, _CABLE)


class NetworkMoves:
    """The way to the platform."""

    key = "N"
    title = "Network and platform"

    def __init__(self, stage: Stage) -> None:
        self._platform = stage.platform
        self._link = stage.terminal.link

    def all(self) -> Sequence[Move]:
        """Two ways of not being there."""
        return (
            Move(
                Action("network.cut", "Network cut", "Requests go out and nothing comes back; once more repairs it"),
                self._cut,
                is_in_force=lambda: self._platform.is_frozen,
            ),
            Move(
                Action("network.down", "Platform down", "The platform refuses; once more starts it again"),
                self._down,
                is_slow=True,
                is_in_force=lambda: not self._platform.is_running,
            ),
            Move(Action("network.wake", "Send now", "Cuts short the pause of the sync"), self._wake),
        )

    def _cut(self) -> Outcome:
        if self._platform.is_frozen:
            self._platform.thaw()
            self._link.wake()
            return "the network is back"
        if not self._platform.is_running:
            return "the platform is down already"
        self._platform.freeze()
        return "the network is cut"

    def _down(self) -> Outcome:
        if self._platform.is_running:
            self._platform.stop()
            return "the platform is down"
        self._platform.start()
        self._link.wake()
        return "the platform is back"

    def _wake(self) -> Outcome:
        self._link.wake()
        return "the sync makes a pass now"
