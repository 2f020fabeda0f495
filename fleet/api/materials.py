"""The handlers for materials."""

from __future__ import annotations

import re

import msgspec
from litestar import Response, get, put
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath

from contract.materials import MAX_CHUNK_BYTES, MaterialState
from fleet.api.problems import ProblemError
from fleet.api.reading import AnyRequest, Gate, believed, platform_of
from fleet.materials import RETRY_LATER_S, Chunk, NotTaken

MAX_CHUNK_BODY = MAX_CHUNK_BYTES + 64 * 1024
"""Sealed bytes do not compress; a frame around them makes them a little longer."""
CHUNKS_AT_ONCE = 16
RETRY_CHUNK_S = 3.0
_STATUS = {"bad_request": 400, "wrong_digest": 422, "busy": 503}
_NUMBER = re.compile(r"[0-9]{1,10}")


@get("/v1/materials/{digest:str}")
async def material_state(request: AnyRequest, digest: FromPath[str]) -> Response[bytes]:
    """Tell how many bytes of a material are held."""
    await believed(request)
    return _answer(await sync_to_thread(platform_of(request).materials.state, digest))


@put("/v1/materials/{digest:str}", request_max_body_size=MAX_CHUNK_BODY)
async def add_to_material(request: AnyRequest, digest: FromPath[str]) -> Response[bytes]:
    """Add a chunk at ``offset`` to a material of ``size`` bytes. What is held is on disk before the answer leaves."""
    gate: Gate = request.app.state.chunks
    with gate.entered():
        kiosk, content = await believed(request, MAX_CHUNK_BYTES)
        if len(content) > MAX_CHUNK_BYTES:
            raise ProblemError(413, "too_large", f"a chunk has at most {MAX_CHUNK_BYTES} bytes")
        chunk = Chunk(digest, _number(request, "offset"), _number(request, "size"), content)
        return _answer(await sync_to_thread(platform_of(request).materials.add, kiosk.kiosk_id, chunk))


def _number(request: AnyRequest, name: str) -> int:
    text = request.query_params.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise ProblemError(400, "bad_request", f"{name} is a number of bytes")
    return int(text)


def _answer(outcome: MaterialState | NotTaken) -> Response[bytes]:
    if isinstance(outcome, NotTaken):
        retry_after_s = RETRY_LATER_S if outcome.code == "busy" else None
        raise ProblemError(_STATUS[outcome.code], outcome.code, outcome.detail, retry_after_s=retry_after_s)
    return Response(msgspec.json.encode(outcome), media_type="application/json")


MATERIAL_HANDLERS = (material_state, add_to_material)
