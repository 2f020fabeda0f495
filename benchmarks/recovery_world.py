"""The terminal with five emulated devices whose plugs can be pulled, and a resident who goes on regardless."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from drivers.barcode_scanner.emulator import ScannerEmulator
from drivers.camera.emulator import CameraEmulator
from drivers.camera.simulator import PortraitCamera
from drivers.document_printer.emulator import DocumentPrinterEmulator
from drivers.emulation.host import PtyHost, TcpHost
from drivers.emulation.line import Host, Peer
from drivers.receipt_printer.emulator_paper import Slip
from kiosk import config
from kiosk.demo.resident import Resident, wait
from kiosk.demo.stage import Stage
from kiosk.flow.states import Step

SERIAL_DEVICES = ("id_card_reader", "receipt_printer", "barcode_scanner")
DEVICES = (*SERIAL_DEVICES, "camera", "document_printer")
PRINTER_BYTES_PER_S = 6_000
"""A slip takes about two seconds, so that there is a middle of it."""
_MOMENT_MS = 300
_GO_ON_BY_THEMSELVES = frozenset({Step.FACE, Step.FAREWELL})
_COPY_MARKS = ("副本", "COPY")
_IN_CODE = re.compile(r"\[CODE128\] ([0-9A-Z]{22})")
_SPOKEN = re.compile(r"^ *([0-9]{6}) ([0-9]{6}) *\n *([0-9A-Z]{4}) ([0-9A-Z]{6}) *$", re.MULTILINE)


def has_cups() -> bool:
    """Whether the document printer can be emulated here: by a real CUPS."""
    return shutil.which("cupsd") is not None or Path("/usr/sbin/cupsd").exists()


class Pluggable(Protocol):
    """Whatever can be pulled out and put back."""

    def unplug(self, seconds: float | None = None) -> None:
        """Pull it out."""
        ...

    def plug(self) -> None:
        """Put it back."""
        ...


class PluggedStage(Stage):
    """A stage whose devices are all true drivers on emulators, each with a plug."""

    def __init__(self, folder: Path, *, use_pty: bool) -> None:
        super().__init__(folder)
        self._use_pty = use_pty
        self._stack = ExitStack()
        self._person = PortraitCamera()
        self.plugs: dict[str, Pluggable] = {}

    @property
    def camera(self) -> PortraitCamera:
        """The person in front of the emulated camera."""
        return self._person

    def emulate_devices(self) -> config.Devices:
        """Reader, printer and scanner on TCP ports or terminals, the camera over HTTP, the document printer behind CUPS."""
        self.printer.pace(PRINTER_BYTES_PER_S)
        serial = {
            name: self._plugged(name, peer)
            for name, peer in zip(SERIAL_DEVICES, (self.reader, self.printer, ScannerEmulator()), strict=True)
        }
        camera = self._stack.enter_context(CameraEmulator(self._person))
        self.plugs["camera"] = camera
        documents = ""
        if has_cups():
            emulator = self._stack.enter_context(DocumentPrinterEmulator(self.folder / "documents"))
            self.plugs["document_printer"], documents = emulator, emulator.url
        return config.Devices(
            id_card_reader=serial["id_card_reader"].url,
            receipt_printer=serial["receipt_printer"].url,
            barcode_scanner=serial["barcode_scanner"].url,
            camera=camera.url,
            document_printer=documents,
        )

    def stop(self) -> None:
        """Clear everything away; may be called twice."""
        super().stop()
        self._stack.close()

    def is_online(self, device: str) -> bool:
        """What the terminal believes of a device."""
        status = self.terminal.devices().get(device)
        return status is not None and status.is_online

    def _plugged(self, name: str, peer: Peer) -> Host:
        host: Host = PtyHost.in_own_folder(peer, name) if self._use_pty else TcpHost(peer)
        self._hosts.append(host)
        self.plugs[name] = host
        return host


@dataclass(frozen=True, slots=True)
class Recovery:
    """One device, pulled out and put back at one step."""

    device: str
    step: str
    noticed_s: float | None
    """From pulling the plug to the terminal's saying so; ``None``: it never did."""
    back_s: float | None
    """From plugging in to serving again; ``None``: not within the patience."""


class Mishap:
    """Pulls one device's plug at every step of a visit, and measures how the terminal takes it."""

    def __init__(self, stage: PluggedStage, device: str, patience_s: float) -> None:
        self._stage = stage
        self._device = device
        self._patience_s = patience_s
        self.recoveries: list[Recovery] = []

    def happen(self, step: str) -> None:
        """Out until the terminal has noticed, a moment more, in, and wait until it serves."""
        plug = self._stage.plugs[self._device]
        plug.unplug()
        noticed_s = self._wait(lambda: not self._stage.is_online(self._device), self._patience_s)
        wait(_MOMENT_MS)
        plug.plug()
        back_s = self._wait(lambda: self._stage.is_online(self._device), self._patience_s)
        self.recoveries.append(Recovery(self._device, step, noticed_s, back_s))

    def _wait(self, holds: Callable[[], bool], patience_s: float) -> float | None:
        begun_s = time.monotonic()
        while not holds():
            if time.monotonic() - begun_s > patience_s:
                return None
            wait(10)
        return time.monotonic() - begun_s


class TriedResident(Resident):
    """A resident on whose every step something happens."""

    def __init__(self, stage: Stage, pictures: Path, happen: Callable[[Step], None]) -> None:
        super().__init__(stage.terminal.window, lambda: stage.terminal.visit.state.step, pictures)
        self._happen = happen
        self._seen: set[Step] = set()

    def wait_step(self, *steps: Step, seconds: float = 30.0) -> Step:
        """As before; and at each step that is reached for the first time the mishap happens."""
        step = super().wait_step(*steps, seconds=seconds)
        if step not in self._seen:
            self._seen.add(step)
            self._happen(step)
            if step not in _GO_ON_BY_THEMSELVES:
                step = super().wait_step(*steps, seconds=seconds)
        return step

    def picture(self, name: str) -> Path:
        """No pictures are wanted here."""
        return self._pictures / name


def slip_problems(slips: Iterable[Slip], receipt_number: str) -> list[str]:
    """What is wrong with the pieces of paper that came out during one visit: only this case's, and at most one no copy."""
    found, originals = [], 0
    for slip in slips:
        others = _numbers_on(slip.text) - {receipt_number}
        found += [f"a slip of another case came out: {number}" for number in sorted(others)]
        is_original = not any(mark in slip.text for mark in _COPY_MARKS)
        originals += f"[CODE128] {receipt_number}" in slip.text and is_original
    return [*found, f"{originals} slips with their code, none marked as a copy"] if originals > 1 else found


def _numbers_on(words: str) -> set[str]:
    """Receipt numbers that stand on a slip, whole or in the two lines that can be read aloud."""
    return set(_IN_CODE.findall(words)) | {"".join(parts) for parts in _SPOKEN.findall(words)}
