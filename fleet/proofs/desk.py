"""Issues proofs: asks the register, draws, signs, and records digest and code before the document leaves. Keeps no document."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable
from uuid import UUID

import msgspec

from contract import receipt_number
from contract.id_numbers import is_id_number
from contract.proofs import MAX_PDF_BYTES, MAX_PURPOSE, ProofAnswer, ProofRequest, new_code
from fleet.clock import Clock
from fleet.database import Database
from fleet.decoding import is_plain_text
from fleet.digest_key import DigestKey
from fleet.errors import PlatformError
from fleet.proofs.facts import Facts, FactsOf, NoFacts, kinds
from fleet.proofs.keys import ProofKeyRing

_log = logging.getLogger(__name__)

VALID_MS = 90 * 86_400_000
"""How long a proof can be relied on: 90 days."""
_WITHHELD = "已隐去，以纸面为准"
"""What stands on the check page, which is open to whoever has the code, in place of a row about health or about others."""
MOST_A_CASE = 5
"""A lost answer or a paper jam makes a terminal ask again; each time a new document with a new code is issued."""
_ITEM_CODE_LENGTH = 64


Owns = Callable[[str, str, str], bool]
"""Tells of a case id, a receipt number and an ID number whether the platform holds that case, and of that very person."""


class ProofDesk:
    """Issues proofs. Safe to use from several threads."""

    def __init__(
        self, database: Database, keys: ProofKeyRing, digests: DigestKey, facts: FactsOf, clock: Clock, owns: Owns
    ) -> None:
        self._database = database
        self._keys = keys
        self._digests = digests
        self._facts = facts
        self._clock = clock
        self._owns = owns

    @property
    def root(self) -> bytes:
        """The root certificate (DER) that terminals pin."""
        return self._keys.at(self._clock()).root

    def issue(self, kiosk_id: str, asked: ProofRequest) -> ProofAnswer:
        """The proof, or one line why there is none. Raises ``StorageUnavailable`` when it cannot be recorded."""
        now_ms = self._clock()
        if problem := request_problem(asked):
            return ProofAnswer(outcome="refused", reason=problem, platform_time_ms=now_ms)
        if not self._owns(asked.case_id, asked.receipt_number, asked.id_number):
            return ProofAnswer(outcome="no_case", reason="您的办件还没有送到平台，请稍后再打印", platform_time_ms=now_ms)
        if self._times_issued(asked.case_id) >= MOST_A_CASE:
            return ProofAnswer(outcome="refused", reason=f"本次办理已出具 {MOST_A_CASE} 份，请重新办理", platform_time_ms=now_ms)
        found = self._facts.facts_of(asked.kind, asked.id_number, asked.name)
        if isinstance(found, NoFacts):
            return ProofAnswer(outcome="not_yet" if found.held else "not_held", reason=found.reason, platform_time_ms=now_ms)
        code = new_code()
        try:
            pdf = self._made(asked, found, code, now_ms)
        except PlatformError as error:
            _log.error("no proof can be made: %s", error)
            return ProofAnswer(outcome="refused", reason="平台暂时无法出具证明，请稍后再来", platform_time_ms=now_ms)
        answer = ProofAnswer(
            outcome="issued",
            platform_time_ms=now_ms,
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            verification_code=code,
            issued_at_ms=now_ms,
            valid_to_ms=now_ms + VALID_MS,
        )
        with self._database.transaction() as connection:
            self._record(connection, kiosk_id, asked, found, answer)
        return answer

    def _times_issued(self, case_id: str) -> int:
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM proofs WHERE case_id = ?", (case_id,)).fetchone()[0])

    def _made(self, asked: ProofRequest, facts: Facts, code: str, now_ms: int) -> bytes:
        from fleet.proofs.layout import ProofPage, draw  # late, like what they import
        from fleet.proofs.signing import sign_pdf

        page = ProofPage(
            kind=asked.kind,
            title=kinds()[asked.kind].title,
            name=asked.name,
            id_number=asked.id_number,
            statement=facts.statement,
            rows=facts.rows,
            purpose=asked.purpose,
            receipt_number=asked.receipt_number,
            code=code,
            issued_at_ms=now_ms,
            valid_to_ms=now_ms + VALID_MS,
            language=asked.language,
        )
        pdf = sign_pdf(draw(page), self._keys.at(now_ms))
        if len(pdf) > MAX_PDF_BYTES:
            raise PlatformError(f"the proof came out larger than {MAX_PDF_BYTES} bytes")
        return pdf

    def _record(
        self, connection: sqlite3.Connection, kiosk_id: str, asked: ProofRequest, facts: Facts, answer: ProofAnswer
    ) -> None:
        withheld = kinds()[asked.kind].withheld
        shown = [(label.zh, _WITHHELD if label.zh in withheld else value) for label, value in facts.rows]
        connection.execute(
            "INSERT INTO proofs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                answer.verification_code,
                answer.sha256,
                asked.kind,
                asked.item_code,
                asked.case_id,
                asked.receipt_number,
                kiosk_id,
                self._digests.person("resident", asked.id_number),
                mask_name(asked.name),
                mask_id_number(asked.id_number),
                msgspec.json.encode(shown),
                answer.issued_at_ms,
                answer.valid_to_ms,
            ),
        )


def request_problem(asked: ProofRequest) -> str:
    """What is wrong with the request, in one line; empty when nothing is."""
    if asked.kind not in kinds():
        return "平台不出具这种证明"
    if not is_id_number("resident", asked.id_number) or not is_plain_text(asked.name, 100):
        return "姓名或公民身份号码不合规则"
    if asked.purpose and not is_plain_text(asked.purpose, MAX_PURPOSE):
        return f"用途不超过 {MAX_PURPOSE} 个字"
    if not receipt_number.is_valid(asked.receipt_number) or not _is_uuid(asked.case_id):
        return "受理号或业务编号不合规则"
    if not (asked.item_code.isascii() and asked.item_code.isalnum() and len(asked.item_code) <= _ITEM_CODE_LENGTH):
        return "事项编码不合规则"
    return ""


def mask_name(name: str) -> str:
    """First character kept, 测试 before it too: ``测试·王**``."""
    mark = "测试·" if name.startswith("测试·") else ""
    rest = name.removeprefix(mark)
    return mark + rest[:1] + "*" * max(1, len(rest) - 1)


def mask_id_number(number: str) -> str:
    """First four and last two characters, the rest starred."""
    return number[:4] + "*" * (len(number) - 6) + number[-2:]


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
