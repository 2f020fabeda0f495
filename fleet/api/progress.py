"""The handler through which terminals ask where somebody's cases are."""

from __future__ import annotations

from litestar import Response, post

from contract.progress import AskProgress
from fleet.api.reading import AnyRequest
from fleet.api.sealed_questions import MAX_QUESTION_BODY, answered


@post("/v1/progress", status_code=200, request_max_body_size=MAX_QUESTION_BODY)
async def ask_progress(request: AnyRequest) -> Response[bytes]:
    """Tell where the cases of the person sealed in the body are. The answer is sealed too."""
    return await answered(request, AskProgress, lambda platform: platform.progress.answer)
