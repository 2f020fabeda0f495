"""Failures of the link to an ID-card reader, beside the common ones of ``drivers.errors``."""

from __future__ import annotations

from drivers.errors import DeviceError
from drivers.id_card_reader.protocol import Sw3


class SamOutOfOrder(DeviceError):
    """The security module says that it cannot work: no card will help, a technician will."""

    code = "sam_out_of_order"

    def __init__(self, port: str, sw3: Sw3) -> None:
        super().__init__(port, f"the security module is out of order ({sw3.name.lower()})")
        self.sw3 = sw3
