"""Opening the materials of a case: each must be what the payload says. Plain bytes exist one material at a time, in memory."""

from __future__ import annotations

import hashlib
import logging

from contract.cases import SUITE_HPKE_MLKEM768_X25519, Material
from contract.materials import MATERIAL_VERSION, MaterialHeader, material_digest, unpack
from fleet.decoding import from_json
from fleet.errors import StorageUnavailable
from fleet.keys import KeyRing
from fleet.materials import MaterialStore
from fleet.sealing_keys import CannotOpen

_log = logging.getLogger(__name__)


def material_doubts(materials: tuple[Material, ...], store: MaterialStore, keys: KeyRing) -> tuple[str, ...]:
    """Every reason, as a stable code, for which people should look at the materials."""
    doubts = (_doubt(material, store, keys) for material in materials)
    return tuple(dict.fromkeys(doubt for doubt in doubts if doubt))


def _doubt(material: Material, store: MaterialStore, keys: KeyRing) -> str:
    try:
        packed = store.read(material.digest)
    except StorageUnavailable as error:
        # One bad sector must not hold up the cases behind this one.
        _log.warning("a material cannot be read: %s", error)
        return "material_damaged"
    return _content_doubt(material, packed, keys)


def _content_doubt(material: Material, packed: bytes | None, keys: KeyRing) -> str:
    if packed is None:
        return "material_missing"
    if material_digest(packed) != material.digest:
        return "material_damaged"
    try:
        header, sealed = unpack(packed)
        told = from_json(header, MaterialHeader)
        if told.version != MATERIAL_VERSION or told.suite != SUITE_HPKE_MLKEM768_X25519:
            return "material_unreadable"
        key = keys.opening_key(told.sealing_key_id)
        plain = b"" if key is None else key.open_material(header, sealed)
    except (ValueError, CannotOpen):  # so ``unpack`` and ``from_json`` tell what is no sealed material
        return "material_unreadable"
    if key is None:
        return "unknown_sealing_key"
    is_as_told = len(plain) == material.size_bytes and hashlib.sha256(plain).hexdigest() == material.plain_sha256
    return "" if is_as_told else "material_differs"
