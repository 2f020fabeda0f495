"""The page on which anyone can check a slip. Open without login; works without scripts; keeps nothing."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

from litestar import MediaType, Response, get, post
from litestar.concurrency import sync_to_thread

from contract.proofs import MAX_UPLOAD_BYTES, code_in
from contract.receipt_checks import ReceiptVerdict
from fleet.api.headers import SECURITY_HEADERS
from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, Gate, platform_of, whole_body
from fleet.api.receipt_checks import CHECK_BODY_S, MAX_CHECK_BODY
from fleet.clock import in_china
from fleet.console.routes import PAGES
from fleet.console.verify_proofs import proof_result, uploaded_file
from fleet.console.verify_result import Result
from fleet.console.verify_words import EXPLANATIONS, HEADINGS, HELD, SAID, TEXTS, Words
from fleet.platform import Platform
from fleet.proofs.check import check_code, check_file
from fleet.receipt_check import check_receipt

_POLICY = "content-security-policy"
_HEADERS = {
    "cache-control": "no-store",
    # The only page with a form; it may be sent to this platform and nowhere else.
    _POLICY: SECURITY_HEADERS[_POLICY].replace("form-action 'none'", "form-action 'self'"),
}
FILES_AT_ONCE = 8
FILE_BODY_S = 30.0
"""A gate of its own: files are large, so they are read inside it, and who sends them slowly keeps only other files waiting."""
_STYLE = (Path(__file__).parent / "static" / "verify.css").read_bytes()


@get("/verify", include_in_schema=False)
async def verify_page() -> Response[str]:
    """The empty form."""
    return _page(None)


@post("/verify", status_code=200, include_in_schema=False, request_max_body_size=MAX_CHECK_BODY)
async def verify_form(request: AnyRequest) -> Response[str]:
    """The form with the result above it. The text travels in the body: addresses end up in logs."""
    gate: Gate = request.app.state.receipt_checks
    try:
        text = _pasted(await whole_body(request, CHECK_BODY_S))
        with gate.entered():
            result = await sync_to_thread(_checked, platform_of(request), text)
    except ProblemError as error:
        if error.code != "busy":
            raise
        return _page(Result("wait", HEADINGS["busy"], EXPLANATIONS["busy"]), error.status, error.headers)
    return _page(result)


@post("/verify/file", status_code=200, include_in_schema=False, request_max_body_size=MAX_UPLOAD_BYTES + MAX_CHECK_BODY)
async def verify_file(request: AnyRequest) -> Response[str]:
    """The form with the verdict on an uploaded proof. The file is neither parsed nor kept."""
    gate: Gate = request.app.state.file_checks
    try:
        with gate.entered():
            pdf = uploaded_file(request.headers.get("content-type", ""), await whole_body(request, FILE_BODY_S))
            platform = platform_of(request)
            verdict = await sync_to_thread(check_file, platform.database, pdf, platform.clock())
    except ProblemError as error:
        if error.code != "busy":
            raise
        return _page(Result("wait", HEADINGS["busy"], EXPLANATIONS["busy"]), error.status, error.headers)
    return _page(proof_result(verdict))


def _checked(platform: Platform, text: str) -> Result:
    if code_in(text) is not None:
        return proof_result(check_code(platform.database, text, platform.clock()))
    return result_of(check_receipt(platform.database, text))


@get("/static/verify.css", include_in_schema=False)
async def verify_style() -> Response[bytes]:
    """What this page adds to the console's style sheet."""
    return Response(_STYLE, media_type="text/css", headers={"cache-control": "no-cache"})


def result_of(verdict: ReceiptVerdict) -> Result:
    """The verdict in plain words."""
    if not verdict.valid:
        return Result("bad", HEADINGS["refused"], EXPLANATIONS[verdict.code])
    facts = [(TEXTS["receipt_number"], _plain(verdict.receipt_number))]
    if verdict.code == "number_only":
        return Result("wait", HEADINGS["number_only"], EXPLANATIONS["number_only"], tuple(facts))
    at_ms = verdict.committed_at_ms or 0
    facts += [
        (TEXTS["item_code"], _plain(verdict.item_code)),
        (TEXTS["committed_at"], _plain(f"{in_china(at_ms):%Y-%m-%d %H:%M}")),
        (TEXTS["kiosk"], _plain(f"{verdict.kiosk_name} ({verdict.kiosk_id})")),
        (TEXTS["said"], SAID[verdict.said]),
        (TEXTS["held"], HELD[_held_key(verdict)]),
    ]
    is_odd = verdict.held == "differs" or (verdict.held == "no" and verdict.said == "delivered")
    return Result("wait" if is_odd else "good", HEADINGS["genuine"], EXPLANATIONS["genuine"], tuple(facts))


def _held_key(verdict: ReceiptVerdict) -> str:
    if verdict.held == "yes":
        return f"yes:{verdict.state}"
    return "no:delivered" if verdict.held == "no" and verdict.said == "delivered" else verdict.held


def _plain(value: str) -> Words:
    return Words(value, "")


def _pasted(body: bytes) -> str:
    """The field of the form. Line ends around it come with pasting; everything else counts, blanks too."""
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=4)
    except (ValueError, UnicodeDecodeError) as error:
        raise ProblemError(400, "bad_request", "the body is not a form") from error
    return fields.get("text", [""])[0].strip("\r\n")


def _page(result: Result | None, status: int = 200, headers: dict[str, str] | None = None) -> Response[str]:
    html = PAGES.get_template("verify.html").render(
        result=result, texts=TEXTS, language="zh", say=lambda key: f"{TEXTS[key].zh} {TEXTS[key].en}"
    )
    return Response(html, media_type=MediaType.HTML, status_code=status, headers=_HEADERS | (headers or {}))


VERIFY_HANDLERS = (verify_page, verify_form, verify_file, verify_style)
