"""The line to the platform: HTTP with certificate checks, limits on everything, and no trust in whoever else may answer.

A captive portal's friendly page is no answer: only the expected media type that decodes as the expected model counts.
Redirects are not followed. A client may be used by several threads at once.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar

import httpx
import msgspec

from contract.cases import Rating, RatingsAnswer, SealedCase, StatusFeed, SubmitAnswer, SubmitCases, SubmitRatings
from contract.catalogues import CatalogueAnswer
from contract.certificates import CertificateAnswer, CheckCertificate
from contract.compression import ZSTD, zstd
from contract.credentials import RedeemAnswer, RedeemCredential
from contract.kiosks import EnrolAnswer, EnrolRequest, Heartbeat, HeartbeatAnswer, Problem
from contract.materials import MaterialState
from contract.portraits import PortraitAnswer, RequestPortrait
from contract.progress import AskProgress, ProgressAnswer
from contract.proofs import ProofAnswer, ProofRequest
from contract.search_misses import SearchMiss, SearchMissesAnswer, SubmitSearchMisses
from contract.sharing import RequestSharedData, SharedDataAnswer
from contract.sms import ConfirmSmsCode, RequestSmsCode, SmsCodeSent, SmsCodeVerdict
from offline_queue.clock import Clock, Stamp, SystemClock
from offline_queue.decoding import UNDECODABLE
from offline_queue.identity import Identity, IdentitySource
from offline_queue.platform_time import PlatformTime
from offline_queue.policy import Failure, FailureKind, classify, parse_retry_after
from offline_queue.settings import TransportSettings
from offline_queue.throttle import Throttle
from offline_queue.tls import CertificateNotPinned, make_context
from offline_queue.tokens import make_token

JSON = "application/json"
MSGPACK = "application/msgpack"
BYTES = "application/octet-stream"
_ZSTD_LEVEL = 1
"""What is sealed does not get smaller; the headers around it do, and level 1 costs next to nothing."""
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*|[0-9A-Fa-f:.]+")
_NO_HEADERS: Mapping[str, str] = {}
_Answer = TypeVar(
    "_Answer",
    SubmitAnswer,
    StatusFeed,
    RatingsAnswer,
    SearchMissesAnswer,
    EnrolAnswer,
    HeartbeatAnswer,
    MaterialState,
    RedeemAnswer,
    SmsCodeSent,
    SmsCodeVerdict,
    CatalogueAnswer,
    SharedDataAnswer,
    PortraitAnswer,
    ProofAnswer,
    ProgressAnswer,
    CertificateAnswer,
)


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    media_type: str
    retry_after: str | None
    body: bytes
    sent: Stamp
    received: Stamp


class _Unusable(Exception):
    """An answer that breaks a limit; the message is the failure's code."""


