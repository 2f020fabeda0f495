"""A USB printer as a line, through libusb: ``usb://04b8:0e15``, with ``/SERIAL`` behind it where two alike are plugged in.

Any device with an interface of the printer class will do, whatever its maker calls it. The kernel's own driver (``usblp``) is
sent away for as long as the port is open. Source: USB Device Class Definition for Printing Devices 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import unquote

import libusb_package
import usb.core
import usb.util

from drivers.errors import Disconnected, Stalled
from drivers.transport.printer_line import LineStatus, of_byte
from drivers.types import Deadline

_ADDRESS = re.compile(r"usb://([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?:/([^/]+))?")
_PRINTER_CLASS = (7, 1)
_BIDIRECTIONAL = 2
_GET_PORT_STATUS = (0xA1, 1)
"""bmRequestType (to host, class, interface) and bRequest."""
_READ_BYTES = 4096
"""Several packets of any speed: a smaller buffer than the packet that comes is an overflow."""
_POLL_S = 0.03
_WRITE_BYTES = 4096
_WRITE_PATIENCE_S = 0.05
"""Who has more tries again: only the caller knows how long."""
_CONTROL_MS = 50
_EMPTY_PACKET_S = 0.002
_HIGH_BAUDRATE = 12_000_000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """Which device is meant."""

    vendor: int
    product: int
    serial: str = ""
    """Empty: the first one found."""


def parse_usb_url(url: str) -> UsbAddress:
    """The address in ``url``; ``ValueError`` with one clear line for anything else."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise ValueError("is not usb://VENDOR:PRODUCT or usb://VENDOR:PRODUCT/SERIAL with four hexadecimal digits each")
    vendor, product, serial = found.groups()
    return UsbAddress(int(vendor, 16), int(product, 16), unquote(serial or ""))


@dataclass(frozen=True, slots=True)
class _Channel:
    """One setting of a printer interface with a way out and a way back."""

    configuration: int
    interface: int
    setting: int
    protocol: int
    out: int
    back: int


