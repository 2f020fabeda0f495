"""A USB bus in memory: what pyusb finds below it, with an emulated device at the other end of the bulk endpoints."""

from __future__ import annotations

import array
import errno
import threading
from collections import deque
from collections.abc import Iterator
from types import SimpleNamespace

import usb.backend
import usb.core
import usb.util

from drivers.emulation.line import Link, Peer
from drivers.types import Deadline

OUT, IN = 0x01, 0x82
_PACKET = 64


def endpoint(address: int, kind: int = usb.util.ENDPOINT_TYPE_BULK) -> SimpleNamespace:
    return SimpleNamespace(
        bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=kind, wMaxPacketSize=_PACKET, bInterval=0,
        bRefresh=0, bSynchAddress=0, extra_descriptors=[],
    )  # fmt: skip


def interface(number: int, setting: int, kind: tuple[int, int, int], *endpoints: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(
        bLength=9, bDescriptorType=4, bInterfaceNumber=number, bAlternateSetting=setting, bNumEndpoints=len(endpoints),
        bInterfaceClass=kind[0], bInterfaceSubClass=kind[1], bInterfaceProtocol=kind[2], iInterface=0, extra_descriptors=[],
        endpoints=endpoints,
    )  # fmt: skip


PRINTER = (interface(0, 0, (7, 1, 2), endpoint(OUT), endpoint(IN)),)
"""The one interface of a plain USB printer."""


class UsbDevice:
    """One device on the bus. ``interfaces``: all alternate settings."""

    def __init__(
        self,
        peer: Peer,
        *,
        vendor: int = 0x04B8,
        product: int = 0x0E15,
        serial: str = "J4XF012345",
        interfaces: tuple[SimpleNamespace, ...] = PRINTER,
        kernel_driver: bool = True,
        configured: bool = True,
    ) -> None:
        self.peer = peer
        self.vendor, self.product, self.serial = vendor, product, serial
        self.interfaces = interfaces
        self.kernel_has = {interface.bInterfaceNumber for interface in interfaces} if kernel_driver else set()
        self.configuration = 1 if configured else 0
        self.claimed: set[int] = set()
        self.setting: dict[int, int] = {}
        self.port_status: int | None = 0x18
        self.is_plugged = True
        self.is_denied = False
        self.takes_bytes = True
        self.log: list[str] = []
        self._waiting: deque[bytes] = deque()
        self._arrived = threading.Condition()

    def connect(self) -> None:
        self.peer.connected(Link(self.arrive, self.unplug))

    def arrive(self, data: bytes) -> None:
        with self._arrived:
            self._waiting.extend(data[start : start + _PACKET] for start in range(0, len(data), _PACKET))
            self._arrived.notify_all()

    def unplug(self) -> None:
        """The next transfer fails; the kernel's driver is bound again when it comes back."""
        with self._arrived:
            self.is_plugged = False
            self.claimed.clear()
            self._waiting.clear()
            self._arrived.notify_all()

    def plug(self) -> None:
        self.is_plugged = True

    def packet(self, timeout_ms: int) -> bytes:
        assert timeout_ms > 0, "libusb waits for ever at 0"
        with self._arrived:
            self._arrived.wait_for(lambda: self._waiting or not self.is_plugged, timeout_ms / 1000)
            self.check()
            if not self._waiting:
                raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
            return self._waiting.popleft()

    def check(self) -> None:
        if not self.is_plugged:
            raise usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)


