"""``POST /v1/search-misses``: what residents looked for on a terminal and did not find."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread

from contract.search_misses import MAX_MISSES, SearchMissesAnswer, SubmitSearchMisses
from fleet.api.problems import ProblemError
from fleet.api.reading import MAX_SMALL_BODY, AnyRequest, believed, platform_of, read_json
from fleet.search_misses import take_misses


@post("/v1/search-misses", status_code=200, request_max_body_size=MAX_SMALL_BODY)
async def submit_search_misses(request: AnyRequest) -> Response[bytes]:
    """Tell of searches that found nothing. A report that comes twice counts once."""
    kiosk, body = await believed(request)
    misses = read_json(body, SubmitSearchMisses).misses
    if len(misses) > MAX_MISSES:
        raise ProblemError(413, "too_large", f"at most {MAX_MISSES} searches at once")
    platform = platform_of(request)
    settled = await sync_to_thread(take_misses, platform.database, platform.clock, kiosk.kiosk_id, misses)
    return Response(msgspec.json.encode(SearchMissesAnswer(settled, platform.clock())), media_type="application/json")
