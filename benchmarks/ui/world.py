"""What is around the terminal: the platform, the devices on their lines, and the settings that name them. No Qt.

All of it lives outside the process that is measured, as in real life.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from drivers.camera.emulator import CameraEmulator
from drivers.camera.simulator import PortraitCamera
from drivers.emulation.host import TcpHost
from drivers.face.types import Action
from drivers.id_card_reader.cards import EmulatedCard, make_card, sample_card
from drivers.id_card_reader.emulator import IdReaderEmulator
from drivers.receipt_printer.emulator import PrinterEmulator
from drivers.types import Deadline
from kiosk import config
from kiosk.demo.cast import NEWCOMER, REGION, STAFF_ID, STAFF_PIN
from kiosk.demo.platform import PlatformProcess
from kiosk.services.platform import enrol
from kiosk.services.staff import add_staff

SIZE = (1080, 1920)
MM_PER_PX = 0.311


def rest(seconds: float) -> None:
    """Do nothing for so long."""
    Deadline(seconds).sleep(seconds)


class World:
    """Platform, reader, printer and camera; enters and leaves as one."""

    def __init__(self, folder: Path, times: config.Times) -> None:
        self._folder = folder
        self._times = times
        self.settings = folder / "kiosk.toml"
        self.platform = PlatformProcess(folder / "platform", folder / "platform.log")
        self._reader = IdReaderEmulator()
        self._printer = PrinterEmulator()
        self._hosts: list[TcpHost] = []
        self._person = PortraitCamera()
        self._camera: CameraEmulator | None = None
        self._cards: dict[str, EmulatedCard] = {}

    def __enter__(self) -> World:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.platform.start()
        self.platform.add_sample_residents()
        self.platform.add_sample_shared_data()
        self._hosts = [TcpHost(self._reader), TcpHost(self._printer)]
        self._camera = CameraEmulator(self._person)
        photo = self._person.card_photo()
        self._cards = {"elder": sample_card(photo), "newcomer": make_card(NEWCOMER, photo)}
        self._write_settings(self._camera.url)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while self._hosts:
            self._hosts.pop().stop()
        self._printer.close()
        if self._camera is not None:
            self._camera.stop()
        self.platform.stop()

    def put_card(self, holder: str) -> None:
        """The card of ``elder`` or ``newcomer``, both with the face that the camera sees."""
        self._reader.put_card(self._cards[holder])

    def lift_card(self) -> None:
        """Nothing lies on the reader."""
        self._reader.lift_card()

    def tear_slip(self) -> None:
        """Take what the printer has put out; there is always paper."""
        self._printer.tear()
        self._printer.load_paper()

    def move_face(self, action: str) -> None:
        """What the face check asks for."""
        self._person.perform(Action(action))

    def shine(self, light: tuple[int, int, int] | None) -> None:
        """The light of the screen falls on the person."""
        self._person.illuminate(light)

    def _write_settings(self, camera: str) -> None:
        data = self._folder / "terminal"
        data.mkdir(parents=True, exist_ok=True)
        add_staff(data / "staff.toml", STAFF_ID, STAFF_PIN)
        reader, printer = (host.url for host in self._hosts)
        lines = [
            "[machine]",
            'name = "测试 1 号机"',
            f'data_dir = "{data}"',
            f"mm_per_px = {MM_PER_PX}",
            "[platform]",
            f'url = "{self.platform.url}"',
            "[devices]",
            f'id_card_reader = "{reader}"',
            f'receipt_printer = "{printer}"',
            f'camera = "{camera}"',
            'document_printer = "sim://"',
            "[times]",
            *(f"{name} = {float(getattr(self._times, name))}" for name in self._times.__struct_fields__),
        ]
        self.settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
        enrol(config.load(self.settings), self.platform.enrol_token(REGION))
