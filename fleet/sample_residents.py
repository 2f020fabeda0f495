"""The fictitious residents that ``kiosk-fleet residents add-samples`` takes in: those of the emulated cards and of the tests."""

from __future__ import annotations

from fleet.residents import Resident

SAMPLE_RESIDENTS = (
    Resident(
        id_number="330304195803080026",
        name="测试·林小瓯",
        ethnicity_code="01",
        address="浙江省温州市瓯海区测试路1号 SAMPLE",
        phone="13800000000",
    ),
    Resident(
        id_number="42010219920214123X",
        name="测试·王小江",
        ethnicity_code="01",
        address="湖北省武汉市测试区样例路8号 SAMPLE",
        valid_to="2040-01-01",
        phone="13900000001",
    ),
    # Without a telephone: the way by text message must say so and lead on to another.
    Resident(
        id_number="330302195801010005",
        name="测试·陈小温",
        ethnicity_code="01",
        address="浙江省温州市鹿城区测试路2号 SAMPLE",
    ),
)
