"""The web application: API, console, and what holds for every answer."""

from __future__ import annotations

from litestar import Litestar
from litestar.datastructures import ResponseHeader, State

from fleet.api.catalogues import CATALOGUE_HANDLERS
from fleet.api.certificates import check_certificate
from fleet.api.headers import SECURITY_HEADERS
from fleet.api.identification import IDENTIFICATION_HANDLERS, IDENTIFICATIONS_AT_ONCE, RETRY_IDENTIFICATION_S
from fleet.api.materials import CHUNKS_AT_ONCE, MATERIAL_HANDLERS, RETRY_CHUNK_S
from fleet.api.openapi import make_config
from fleet.api.portraits import fetch_portrait
from fleet.api.problems import Problems
from fleet.api.progress import ask_progress
from fleet.api.proofs import PROOF_HANDLERS, PROOFS_AT_ONCE, RETRY_PROOF_S
from fleet.api.reading import MAX_SMALL_BODY, Gate
from fleet.api.receipt_checks import CHECKS_AT_ONCE, RETRY_CHECK_S, verify_receipt
from fleet.api.routes import DELIVERIES_AT_ONCE, HANDLERS, RETRY_DELIVERY_S
from fleet.api.search_misses import submit_search_misses
from fleet.api.sharing import request_shared_data
from fleet.console.access import ConsoleAccess
from fleet.console.routes import CONSOLE_HANDLERS
from fleet.console.verify import FILES_AT_ONCE, VERIFY_HANDLERS
from fleet.platform import Platform


def create_app(platform: Platform, *, listens_on_loopback: bool) -> Litestar:
    """The application for ``platform``, which stays the caller's to close."""
    state = State(
        {
            "platform": platform,
            "deliveries": Gate(DELIVERIES_AT_ONCE, RETRY_DELIVERY_S),
            "receipt_checks": Gate(CHECKS_AT_ONCE, RETRY_CHECK_S),
            "file_checks": Gate(FILES_AT_ONCE, RETRY_CHECK_S),
            "identifications": Gate(IDENTIFICATIONS_AT_ONCE, RETRY_IDENTIFICATION_S),
            "proofs": Gate(PROOFS_AT_ONCE, RETRY_PROOF_S),
            "chunks": Gate(CHUNKS_AT_ONCE, RETRY_CHUNK_S),
            "console": ConsoleAccess(platform.operators, listens_on_loopback=listens_on_loopback),
        }
    )
    return Litestar(
        route_handlers=[
            *HANDLERS,
            submit_search_misses,
            *MATERIAL_HANDLERS,
            *IDENTIFICATION_HANDLERS,
            request_shared_data,
            *CATALOGUE_HANDLERS,
            fetch_portrait,
            ask_progress,
            check_certificate,
            verify_receipt,
            *PROOF_HANDLERS,
            *CONSOLE_HANDLERS,
            *VERIFY_HANDLERS,
        ],
        exception_handlers=Problems(platform.clock).handlers,
        openapi_config=make_config(),
        request_max_body_size=MAX_SMALL_BODY,
        response_headers=[ResponseHeader(name=name, value=value) for name, value in SECURITY_HEADERS.items()],
        state=state,
        logging_config=None,
    )
