"""The handler through which terminals get the catalogue in force."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.concurrency import sync_to_thread

from contract.catalogues import CatalogueAnswer
from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, believed, platform_of


@get("/v1/catalogue")
async def published_catalogue(request: AnyRequest) -> Response[bytes]:
    """The catalogue in force, signed; nothing when the terminal has it already (``If-None-Match``)."""
    await believed(request)
    platform = platform_of(request)
    found = await sync_to_thread(platform.catalogues.published)
    if found is None:
        raise ProblemError(404, "no_catalogue", "no catalogue is published")
    signed, etag = found
    headers = {"etag": etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match", "") == etag:
        return Response(b"", status_code=304, headers=headers)
    answer = CatalogueAnswer(catalogue=signed, platform_time_ms=platform.clock())
    return Response(msgspec.json.encode(answer), media_type="application/json", headers=headers)


CATALOGUE_HANDLERS = (published_catalogue,)
