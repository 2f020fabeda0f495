"""Form of a case's contents: what fits is taken, every defect is told at once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from contract.case_contents import BundleReference, CaseContents, Delivery, MaterialLine, Region
from fleet.contents_checks import contents_problems

CARD = MaterialLine(material="id_card", role="primary", source="card", stuff_type=0, stuff_status=0)
CERTIFICATE = MaterialLine(
    material="birth_certificate",
    role="primary",
    source="certificate",
    stuff_type=1,
    stuff_status=0,
    certificate="1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
)
PROMISE = MaterialLine(
    material="id_photo", role="secondary", source="promise", stuff_type=3, stuff_status=2, due="2026-12-08", due_working_days=8
)
BUNDLE = BundleReference(bundle="newborn", version="1", visit="ab" * 16, part=1, parts=4)
WHOLE = CaseContents(
    catalogue_version="2026.11.2",
    materials=(CARD, CERTIFICATE, PROMISE),
    bundle=BUNDLE,
    delivery=Delivery(way="courier", address="测试路1号"),
    region=Region(accepting="330304", deciding="420100"),
    shared_asked=("phone",),
    disputed=("phone", "spouse_name"),
)


def test_what_fits_is_taken() -> None:
    assert list(contents_problems(WHOLE)) == []
    assert list(contents_problems(CaseContents())) == []


@pytest.mark.parametrize(
    "changed",
    [
        replace(WHOLE, materials=(CARD, CARD)),
        replace(WHOLE, materials=(replace(CARD, material="Id Card"),)),
        replace(WHOLE, materials=(replace(CARD, stuff_type=5),)),
        replace(WHOLE, materials=(replace(CERTIFICATE, certificate=""),)),
        replace(WHOLE, materials=(replace(CARD, certificate=CERTIFICATE.certificate),)),
        replace(WHOLE, materials=(replace(PROMISE, role="primary"),)),
        replace(WHOLE, materials=(replace(PROMISE, due_working_days=21),)),
        replace(WHOLE, materials=(replace(PROMISE, due="tomorrow"),)),
        replace(WHOLE, materials=(replace(CARD, due="2026-12-08"),)),
        replace(WHOLE, bundle=replace(BUNDLE, part=5)),
        replace(WHOLE, bundle=replace(BUNDLE, visit="x")),
        replace(WHOLE, delivery=Delivery(way="courier")),
        replace(WHOLE, delivery=Delivery(way="counter", address="测试路1号")),
        replace(WHOLE, region=Region(accepting="3303", deciding="420100")),
        replace(WHOLE, shared_asked=("no such\nname",)),
        replace(WHOLE, disputed=("no such\nname",)),
        replace(WHOLE, disputed=("phone",) * 121),
        replace(WHOLE, materials=(CARD,) * 61),
        replace(WHOLE, catalogue_version="\x00"),
    ],
)
def test_what_does_not_fit_is_told(changed: CaseContents) -> None:
    assert len(list(contents_problems(changed))) == 1


def test_all_defects_are_told_at_once() -> None:
    broken = replace(
        WHOLE, materials=(replace(CARD, stuff_type=5), replace(PROMISE, due="tomorrow")), delivery=Delivery(way="courier")
    )
    assert len(list(contents_problems(broken))) == 3


def test_nobody_s_address_or_certificate_is_shown() -> None:
    assert "测试路" not in repr(WHOLE)
    assert "2430599" not in repr(WHOLE)
