"""The handlers of the console."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response, get
from litestar.concurrency import sync_to_thread

from fleet.api.reading import AnyRequest, platform_of
from fleet.console.access import Closed, ConsoleAccess
from fleet.console.facts import read_facts
from fleet.console.view import build_page
from fleet.console.words import Language, say

_HERE = Path(__file__).parent
PAGES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_REALM = 'Basic realm="fleet console", charset="UTF-8"'
_STATUS = {"password_not_set": 403, "password_needed": 401, "too_many_tries": 429}
_NO_STORE = {"cache-control": "no-store"}


@get(["/", "/console"], include_in_schema=False)
async def console(request: AnyRequest) -> Response[str]:
    """The fleet on one page."""
    closed = await _closed(request)
    language = _language(request)
    if closed is not None:
        return _closed_page(closed, language)
    html = await sync_to_thread(_render, request, language)
    return Response(html, media_type=MediaType.HTML, headers=_NO_STORE)


def _render(request: AnyRequest, language: Language) -> str:
    platform = platform_of(request)
    asked = request.query_params.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 6 else 1
    view = build_page(read_facts(platform.database), platform.clock(), language, page)
    return PAGES.get_template("console.html").render(view=view, say=view.say, language=language)


@get("/static/console.css", include_in_schema=False)
async def style() -> Response[bytes]:
    """The console's style sheet."""
    return Response(_STYLE, media_type="text/css", headers={"cache-control": "no-cache"})


@get("/static/console.js", include_in_schema=False)
async def script() -> Response[bytes]:
    """The console's script: keeps the page fresh without moving it under the reader."""
    return Response(_SCRIPT, media_type="text/javascript", headers={"cache-control": "no-cache"})


_STYLE = (_HERE / "static" / "console.css").read_bytes()
_SCRIPT = (_HERE / "static" / "console.js").read_bytes()


async def _closed(request: AnyRequest) -> Closed | None:
    access: ConsoleAccess = request.app.state.console
    headers = request.headers
    is_forwarded = any(name in headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    address = request.client.host if request.client else ""
    authorization, host = headers.get("authorization", ""), headers.get("host", "")
    return await sync_to_thread(access.check, authorization, host, address, is_forwarded=is_forwarded)


def _closed_page(closed: Closed, language: Language) -> Response[str]:
    status = _STATUS[closed.code]
    headers = dict(_NO_STORE)
    if status == 401:
        headers["www-authenticate"] = _REALM
    if closed.retry_after_s > 0:
        headers["retry-after"] = str(int(closed.retry_after_s) + 1)

    def words(key: str, **values: object) -> str:
        return say(language, key, **values)

    html = PAGES.get_template("closed.html").render(closed=closed, say=words, language=language)
    return Response(html, media_type=MediaType.HTML, status_code=status, headers=headers)


def _language(request: AnyRequest) -> Language:
    return "en" if request.query_params.get("lang") == "en" else "zh"


CONSOLE_HANDLERS = (console, style, script)
