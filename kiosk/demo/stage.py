"""Sets the stage: platform, emulated devices, an enrolled terminal; and clears it away again."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from drivers.barcode_scanner.emulator import ScannerEmulator
from drivers.camera.simulator import PortraitCamera
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.emulation.host import TcpHost
from drivers.emulation.line import Host, Peer
from drivers.id_card_reader.cards import EmulatedCard, make_card, sample_card
from drivers.id_card_reader.emulator import IdReaderEmulator
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.types import Image
from kiosk import config
from kiosk.app import Terminal, build_terminal
from kiosk.assembly import Instead
from kiosk.demo.cast import NEWCOMER, REGION, STAFF_ID, STAFF_PIN
from kiosk.demo.movable_clock import MovableClock
from kiosk.demo.platform import PlatformProcess
from kiosk.services.platform import enrol
from kiosk.services.staff import add_staff

MACHINE_NAME = "娄桥便民服务中心 1 号机（测试）"


class Stage:
    """Everything the visits need, on free loopback ports, in a folder of its own."""

    def __init__(self, folder: Path, *, with_extras: bool = False) -> None:
        """``with_extras``: also what the visits of the demo do without: a document camera, and electronic credentials."""
        self.folder = folder
        self._with_extras = with_extras
        self.clock = MovableClock()
        self.slips = folder / "slips"
        self.slips.mkdir(parents=True, exist_ok=True)
        self.platform = PlatformProcess(folder / "platform", folder / "platform.log")
        self.reader = IdReaderEmulator()
        self.printer = PrinterEmulator(paper_dir=self.slips)
        self.scanner = ScannerEmulator()
        self.document_printer = SimulatedDocumentPrinter()
        self.lines: dict[str, Host] = {}
        """Cables of the emulated devices, by device."""
        self._terminal: Terminal | None = None

    @property
    def terminal(self) -> Terminal:
        """The terminal; ``LookupError`` before ``start``."""
        if self._terminal is None:
            raise LookupError("the stage is not set")
        return self._terminal

    @property
    def camera(self) -> PortraitCamera:
        """The simulated person, so that the resident can move."""
        camera = self.terminal.camera
        if not isinstance(camera, PortraitCamera):
            raise TypeError("the demo needs the simulated camera")
        return camera

    def start(self) -> None:
        """Platform, devices, enrolment, terminal; in this order."""
        self.platform.start()
        self.platform.add_sample_residents()
        self.platform.add_sample_shared_data()
        devices = self.emulate_devices()
        data = self.folder / "terminal"
        data.mkdir(parents=True, exist_ok=True)
        add_staff(data / "staff.toml", STAFF_ID, STAFF_PIN)
        settings = config.Settings(
            machine=config.Machine(name=MACHINE_NAME, data_dir=data, full_screen=False),
            platform=config.Platform(url=self.platform.url),
            devices=devices,
            times=config.Times(store_poll_s=1.0, heartbeat_s=2.0, farewell_s=4.0),
            sound=config.Sound(engine="none"),
            identity=config.Identity(credential_issuers=self.platform.credential_issuers() if self._with_extras else ()),
        )
        enrol(settings, self.platform.enrol_token(REGION))
        self._terminal = build_terminal(settings, sample=True, instead=Instead(self.clock, lambda _url: self.document_printer))
        self._terminal.start()

    def emulate_devices(self) -> config.Devices:
        """Put the emulated devices on their lines; says where they are."""
        return config.Devices(
            id_card_reader=self._put_on_line("id_card_reader", self.reader),
            camera="sim://portrait",
            receipt_printer=self._put_on_line("receipt_printer", self.printer),
            barcode_scanner=self._put_on_line("barcode_scanner", self.scanner),
            document_camera="sim://document" if self._with_extras else "",
            document_printer="sim://",
        )

    def _put_on_line(self, device: str, peer: Peer) -> str:
        self.lines[device] = TcpHost(peer)
        return self.lines[device].url

    def stop(self) -> None:
        """Clear everything away; may be called twice, and after a start that failed."""
        self.platform.thaw()  # a request under way would be waited for
        if self._terminal is not None:
            self._terminal.stop()
            self._terminal = None
        while self.lines:
            self.lines.popitem()[1].stop()
        self.printer.close()
        self.platform.stop()

    @cached_property
    def holder_photo(self) -> Image:
        """The photo on the cards: of whoever stood before the camera first, also when somebody else does later."""
        return self.camera.card_photo()

    def elder_card(self) -> EmulatedCard:
        """A fictitious local resident of 68, with the portrait that the camera sees."""
        return sample_card(self.holder_photo)

    def newcomer_card(self) -> EmulatedCard:
        """A fictitious resident from elsewhere; the card's photo cannot be decoded here, as without the vendor's library."""
        return make_card(NEWCOMER)
