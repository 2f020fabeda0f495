"""The part of the check page that is about proofs: words of a verdict, and the uploaded file."""

from __future__ import annotations

import re

from contract.proofs import MAX_UPLOAD_BYTES, ProofVerdict, grouped
from fleet.api.problems import ProblemError
from fleet.clock import in_china
from fleet.console.verify_result import Result
from fleet.console.verify_words import Words

_BOUNDARY = re.compile(r'multipart/form-data;\s*boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?', re.IGNORECASE)

_HEADINGS = {
    "valid": Words("证明是真的", "The proof is genuine"),
    "expired": Words("证明是真的，但已过有效期", "The proof is genuine but has expired"),
    "changed": Words("文件被改动过", "The file was changed"),
    "unknown": Words("没有查到", "Not found"),
    "mistyped": Words("验证码不对", "The code is wrong"),
}
_EXPLANATIONS = {
    "valid": Words("由本平台出具。请把下面的内容与纸上的逐项核对。", "Issued here. Compare the lines below with the paper."),
    "expired": Words("请办事人重新开具。内容如下。", "Ask for a new one. It said:"),
    "changed": Words(
        "它写着本平台的验证码，但不是本平台签发的那个文件。",
        "It names a code of this platform but is not the file that was signed.",
    ),
    "unknown": Words("不是本平台出具的证明，或者被改动过。", "Not a proof of this platform, or altered."),
    "mistyped": Words("校验位不对：输错了，或被改动过。", "Its check character is wrong: mistyped or altered."),
}


def proof_result(verdict: ProofVerdict) -> Result:
    """The verdict in plain words."""
    code = verdict.code
    if code not in ("valid", "expired"):
        return Result("bad", _HEADINGS[code], _EXPLANATIONS[code])
    facts = [
        (Words("证明", "Proof"), Words(verdict.title, "")),
        (Words("验证码", "Code"), Words(grouped(verdict.verification_code), "")),
        (Words("姓名", "Name"), Words(verdict.masked_name, "")),
        (Words("公民身份号码", "ID number"), Words(verdict.masked_id_number, "")),
        *((Words(label, ""), Words(value, "")) for label, value in verdict.facts),
        (Words("出具时间", "Issued"), Words(f"{in_china(verdict.issued_at_ms or 0):%Y-%m-%d %H:%M}", "")),
        (Words("有效期至", "Valid until"), Words(f"{in_china(verdict.valid_to_ms or 0):%Y-%m-%d}", "")),
    ]
    return Result("good" if code == "valid" else "wait", _HEADINGS[code], _EXPLANATIONS[code], tuple(facts))


def uploaded_file(content_type: str, body: bytes) -> bytes:
    """The one file of a form (RFC 7578). Raises ``ProblemError``.

    Read here and not by the web library, which would put a large file on the disk.
    """
    found = _BOUNDARY.fullmatch(content_type.strip())
    if found is None:
        raise ProblemError(400, "bad_request", "the body is not a form with a file")
    mark = b"--" + found[1].encode()
    head, blank, rest = body.partition(b"\r\n\r\n")
    content, end, _ = rest.rpartition(b"\r\n" + mark + b"--")
    if not head.startswith(mark + b"\r\n") or not blank or not end or b"\r\n" + mark in content:
        raise ProblemError(400, "bad_request", "the body is not a form with one file")
    if len(content) > MAX_UPLOAD_BYTES:
        raise ProblemError(413, "too_large", f"a proof has at most {MAX_UPLOAD_BYTES} bytes")
    return content