class UsbPort:
    """An open ``Port``, with the printer's status lines. Every ``USBError`` is ``Disconnected``; a time-out is silence."""

    def __init__(self, url: str, baudrate: int = _HIGH_BAUDRATE, *, backend: object | None = None) -> None:  # noqa: ARG002 - as every ``Port``
        """Open at once; raises ``Disconnected``. ``baudrate`` means nothing here. ``backend``: pyusb's, by default libusb."""
        self.url = url
        self.baudrate = _HIGH_BAUDRATE
        try:
            address = parse_usb_url(url)
        except ValueError as error:
            raise Disconnected(url, str(error)) from error
        self._rest = bytearray()
        self._device = self._guarded("cannot be opened", lambda: self._find(address, backend))
        self._sent_away = False
        self._is_open = True
        try:
            self._channel = self._guarded("cannot be opened", self._claim)
        except Disconnected:
            self.close()
            raise

    def write(self, data: bytes) -> None:
        """Hand all bytes to the printer; raises ``Stalled`` when it takes none for a moment."""
        written = 0
        while written < len(data):
            some = self._write_some(data[written : written + _WRITE_BYTES])
            if not some:
                raise Stalled(self.url, "takes no bytes", written)
            written += some

    def read(self, count: int, deadline: Deadline) -> bytes:
        """Read ``count`` bytes, fewer when the deadline comes first."""
        while len(self._rest) < count and not deadline.is_over:
            self._receive(min(_POLL_S, deadline.remaining_s))
        return self._take(count)

    def read_available(self, limit: int, wait_s: float) -> bytes:
        """Wait at most ``wait_s`` for the first byte, then take what is there, at most ``limit`` bytes."""
        deadline = Deadline(wait_s)
        if not self._rest:
            self._receive(min(_POLL_S, wait_s))  # also when there is no time to wait
        while not self._rest and not deadline.is_over:
            self._receive(min(_POLL_S, deadline.remaining_s))
        return self._take(limit)

    def flush_input(self) -> None:
        """Forget everything received so far, in the printer's own buffer too."""
        limit = Deadline(_POLL_S * 5)
        self._rest.clear()
        while self._receive(0.0) and not limit.is_over:
            self._rest.clear()
        self._rest.clear()

    def line_status(self) -> LineStatus | None:
        """The class request GET_PORT_STATUS; ``None`` for a printer that does not know it."""
        kind, request = _GET_PORT_STATUS
        try:
            answer = self._device.ctrl_transfer(kind, request, 0, self._channel.interface, 1, _CONTROL_MS)
        except usb.core.USBError:
            return None  # refused, or gone: the next transfer tells
        return of_byte(answer[0]) if len(answer) == 1 else None

    def close(self) -> None:
        """Let go of the device and give it back to the kernel; may be called twice, and of one that has gone."""
        if not self._is_open:
            return
        self._is_open = False
        for step in (self._release, lambda: usb.util.dispose_resources(self._device)):
            try:
                step()
            except (usb.core.USBError, NotImplementedError, OSError):
                continue  # it has gone: there is nothing to give back

    def __enter__(self) -> UsbPort:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _find(self, address: UsbAddress, backend: object | None) -> Any:  # noqa: ANN401 - pyusb carries no types
        chosen = backend or libusb_package.get_libusb1_backend()
        if chosen is None:
            raise Disconnected(self.url, "libusb cannot be loaded on this machine")
        alike = list(usb.core.find(find_all=True, backend=chosen, idVendor=address.vendor, idProduct=address.product))
        found = [device for device in alike if not address.serial or _serial_of(device) == address.serial]
        if not found:
            raise Disconnected(
                self.url, "no such device is plugged in" if not alike else "none of these carries that serial number"
            )
        return found[0]

    def _claim(self) -> _Channel:
        channels = sorted(_channels(self._device), key=lambda channel: (channel.protocol != _BIDIRECTIONAL, channel.setting))
        if not channels:
            raise Disconnected(self.url, "has no interface of the printer class that can answer")
        channel = channels[0]
        self._channel = channel
        self._send_kernel_driver_away(channel.interface)
        # Setting the configuration again would reset the device under the feet of whoever uses its other interfaces.
        if self._configuration() != channel.configuration:
            self._device.set_configuration(channel.configuration)
        usb.util.claim_interface(self._device, channel.interface)
        if channel.setting:
            self._device.set_interface_altsetting(channel.interface, channel.setting)
        return channel

    def _configuration(self) -> int:
        try:
            return int(self._device.get_active_configuration().bConfigurationValue)
        except usb.core.USBError as error:
            if error.errno is not None:
                raise
            return 0  # not configured

    def _send_kernel_driver_away(self, interface: int) -> None:
        try:
            if self._device.is_kernel_driver_active(interface):
                self._device.detach_kernel_driver(interface)
                self._sent_away = True
        except NotImplementedError:
            return  # a system without such drivers

    def _release(self) -> None:
        channel: _Channel | None = getattr(self, "_channel", None)
        if channel is None:
            return
        try:
            usb.util.release_interface(self._device, channel.interface)
        finally:
            if self._sent_away:
                self._device.attach_kernel_driver(channel.interface)

    def _write_some(self, part: bytes) -> int:
        try:
            return int(self._device.write(self._channel.out, part, _milliseconds(_WRITE_PATIENCE_S)))
        except usb.core.USBTimeoutError:
            return 0
        except usb.core.USBError as error:
            raise self._gone("cannot be written", error) from error

    def _receive(self, wait_s: float) -> bool:
        """Add what comes within ``wait_s`` to the rest; False when nothing did."""
        try:
            data = self._device.read(self._channel.back, _READ_BYTES, _milliseconds(wait_s))
        except usb.core.USBTimeoutError:
            return False
        except usb.core.USBError as error:
            raise self._gone("has gone away", error) from error
        self._rest += data.tobytes()
        if not data:  # printers with nothing to say may say so with an empty packet at once
            Deadline(wait_s).sleep(_EMPTY_PACKET_S)
        return bool(data)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._rest[:count])
        del self._rest[:count]
        return taken

    def _guarded(self, what: str, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except (usb.core.USBError, usb.core.NoBackendError, ValueError, NotImplementedError) as error:
            raise self._gone(what, error) from error

    def _gone(self, what: str, error: Exception) -> Disconnected:
        return Disconnected(self.url, f"{what} ({error})")


def _channels(device: Any) -> Iterator[_Channel]:  # noqa: ANN401 - as above
    for configuration in device:
        for interface in configuration:
            if (interface.bInterfaceClass, interface.bInterfaceSubClass) != _PRINTER_CLASS:
                continue
            bulk = [
                endpoint.bEndpointAddress
                for endpoint in interface
                if usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
            ]
            out = [address for address in bulk if usb.util.endpoint_direction(address) == usb.util.ENDPOINT_OUT]
            back = [address for address in bulk if usb.util.endpoint_direction(address) == usb.util.ENDPOINT_IN]
            if out and back:
                yield _Channel(
                    int(configuration.bConfigurationValue),
                    int(interface.bInterfaceNumber),
                    int(interface.bAlternateSetting),
                    int(interface.bInterfaceProtocol),
                    int(out[0]),
                    int(back[0]),
                )


def _serial_of(device: Any) -> str:  # noqa: ANN401 - as above
    try:
        return str(device.serial_number or "")
    except (usb.core.USBError, ValueError):
        return ""  # not ours to open: another device of the same make


def _milliseconds(seconds: float) -> int:
    """libusb waits for ever at 0."""
    return max(1, round(seconds * 1000))
