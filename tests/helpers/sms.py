"""What a terminal sends to have a code sent, made from the contract and a public library only; and the messages laid down."""

from __future__ import annotations

import re

import msgspec

from contract.kiosks import SealingKey
from contract.sms import RequestSmsCode, SmsCodeSent, SmsCodeVerdict, SmsPerson, sms_info
from fleet.sms_gateway import SmsMessage, SmsNotSent
from tests.helpers.terminal import SAMPLE_NAME, SAMPLE_NUMBER, Terminal, seal_under


class KeptMessages:
    """A gateway that keeps what it was given, or is broken."""

    def __init__(self) -> None:
        self.messages: list[SmsMessage] = []
        self.is_broken = False

    def send(self, message: SmsMessage) -> None:
        if self.is_broken:
            raise SmsNotSent("the gateway does not answer")
        self.messages.append(message)

    @property
    def last_code(self) -> str:
        return code_in(self.messages[-1].text)


def code_in(text: str) -> str:
    found = re.search(r"[0-9]{6}", text)
    assert found is not None, text
    return found[0]


def sealed_request(terminal: Terminal, key: SealingKey | None = None, *, info: bytes = b"", **person: str) -> RequestSmsCode:
    key = key or terminal.identity.sealing_keys[0]
    values = {"id_type": "resident", "id_number": SAMPLE_NUMBER, "name": SAMPLE_NAME} | person
    content = msgspec.json.encode(SmsPerson(**values))
    sealed = seal_under(key, info or sms_info(terminal.identity.kiosk_id), content)
    return RequestSmsCode(suite=key.suite, sealing_key_id=key.key_id, sealed=sealed)


def ask(terminal: Terminal, request: RequestSmsCode | None = None, **person: str) -> tuple[int, SmsCodeSent | str]:
    """Status, and what was answered: a message under way, or the code of a problem."""
    body = msgspec.json.encode(request or sealed_request(terminal, **person))
    response = terminal.send("POST", "/v1/sms-codes", body)
    if response.status_code == 200:
        return 200, msgspec.json.decode(response.content, type=SmsCodeSent)
    return response.status_code, response.json()["code"]


def sent(terminal: Terminal, **person: str) -> SmsCodeSent:
    status, answer = ask(terminal, **person)
    assert isinstance(answer, SmsCodeSent), (status, answer)
    return answer


def confirm(terminal: Terminal, request_id: str, code: str) -> tuple[str, int]:
    body = msgspec.json.encode({"request_id": request_id, "code": code})
    response = terminal.send("POST", "/v1/sms-codes/confirm", body)
    assert response.status_code == 200, response.text
    verdict = msgspec.json.decode(response.content, type=SmsCodeVerdict)
    return verdict.outcome, verdict.tries_left