def check_base_url(base_url: str) -> str:
    """The address without a trailing slash; ``ValueError`` unless it is https, or http to this very machine."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ValueError(f"not an address: {base_url!r}") from error
    known_scheme, host = url.scheme in ("http", "https"), _HOST.fullmatch(url.raw_host.decode("ascii"))
    if not known_scheme or not host or url.userinfo or url.query or url.fragment:
        raise ValueError(f"not an address of a platform: {base_url!r}")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise ValueError("a platform elsewhere must be reached by https")
    return str(url).rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class PlatformClient:
    """Requests to one platform. Each returns the decoded answer or a ``Failure``; nothing the network does is an exception."""

    def __init__(
        self,
        base_url: str,
        identity: IdentitySource,
        platform_time: PlatformTime,
        *,
        settings: TransportSettings | None = None,
        clock: Clock | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """``ValueError`` for an address that is none, or not safe (``check_base_url``), or TLS settings that are unusable."""
        self._base_url = check_base_url(base_url)
        self._identity = identity
        self._platform_time = platform_time
        self._settings = settings or TransportSettings()
        self._clock = clock or SystemClock()
        self._random_bytes = random_bytes
        limits = self._settings
        self._compresses = True
        self._throttle = Throttle(limits.max_bytes_per_s)
        self._http = httpx.Client(
            verify=make_context(limits),
            timeout=httpx.Timeout(limits.io_timeout_s, connect=limits.connect_timeout_s),
            follow_redirects=False,
            # Proxy variables of whoever started the process have no say in where cases go.
            trust_env=False,
        )

    def close(self) -> None:
        """Close idle connections; safe to repeat. A request that is being held back goes on at full speed, to its end."""
        self._throttle.release()
        self._http.close()

    def __enter__(self) -> PlatformClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, cases: tuple[SealedCase, ...]) -> SubmitAnswer | Failure:
        """Hand in cases, oldest first."""
        body = msgspec.msgpack.encode(SubmitCases(cases))
        return self._signed("POST", "/v1/cases", body, MSGPACK, SubmitAnswer)

    def material_state(self, digest: str) -> MaterialState | Failure:
        """How much of a material the platform holds."""
        return self._signed("GET", f"/v1/materials/{digest}", b"", JSON, MaterialState)

    def put_material(self, digest: str, offset: int, size: int, chunk: bytes) -> MaterialState | Failure:
        """Add a chunk at its place."""
        query = str(httpx.QueryParams({"offset": offset, "size": size}))
        return self._signed("PUT", f"/v1/materials/{digest}?{query}", chunk, BYTES, MaterialState, accept=JSON)

    def status(self, after: str, limit: int) -> StatusFeed | Failure:
        """One page of what became of delivered cases."""
        query = str(httpx.QueryParams({"after": after, "limit": limit}))
        return self._signed("GET", f"/v1/cases/status?{query}", b"", JSON, StatusFeed)

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer | Failure:
        """Tell how this machine is."""
        return self._signed("POST", "/v1/heartbeats", msgspec.json.encode(heartbeat), JSON, HeartbeatAnswer)

    def rate(self, ratings: tuple[Rating, ...]) -> RatingsAnswer | Failure:
        """Hand in ratings."""
        return self._signed("POST", "/v1/ratings", msgspec.json.encode(SubmitRatings(ratings)), JSON, RatingsAnswer)

    def report_misses(self, misses: tuple[SearchMiss, ...]) -> SearchMissesAnswer | Failure:
        """Tell of searches that found nothing."""
        body = msgspec.json.encode(SubmitSearchMisses(misses))
        return self._signed("POST", "/v1/search-misses", body, JSON, SearchMissesAnswer)

    def redeem_credential(self, request: RedeemCredential) -> RedeemAnswer | Failure:
        """Tell that a credential is being used."""
        return self._signed("POST", "/v1/credentials/redeem", msgspec.json.encode(request), JSON, RedeemAnswer)

    def request_sms_code(self, request: RequestSmsCode) -> SmsCodeSent | Failure:
        """Have a code sent to the person named in ``request``."""
        return self._signed("POST", "/v1/sms-codes", msgspec.json.encode(request), JSON, SmsCodeSent)

    def confirm_sms_code(self, request: ConfirmSmsCode) -> SmsCodeVerdict | Failure:
        """Ask whether a code is the one that was sent."""
        return self._signed("POST", "/v1/sms-codes/confirm", msgspec.json.encode(request), JSON, SmsCodeVerdict)

    def request_shared_data(self, request: RequestSharedData) -> SharedDataAnswer | Failure:
        """Ask authorities for what they know of the person named in ``request``."""
        return self._signed("POST", "/v1/shared-data", msgspec.json.encode(request), JSON, SharedDataAnswer)

    def check_certificate(self, request: CheckCertificate) -> CertificateAnswer | Failure:
        """Have the certificate named in ``request`` checked."""
        return self._signed("POST", "/v1/certificates/check", msgspec.json.encode(request), JSON, CertificateAnswer)

    def ask_progress(self, request: AskProgress) -> ProgressAnswer | Failure:
        """Ask where the cases of the person named in ``request`` are."""
        return self._signed("POST", "/v1/progress", msgspec.json.encode(request), JSON, ProgressAnswer)

    def request_portrait(self, request: RequestPortrait) -> PortraitAnswer | Failure:
        """Ask for the platform's photo of the person named in ``request``."""
        return self._signed("POST", "/v1/portraits", msgspec.json.encode(request), JSON, PortraitAnswer)

    def catalogue(self, etag: str) -> CatalogueAnswer | Failure:
        """The catalogue in force; the failure ``not_modified`` when ``etag`` names it."""
        extra = {"if-none-match": etag} if etag else {}
        answer = self._once_signed("GET", "/v1/catalogue", b"", "", JSON, CatalogueAnswer, "", extra)
        if isinstance(answer, Failure) and answer.kind is FailureKind.AUTHORISATION and answer.code != "not_enrolled":
            answer = self._once_signed("GET", "/v1/catalogue", b"", "", JSON, CatalogueAnswer, "", extra)
        return answer

    def request_proof(self, request: ProofRequest) -> ProofAnswer | Failure:
        """Have a signed proof made."""
        return self._signed("POST", "/v1/proofs", msgspec.json.encode(request), JSON, ProofAnswer, accept=MSGPACK)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer | Failure:
        """Trade a one-time token for an identity; the one request that is not signed."""
        return self._unsigned("POST", "/v1/kiosks/enrol", msgspec.json.encode(request), JSON, EnrolAnswer, {})

    def _signed(
        self, method: str, target: str, body: bytes, media_type: str, model: type[_Answer], *, accept: str = ""
    ) -> _Answer | Failure:
        """One request; after an authorisation failure once more, with a new token and the time learned from the refusal.

        A platform that does not take compressed bodies says so once, and gets them plain from then on.
        """
        answer = self._once_signed(method, target, *self._packed(body), media_type, model, accept)
        if isinstance(answer, Failure) and answer.code == "unsupported_encoding" and self._compresses:
            self._compresses = False
            answer = self._once_signed(method, target, body, "", media_type, model, accept)
        if isinstance(answer, Failure) and answer.kind is FailureKind.AUTHORISATION and answer.code != "not_enrolled":
            answer = self._once_signed(method, target, *self._packed(body), media_type, model, accept)
        return answer

    def _packed(self, body: bytes) -> tuple[bytes, str]:
        """The body as it goes over the wire, and its encoding; the token covers these bytes."""
        if not self._compresses or len(body) < self._settings.compress_from_bytes:
            return body, ""
        packed = zstd.compress(body, _ZSTD_LEVEL)
        return (packed, ZSTD) if len(packed) < len(body) else (body, "")

    def _once_signed(  # noqa: PLR0917 - the sides of a request
        self,
        method: str,
        target: str,
        body: bytes,
        encoding: str,
        media_type: str,
        model: type[_Answer],
        accept: str,
        extra: Mapping[str, str] = _NO_HEADERS,
    ) -> _Answer | Failure:
        identity: Identity | None = self._identity.current()
        if identity is None:
            return Failure(FailureKind.AUTHORISATION, "not_enrolled")
        as_sent = httpx.URL(self._base_url + target).raw_path.decode("ascii")
        token = make_token(identity, method, as_sent, body, now_ms=self._platform_time.now_ms(), random_bytes=self._random_bytes)
        headers = {"authorization": f"Bearer {token}", **extra} | ({"content-encoding": encoding} if encoding else {})
        return self._unsigned(method, target, body, media_type, model, headers, accept=accept)

    def _unsigned(
        self,
        method: str,
        target: str,
        body: bytes,
        media_type: str,
        model: type[_Answer],
        headers: dict[str, str],
        *,
        accept: str = "",
    ) -> _Answer | Failure:
        accept = accept or media_type
        headers = {"accept": accept, "accept-encoding": "identity", **headers}
        if body:
            headers["content-type"] = media_type
        try:
            reply = self._exchange(method, target, body, headers)
        except _Unusable as problem:
            return Failure(FailureKind.TEMPORARY, str(problem))
        except httpx.HTTPError as error:
            return Failure(FailureKind.TEMPORARY, _code_of(error), type(error).__name__)
        return self._decode(reply, accept, model)

    def _exchange(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> _Reply:
        sent = self._clock.now()
        ends_at_ms = sent.monotonic_ms + round(self._settings.request_limit_s * 1000)
        content_length = {"content-length": str(len(body))} if body else {}
        content = self._throttle.paced(body) if body else None
        with self._http.stream(method, self._base_url + target, content=content, headers=headers | content_length) as response:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise _Unusable("unexpected_encoding")
            told = bytearray()
            for chunk in response.iter_raw():
                told += chunk
                if len(told) > self._settings.max_answer_bytes:
                    raise _Unusable("answer_too_large")
                # The read time-out starts anew with every byte; this one does not.
                if self._clock.now().monotonic_ms > ends_at_ms:
                    raise _Unusable("timeout")
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            retry_after = response.headers.get("retry-after")
            return _Reply(response.status_code, media_type, retry_after, bytes(told), sent, self._clock.now())

    def _decode(self, reply: _Reply, media_type: str, model: type[_Answer]) -> _Answer | Failure:
        if not 200 <= reply.status < 300:
            return self._refusal(reply)
        if reply.media_type != media_type:
            return Failure(FailureKind.TEMPORARY, "not_the_platform", f"answer of type {reply.media_type[:60]!r}")
        decode = msgspec.msgpack.decode if media_type == MSGPACK else msgspec.json.decode
        try:
            answer = decode(reply.body, type=model)
        except UNDECODABLE:
            return Failure(FailureKind.TEMPORARY, "unreadable_answer")
        self._platform_time.learn(answer.platform_time_ms, reply.sent, reply.received)
        return answer

    def _refusal(self, reply: _Reply) -> Failure:
        retry_after_s = parse_retry_after(reply.retry_after, reply.received.wall_ms)
        if reply.status == 304:
            return Failure(FailureKind.TEMPORARY, "not_modified")
        if 300 <= reply.status < 400:
            return Failure(FailureKind.TEMPORARY, "redirected", f"HTTP {reply.status}", retry_after_s)
        problem: Problem | None = None
        if reply.media_type in (JSON, "application/problem+json"):
            try:
                problem = msgspec.json.decode(reply.body, type=Problem)
            except UNDECODABLE:
                problem = None  # some box in between that speaks JSON as well
        kind = classify(reply.status, problem.code if problem else None)
        if problem is None:
            return Failure(kind, f"http_{reply.status}", "", retry_after_s)
        self._platform_time.learn(problem.platform_time_ms, reply.sent, reply.received)
        return Failure(kind, problem.code[:60], problem.detail[:500], retry_after_s)


def _code_of(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, CertificateNotPinned):
            return "certificate_not_pinned"
        if isinstance(cause, ssl.SSLError):
            return "certificate_not_trusted" if isinstance(cause, ssl.SSLCertVerificationError) else "tls_failed"
        cause = cause.__cause__ or cause.__context__
    return "unreachable" if isinstance(error, httpx.ConnectError) else "line_broken"
