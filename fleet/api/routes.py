"""The handlers of the API. Blocking work (SQLite, cryptography) runs on worker threads."""

from __future__ import annotations

import re

import msgspec
from litestar import Response, get, post
from litestar.concurrency import sync_to_thread

from contract.cases import RatingsAnswer, SubmitAnswer, SubmitCases, SubmitRatings
from contract.kiosks import EnrolRequest, Heartbeat
from fleet.api.problems import ProblemError
from fleet.api.reading import MAX_SMALL_BODY, AnyRequest, Gate, believed, platform_of, read_json, whole_body
from fleet.database import Database
from fleet.decoding import Undecodable, from_msgpack
from fleet.enrolment import EnrolRefused
from fleet.heartbeats import heartbeat_problem
from fleet.intake import MAX_CASES
from fleet.ratings import MAX_RATINGS, take_ratings
from fleet.status_feed import MAX_PAGE, BadCursor, read_feed

JSON = "application/json"
MSGPACK = "application/msgpack"
MAX_CASES_BODY = 8 * 1024 * 1024
"""A delivery is cut at 500 cases or 4 MiB; one last case and what the form adds come on top. Also the limit once decompressed."""
DELIVERIES_AT_ONCE = 32
RETRY_DELIVERY_S = 3.0


@post("/v1/kiosks/enrol", status_code=200, request_max_body_size=MAX_SMALL_BODY)
async def enrol(request: AnyRequest) -> Response[bytes]:
    """Trade a one-time token for an identity. Repeating the request with the same token and key gives the same identity."""
    asked = read_json(await whole_body(request), EnrolRequest)
    outcome = await sync_to_thread(platform_of(request).enrolment.enrol, asked)
    if isinstance(outcome, EnrolRefused):
        raise ProblemError(403 if outcome.code == "bad_token" else 400, outcome.code, outcome.detail)
    return _json(outcome)


@post("/v1/cases", status_code=200, request_max_body_size=MAX_CASES_BODY)
async def submit_cases(request: AnyRequest) -> Response[bytes]:
    """Hand in sealed cases, oldest first. Each has its own outcome; what is accepted is on disk before the answer leaves."""
    gate: Gate = request.app.state.deliveries
    with gate.entered():
        kiosk, body = await believed(request, MAX_CASES_BODY)
        cases = _read_cases(body)
        platform = platform_of(request)
        outcomes = await sync_to_thread(platform.intake.submit, kiosk.kiosk_id, cases.cases)
    answer = SubmitAnswer(outcomes, platform.clock())
    return Response(msgspec.msgpack.encode(answer), media_type=MSGPACK)


@get("/v1/cases/status")
async def case_status(request: AnyRequest) -> Response[bytes]:
    """What became of this terminal's cases since the cursor ``after``, at most ``limit`` changes."""
    kiosk, _ = await believed(request)
    after, limit = request.query_params.get("after", ""), request.query_params.get("limit", str(MAX_PAGE))
    if not (re.fullmatch(r"[0-9]{1,4}", limit) and 1 <= int(limit) <= MAX_PAGE):
        raise ProblemError(400, "bad_request", f"limit is a number from 1 to {MAX_PAGE}")
    platform = platform_of(request)
    try:
        feed = await sync_to_thread(read_feed, platform.database, platform.clock, kiosk.kiosk_id, after, int(limit))
    except BadCursor as error:
        raise ProblemError(400, "bad_request", "the cursor did not come from this feed; leave it out to begin anew") from error
    return _json(feed)


@post("/v1/heartbeats", status_code=200, request_max_body_size=MAX_SMALL_BODY)
async def heartbeat(request: AnyRequest) -> Response[bytes]:
    """Tell how the terminal is; learn the time, the present keys, and when to report next."""
    kiosk, body = await believed(request)
    told = read_json(body, Heartbeat)
    problem = heartbeat_problem(told)
    if problem:
        raise ProblemError(400, "bad_request", problem)
    return _json(await sync_to_thread(platform_of(request).heartbeats.take, kiosk.kiosk_id, told))


@post("/v1/ratings", status_code=200, request_max_body_size=MAX_SMALL_BODY)
async def submit_ratings(request: AnyRequest) -> Response[bytes]:
    """Hand in ratings. The first rating of a case stands."""
    kiosk, body = await believed(request)
    ratings = read_json(body, SubmitRatings).ratings
    if len(ratings) > MAX_RATINGS:
        raise ProblemError(413, "too_large", f"at most {MAX_RATINGS} ratings at once")
    platform = platform_of(request)
    settled = await sync_to_thread(take_ratings, platform.database, platform.clock, kiosk.kiosk_id, ratings)
    return _json(RatingsAnswer(settled, platform.clock()))


class Health(msgspec.Struct, frozen=True):
    """Answer of ``GET /v1/health``."""

    ok: bool
    platform_time_ms: int


@get("/v1/health")
async def health(request: AnyRequest) -> Response[bytes]:
    """Tell that the platform runs and its database can be read. No authentication, nothing about terminals or cases."""
    platform = platform_of(request)
    await sync_to_thread(_read_once, platform.database)
    return _json(Health(True, platform.clock()))


def _read_once(database: Database) -> None:
    with database.reading() as connection:
        connection.execute("SELECT 1 FROM kiosks LIMIT 1").fetchone()


def _read_cases(body: bytes) -> SubmitCases:
    try:
        cases = from_msgpack(body, SubmitCases)
    except Undecodable as error:
        raise ProblemError(400, "bad_request", f"the body {error}") from error
    if len(cases.cases) > MAX_CASES:
        raise ProblemError(413, "too_large", f"at most {MAX_CASES} cases at once")
    return cases


def _json(model: msgspec.Struct) -> Response[bytes]:
    return Response(msgspec.json.encode(model), media_type=JSON)


HANDLERS = (enrol, submit_cases, case_status, heartbeat, submit_ratings, health)
