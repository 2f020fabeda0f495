"""The handler through which terminals have certificates checked."""

from __future__ import annotations

from litestar import Response, post

from contract.certificates import CheckCertificate
from fleet.api.reading import AnyRequest
from fleet.api.sealed_questions import MAX_QUESTION_BODY, answered


@post("/v1/certificates/check", status_code=200, request_max_body_size=MAX_QUESTION_BODY)
async def check_certificate(request: AnyRequest) -> Response[bytes]:
    """Tell whether the certificate sealed in the body is that person's and valid today. Each use is on record."""
    return await answered(request, CheckCertificate, lambda platform: platform.certificates.answer)