class UsbBus(usb.backend.IBackend):
    """A pyusb backend. What it does not define is no business of the port, and raises ``NotImplementedError``."""

    def __init__(self, *devices: UsbDevice) -> None:
        super().__init__()
        self.devices = devices

    def enumerate_devices(self) -> Iterator[UsbDevice]:
        return iter([device for device in self.devices if device.is_plugged])

    def get_device_descriptor(self, dev: UsbDevice) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0, bMaxPacketSize0=64,
            idVendor=dev.vendor, idProduct=dev.product, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=3 if dev.serial else 0, bNumConfigurations=1, address=5, bus=1, port_number=1, port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: UsbDevice, config: int) -> SimpleNamespace:
        if config:
            raise IndexError
        numbers = {interface.bInterfaceNumber for interface in dev.interfaces}
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=len(numbers), bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: UsbDevice, intf: int, alt: int, config: int) -> SimpleNamespace:
        return [found for found in dev.interfaces if found.bInterfaceNumber == intf][alt]

    def get_endpoint_descriptor(self, dev: UsbDevice, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return self.get_interface_descriptor(dev, intf, alt, config).endpoints[ep]

    def open_device(self, dev: UsbDevice) -> UsbDevice:
        dev.check()
        if dev.is_denied:
            raise usb.core.USBError("Access denied (insufficient permissions)", -3, errno.EACCES)
        dev.log.append("open")
        return dev

    def close_device(self, dev_handle: UsbDevice) -> None:
        dev_handle.log.append("close")

    def get_configuration(self, dev_handle: UsbDevice) -> int:
        dev_handle.check()
        return dev_handle.configuration

    def set_configuration(self, dev_handle: UsbDevice, config_value: int) -> None:
        dev_handle.log.append(f"configure {config_value}")
        dev_handle.configuration = config_value

    def set_interface_altsetting(self, dev_handle: UsbDevice, intf: int, altsetting: int) -> None:
        dev_handle.log.append(f"setting {intf}.{altsetting}")
        dev_handle.setting[intf] = altsetting

    def claim_interface(self, dev_handle: UsbDevice, intf: int) -> None:
        dev_handle.check()
        if intf in dev_handle.kernel_has or intf in dev_handle.claimed:
            raise usb.core.USBError("Resource busy", -6, errno.EBUSY)
        dev_handle.log.append(f"claim {intf}")
        dev_handle.claimed.add(intf)
        dev_handle.connect()

    def release_interface(self, dev_handle: UsbDevice, intf: int) -> None:
        dev_handle.check()
        dev_handle.log.append(f"release {intf}")
        dev_handle.claimed.discard(intf)
        dev_handle.peer.disconnected()

    def is_kernel_driver_active(self, dev_handle: UsbDevice, intf: int) -> bool:
        return intf in dev_handle.kernel_has

    def detach_kernel_driver(self, dev_handle: UsbDevice, intf: int) -> None:
        dev_handle.log.append(f"detach {intf}")
        dev_handle.kernel_has.discard(intf)

    def attach_kernel_driver(self, dev_handle: UsbDevice, intf: int) -> None:
        dev_handle.check()
        dev_handle.log.append(f"attach {intf}")
        dev_handle.kernel_has.add(intf)

    def bulk_write(self, dev_handle: UsbDevice, ep: int, intf: int, data: array.array[int], timeout: int) -> int:
        dev_handle.check()
        assert intf in dev_handle.claimed
        assert timeout > 0, "libusb waits for ever at 0"
        if not dev_handle.takes_bytes:
            Deadline(timeout / 1000).sleep(timeout / 1000)
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        dev_handle.peer.received(data.tobytes())
        dev_handle.check()
        return len(data)

    def bulk_read(self, dev_handle: UsbDevice, ep: int, intf: int, buff: array.array[int], timeout: int) -> int:
        assert intf in dev_handle.claimed or not dev_handle.is_plugged
        packet = dev_handle.packet(timeout)
        buff[: len(packet)] = array.array("B", packet)
        return len(packet)

    def ctrl_transfer(
        self, dev_handle: UsbDevice, bmRequestType: int, bRequest: int, wValue: int, wIndex: int, data: array.array[int], timeout: int
    ) -> int:  # fmt: skip
        dev_handle.check()
        answer = self._control(dev_handle, bmRequestType, bRequest, wValue)
        if answer is None:
            raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
        data[: len(answer)] = array.array("B", answer)
        return len(answer)

    @staticmethod
    def _control(device: UsbDevice, kind: int, request: int, value: int) -> bytes | None:
        if (kind, request) == (0xA1, 1):
            return None if device.port_status is None else bytes([device.port_status])
        if (kind, request, value >> 8) == (0x80, 6, 3):
            text = b"\x09\x04" if value & 0xFF == 0 else device.serial.encode("utf-16-le")
            return bytes([len(text) + 2, 3]) + text
        return None
