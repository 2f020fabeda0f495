"""One place that decides between the true reader and the simulated one."""

from __future__ import annotations

from pathlib import Path

from drivers.id_card_reader.abstract import IdCardReader
from drivers.id_card_reader.cards import load_card
from drivers.id_card_reader.driver import SamVIdCardReader
from drivers.id_card_reader.photo import default_decoders
from drivers.id_card_reader.simulator import SimulatedIdCardReader
from drivers.transport.opening import OpenPort, open_port

_SIMULATED = "sim://"


def open_reader(
    url: str, baudrate: int = 115200, photo_library: Path | None = None, *, open_port: OpenPort = open_port
) -> IdCardReader:
    """Open the reader that ``url`` names; raises ``Disconnected``.

    ``sim://`` is an empty simulated reader (a ``SimulatedIdCardReader``), ``sim:///path/card.json`` one on which that card lies
    (raises ``CardFileError``). ``photo_library`` is the vendor's WLT library.
    """
    decoders = default_decoders(photo_library)
    if not url.startswith(_SIMULATED):
        return SamVIdCardReader.create(url, baudrate, decoders, open_port=open_port)
    simulated = SimulatedIdCardReader(decoders=decoders)
    card_file = url.removeprefix(_SIMULATED)
    if card_file:
        simulated.put_card(load_card(Path(card_file)))
    return simulated
