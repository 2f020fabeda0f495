"""The world of ``benchmarks.monkey``: a platform behind a line that can be cut, emulated devices that can be hurt, a terminal."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from drivers.barcode_scanner.emulator import ScannerEmulator
from drivers.camera.simulator import PortraitCamera
from drivers.emulation.host import TcpHost
from drivers.id_card_reader.cards import EmulatedCard, make_card, sample_card
from drivers.id_card_reader.emulator import Fault, IdReaderEmulator
from drivers.receipt_printer.emulator import PrinterEmulator
from kiosk import config
from kiosk.app import Terminal, build_terminal
from kiosk.demo.cast import NEWCOMER, REGION, STAFF_ID, STAFF_PIN
from kiosk.demo.platform import PlatformProcess
from kiosk.services.platform import enrol
from kiosk.services.staff import add_staff

CHILD = NEWCOMER | {
    "name": "测试·林小童",
    "birth": "20180506",
    "id_number": "330304201805060027",
    "address": "测试童路9号 SAMPLE",
}
WRITTEN = "测试备注鼠独居老人"
"""What the monkey writes into entries."""
CANARIES = (
    "林小瓯", "330304195803080026", "瓯海区测试路1号", "王小江", "42010219920214123X", "样例路8号", "林小童",
    "330304201805060027", "测试童路9号", WRITTEN,
)  # fmt: skip
"""Nothing of these may be found once nobody is served."""
_READ_BYTES = 65_536
_LONGEST_FAULT_S = 2.0


class Line:
    """A loopback relay to the platform that can be cut and mended at any moment."""

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition("//")[2].rpartition(":")
        self._target = (host, int(port))
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_cut = False
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, name="line", daemon=True).start()

    def cut(self, *, is_cut: bool = True) -> None:
        """Hang up on everybody and refuse who comes; or serve again."""
        with self._lock:
            self.is_cut = is_cut
            going = list(self._open) if is_cut else []
        for one in going:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """For good."""
        self.cut()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                here, _ = self._server.accept()
            except OSError:
                return
            if self.is_cut:
                here.close()
                continue
            try:
                there = socket.create_connection(self._target, 5.0)
            except OSError:
                here.close()
                continue
            there.settimeout(None)
            with self._lock:
                self._open |= {here, there}
            for source, sink in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(source, sink), name="line", daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_READ_BYTES):
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        with self._lock:
            self._open -= {source, sink}


class World:
    """Everything around the window, with a way to hurt each part of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "terminal"
        self.data.mkdir(parents=True)
        self.platform = PlatformProcess(folder / "platform", folder / "platform.log")
        self.reader = IdReaderEmulator()
        self.printer = PrinterEmulator()
        self.scanner = ScannerEmulator()
        self._hosts: dict[str, TcpHost] = {}
        self._line: Line | None = None
        self._terminal: Terminal | None = None
        self._cards: tuple[EmulatedCard, ...] = ()

    @property
    def terminal(self) -> Terminal:
        """The terminal; ``LookupError`` before ``start``."""
        if self._terminal is None:
            raise LookupError("the world has not begun")
        return self._terminal

    @property
    def line(self) -> Line:
        """The network."""
        if self._line is None:
            raise LookupError("the world has not begun")
        return self._line

    @property
    def camera(self) -> PortraitCamera:
        """The simulated person."""
        camera = self.terminal.camera
        if not isinstance(camera, PortraitCamera):
            raise TypeError("the monkey needs the simulated camera")
        return camera

    def start(self) -> None:
        """Platform, devices, enrolment, terminal."""
        self.platform.start()
        self.platform.add_sample_residents()
        self.platform.add_sample_shared_data()
        self._line = Line(self.platform.url)
        self._hosts = {
            "reader": TcpHost(self.reader),
            "printer": TcpHost(self.printer),
            "scanner": TcpHost(self.scanner),
        }
        add_staff(self.data / "staff.toml", STAFF_ID, STAFF_PIN)
        settings = self._settings(self._line.url)
        enrol(settings, self.platform.enrol_token(REGION))
        self._terminal = build_terminal(settings, sample=True)
        # Drawing the photo takes two seconds: not while the terminal is watched.
        self._cards = (sample_card(self.camera.card_photo()), make_card(NEWCOMER), make_card(CHILD))
        self._terminal.start()

    def _settings(self, url: str) -> config.Settings:
        return config.Settings(
            # In production the window holds the screen.
            machine=config.Machine(name="测试 1 号机", data_dir=self.data, full_screen=True),
            platform=config.Platform(url=url),
            devices=config.Devices(
                id_card_reader=self._hosts["reader"].url,
                camera="sim://portrait",
                receipt_printer=self._hosts["printer"].url,
                barcode_scanner=self._hosts["scanner"].url,
                document_printer="sim://",
                document_camera="sim://document",
            ),
            sound=config.Sound(engine="none"),  # nobody listens
            times=config.Times(
                idle_warning_s=2.5, idle_countdown_s=1.0, farewell_s=0.4, card_wait_s=4.0, face_wait_s=6.0, delivery_wait_s=0.4,
                store_poll_s=0.5, heartbeat_s=2.0,
            ),
            identity=config.Identity(lock_s=10.0, credential_issuers=self.platform.credential_issuers()),
        )  # fmt: skip

    def stop(self) -> None:
        """Clear everything away; may be called twice, and after a start that failed."""
        if self._terminal is not None:
            self._terminal.stop()
            self._terminal = None
        for host in self._hosts.values():
            host.stop()
        self._hosts = {}
        self.printer.close()
        if self._line is not None:
            self._line.close()
        self.platform.stop()

    def card(self, source: Random) -> EmulatedCard:
        """The card of an elder with a photo, of a newcomer without, or of a child."""
        return source.choices(self._cards, (6, 3, 1))[0]

    def faults(self) -> dict[str, Callable[[], object]]:
        """What can happen to the devices, each ended by ``mend`` or by itself."""
        hosts, printer, reader, camera = self._hosts, self.printer, self.reader, self.camera
        found: dict[str, Callable[[], object]] = {
            "paper out": lambda: printer.set_paper_mm(0.0),
            "paper ends soon": lambda: printer.set_paper_mm(60.0),
            "cover open": printer.open_cover,
            "cutter stuck": printer.cutter_jam,
            "printer mute": printer.mute,
            "camera frozen": camera.freeze,
            "camera covered": camera.cover,
            "camera gone": lambda: camera.unplug(_LONGEST_FAULT_S),
            "somebody leaves the picture": camera.leave,
            "card lifted in the middle": lambda: reader.lift_card(2),
        }
        for fault in (Fault.MUTE, Fault.BAD_CHECKSUM, Fault.NOISE, Fault.HALF_FRAME, Fault.NO_PHOTO, Fault.READ_FAILED):
            found[f"reader {fault}"] = lambda fault=fault: reader.inject(fault, 3)
        for name, host in hosts.items():
            found[f"{name} unplugged"] = lambda host=host: host.unplug(_LONGEST_FAULT_S)
        return found

    def mend(self) -> None:
        """All devices are well, and the network is there."""
        self.printer.mend()
        self.printer.load_paper()
        self.reader.clear_faults()
        self.scanner.clear_faults()
        self.camera.clear()
        self.camera.return_()
        for host in self._hosts.values():
            host.plug()
        self.line.cut(is_cut=False)
