"""What a case rests on besides its fields: papers and where they came from, promises, the bundle it is part of."""

from __future__ import annotations

from typing import Literal

import msgspec


class MaterialLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """材料: one paper that the matter needs of this person. The ``repr`` shows no certificate."""

    material: str
    """Its id in the catalogue."""
    role: Literal["primary", "secondary"]
    source: Literal["card", "shared", "certificate", "scan", "declare", "promise"]
    stuff_type: int
    """How it is handed in: 0 electronic file, 1 reference to a certificate, 2 paper by courier, 3 paper at the window,
    4 data of the online form (a declaration), 5 data sharing."""
    stuff_status: int
    """0 handed in, 2 to be supplemented (容缺)."""
    certificate: str = ""
    """Identifier of the electronic certificate (GB/T 36904); empty for other sources."""
    watermark: str = ""
    """Words that stand across every copy made of the certificate: what it may be used for, and when it was shown."""
    shared: tuple[str, ...] = ()
    """Elements that stand for it; their values are fields of the case."""
    due: str = ""
    """容缺: last day for handing it in, ISO 8601; empty when the terminal's calendar did not reach so far."""
    due_working_days: int = 0
    """容缺: the same as working days from the day of the case."""

    def __repr__(self) -> str:
        return f"MaterialLine(material={self.material!r}, source={self.source!r}, <redacted>)"


class BundleReference(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """一件事: the bundle whose part this case is. All parts were committed together or none."""

    bundle: str
    """Id of the bundle in the catalogue."""
    version: str
    visit: str
    """Shared by all parts of one application; 32 hex digits, drawn for it."""
    part: int
    """1-based."""
    parts: int


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """送达方式: how the outcome reaches the resident. The ``repr`` shows no address."""

    way: Literal["machine", "counter", "courier", "electronic"]
    address: str = ""
    """Of the courier; empty for other ways."""

    def __repr__(self) -> str:
        return f"Delivery(way={self.way!r}, <redacted>)"


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """跨省通办: who takes the case in, and who decides it."""

    accepting: str
    """Division where it is handed in, GB/T 2260."""
    deciding: str
    """Division whose authority decides."""


class CaseContents(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """All of it; every part may be left out."""

    catalogue_version: str = ""
    materials: tuple[MaterialLine, ...] = ()
    bundle: BundleReference | None = None
    delivery: Delivery | None = None
    region: Region | None = None
    shared_asked: tuple[str, ...] = ()
    """Elements that authorities were asked for, whether they gave them or not."""
    disputed: tuple[str, ...] = ()
    """信息不对: fields whose value, as card or authority gave it, the resident says is wrong. Where they could put it right here,
    the field holds their value and its source is ``resident``."""
    signature_stated: bool = False
    """No strokes: the applicant, who cannot write on glass, confirmed in so many words instead (以确认代替手写签名)."""
