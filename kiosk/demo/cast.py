"""Who and where the demo and the measurements play: a fictitious newcomer, a member of staff, a region."""

from __future__ import annotations

REGION = "330304"
STAFF_ID, STAFF_PIN = "1001", "246810"
NEWCOMER = {
    "name": "测试·王小江",
    "sex_code": "1",
    "ethnicity_code": "01",
    "birth": "19920214",
    "address": "湖北省武汉市测试区样例路8号 SAMPLE",
    "id_number": "42010219920214123X",
    "issuer": "测试市公安局",
    "valid_from": "20200101",
    "valid_to": "20400101",
}
