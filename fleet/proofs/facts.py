"""Where the facts of a proof come from, and the fictitious ones of the reference platform.

A true platform asks the register of the authority instead: whatever answers ``FactsOf`` can stand in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from contract.proofs import ProofKind


class Bilingual(NamedTuple):
    """One text in Chinese and English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in ``language``."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Facts:
    """What a register holds of a person, for one kind of proof. ``rows``: label and value."""

    statement: Bilingual = field(repr=False)
    rows: tuple[tuple[Bilingual, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoFacts:
    """Nothing to prove: ``held`` is false when the register knows nothing, true when it is not settled yet."""

    held: bool
    reason: str


class FactsOf(Protocol):
    """Answers for the registers."""

    def facts_of(self, kind: ProofKind, id_number: str, name: str) -> Facts | NoFacts:
        """What is held of this very person (number and name agree). May block."""
        ...


TITLES: dict[ProofKind, Bilingual] = {
    "insurance": Bilingual("社会保险参保证明", "Certificate of Social Insurance"),
    "fund": Bilingual("住房公积金缴存证明", "Certificate of Housing Provident Fund Deposits"),
    "no_housing": Bilingual("不动产登记信息查询证明（无房）", "Certificate of No Registered Housing"),
    "tax": Bilingual("税收完税证明", "Certificate of Tax Paid"),
}

_EMPLOYER = Bilingual("单位", "Employer")
_FROM = Bilingual("起始年月", "From")
_TO = Bilingual("截至年月", "Up to")
_MONTHS = Bilingual("累计月数", "Months in all")
_REGION = Bilingual("区域", "Region")
_LIN, _WANG, _CHEN = (
    ("330304195803080026", "测试·林小瓯"),
    ("42010219920214123X", "测试·王小江"),
    ("330302195801010005", "测试·陈小温"),
)
_WORKS = "测试样例有限公司 SAMPLE"

_SAMPLES: dict[tuple[ProofKind, str, str], Facts | NoFacts] = {
    ("insurance", *_LIN): Facts(
        Bilingual("在本市参加社会保险，参保缴费情况如下。", "has taken part in social insurance in this city as follows."),
        (
            (_EMPLOYER, _WORKS),
            (Bilingual("险种", "Insurances"), "养老、医疗、失业、工伤"),
            (_FROM, "1998-04"),
            (_TO, "2013-03"),
            (_MONTHS, "180"),
            (Bilingual("参保状态", "State"), "已领取养老待遇"),
        ),
    ),
    ("insurance", *_WANG): Facts(
        Bilingual("在本市参加社会保险，参保缴费情况如下。", "has taken part in social insurance in this city as follows."),
        (
            (_EMPLOYER, _WORKS),
            (Bilingual("险种", "Insurances"), "养老、医疗、失业、工伤、生育"),
            (_FROM, "2019-07"),
            (_TO, "2026-10"),
            (_MONTHS, "88"),
            (Bilingual("参保状态", "State"), "正常缴费"),
        ),
    ),
    ("fund", *_WANG): Facts(
        Bilingual("在本市缴存住房公积金，缴存情况如下。", "has paid into the housing provident fund as follows."),
        (
            (_EMPLOYER, _WORKS),
            (Bilingual("月缴存额（元）", "Monthly deposit (CNY)"), "2,400.00"),
            (Bilingual("账户余额（元）", "Balance (CNY)"), "96,318.42"),
            (_FROM, "2019-08"),
            (_TO, "2026-10"),
            (Bilingual("账户状态", "State"), "正常"),
        ),
    ),
    ("no_housing", *_WANG): Facts(
        Bilingual(
            "经查询，截至出具时在下列区域内无房屋登记信息。", "has no housing registered in the region below as of this moment."
        ),
        ((_REGION, "温州市市区（鹿城、龙湾、瓯海、洞头）"), (Bilingual("查询结果", "Result"), "无房屋登记信息")),
    ),
    ("no_housing", *_LIN): NoFacts(held=False, reason="登记簿上有房屋登记，不能出具无房证明"),
    ("tax", *_WANG): Facts(
        Bilingual("在下列期间已缴纳个人所得税。", "has paid individual income tax for the period below."),
        (
            (Bilingual("税种", "Tax"), "个人所得税"),
            (_FROM, "2025-01"),
            (_TO, "2025-12"),
            (Bilingual("实缴金额（元）", "Paid (CNY)"), "3,186.50"),
            (Bilingual("税务机关", "Authority"), "测试税务局 SAMPLE"),
        ),
    ),
    ("tax", *_CHEN): NoFacts(held=True, reason="年度汇算清缴尚未完成，请完成后再来开具"),
}


class SampleFacts:
    """Facts of the fictitious residents; of nobody else."""

    def facts_of(self, kind: ProofKind, id_number: str, name: str) -> Facts | NoFacts:
        """See ``FactsOf``."""
        return _SAMPLES.get((kind, id_number, name)) or NoFacts(held=False, reason="登记簿上没有可以证明的记录")
