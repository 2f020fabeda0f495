"""The OpenAPI document: Litestar's routes, with bodies and parameters described from the contract's own models."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from contract.cases import RatingsAnswer, StatusFeed, SubmitAnswer, SubmitCases, SubmitRatings
from contract.catalogues import CatalogueAnswer
from contract.certificates import CertificateAnswer, CheckCertificate
from contract.credentials import RedeemAnswer, RedeemCredential
from contract.kiosks import EnrolAnswer, EnrolRequest, Heartbeat, HeartbeatAnswer, Problem
from contract.materials import MaterialState
from contract.portraits import PortraitAnswer, RequestPortrait
from contract.progress import AskProgress, ProgressAnswer
from contract.proofs import ProofAnswer, ProofRequest, ProofVerdict, VerifyProof
from contract.receipt_checks import ReceiptVerdict, VerifyReceipt
from contract.search_misses import SearchMissesAnswer, SubmitSearchMisses
from contract.sharing import RequestSharedData, SharedDataAnswer
from contract.sms import ConfirmSmsCode, RequestSmsCode, SmsCodeSent, SmsCodeVerdict
from fleet.api.routes import JSON, MSGPACK, Health

_REFERENCE = "#/components/schemas/{name}"
_PATH_PARAMETER = re.compile(r"\{(\w+)\}")
_TOKEN_SCHEME = "kioskToken"  # noqa: S105 - a name in the document


@dataclass(frozen=True, slots=True)
class _Bodies:
    path: str
    method: str
    answer: type
    request: type | None = None
    """``None`` for no body, ``bytes`` for plain bytes."""
    form: str = JSON
    answer_form: str = ""
    """Media type of the answer where it is not the body's."""
    is_signed: bool = True
    query: tuple[str, ...] = ()


_ENDPOINTS = (
    _Bodies("/v1/kiosks/enrol", "post", EnrolAnswer, EnrolRequest, is_signed=False),
    _Bodies("/v1/cases", "post", SubmitAnswer, SubmitCases, form=MSGPACK),
    _Bodies("/v1/cases/status", "get", StatusFeed, query=("after", "limit")),
    _Bodies("/v1/materials/{digest}", "get", MaterialState),
    _Bodies("/v1/materials/{digest}", "put", MaterialState, bytes, query=("offset", "size")),
    _Bodies("/v1/heartbeats", "post", HeartbeatAnswer, Heartbeat),
    _Bodies("/v1/ratings", "post", RatingsAnswer, SubmitRatings),
    _Bodies("/v1/search-misses", "post", SearchMissesAnswer, SubmitSearchMisses),
    _Bodies("/v1/credentials/redeem", "post", RedeemAnswer, RedeemCredential),
    _Bodies("/v1/sms-codes", "post", SmsCodeSent, RequestSmsCode),
    _Bodies("/v1/sms-codes/confirm", "post", SmsCodeVerdict, ConfirmSmsCode),
    _Bodies("/v1/catalogue", "get", CatalogueAnswer),
    _Bodies("/v1/shared-data", "post", SharedDataAnswer, RequestSharedData),
    _Bodies("/v1/certificates/check", "post", CertificateAnswer, CheckCertificate),
    _Bodies("/v1/progress", "post", ProgressAnswer, AskProgress),
    _Bodies("/v1/portraits", "post", PortraitAnswer, RequestPortrait),
    _Bodies("/v1/receipts/verify", "post", ReceiptVerdict, VerifyReceipt, is_signed=False),
    _Bodies("/v1/proofs", "post", ProofAnswer, ProofRequest, answer_form=MSGPACK),
    _Bodies("/v1/proofs/verify", "post", ProofVerdict, VerifyProof, is_signed=False),
    _Bodies("/v1/health", "get", Health, is_signed=False),
)


class _ContractPlugin(JsonRenderPlugin):
    """Serves the document as JSON. The pages that draw it are left out: they load scripts from elsewhere."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as JSON."""
        return self.render_json(request, describe(openapi_schema))


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` with the contract's models in the places of the bodies."""
    models = [model for endpoint in _ENDPOINTS for model in (endpoint.request, endpoint.answer) if model not in (None, bytes)]
    _, schemas = msgspec.json.schema_components([*models, Problem], ref_template=_REFERENCE)
    token = {"type": "http", "scheme": "bearer", "bearerFormat": "JWS", "description": "See contract.authentication."}
    described = {path: dict(item) for path, item in document["paths"].items()}
    for endpoint in _ENDPOINTS:
        operation = dict(described[endpoint.path][endpoint.method])
        operation["responses"] = {
            "200": {"description": "Done", "content": _content(endpoint.answer, endpoint.answer_form or endpoint.form)},
            "default": {"description": "Not done", "content": _content(Problem, JSON)},
        }
        if endpoint.request is not None:
            operation["requestBody"] = {"required": True, "content": _content(endpoint.request, endpoint.form)}
        places = [("path", name) for name in _PATH_PARAMETER.findall(endpoint.path)] + [
            ("query", name) for name in endpoint.query
        ]
        if places:
            operation["parameters"] = [
                {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}} for place, name in places
            ]
        if endpoint.is_signed:
            operation["security"] = [{_TOKEN_SCHEME: []}]
        described[endpoint.path][endpoint.method] = operation
    return {**document, "paths": described, "components": {"schemas": schemas, "securitySchemes": {_TOKEN_SCHEME: token}}}


def _content(model: type, form: str) -> dict[str, Any]:
    if model is bytes:
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {form: {"schema": {"$ref": _REFERENCE.format(name=model.__name__)}}}


def make_config() -> OpenAPIConfig:
    """For ``Litestar(openapi_config=…)``: one JSON document at ``/schema/openapi.json``."""
    try:
        ours = version("oueban")
    except PackageNotFoundError:
        ours = "0"
    return OpenAPIConfig(title="瓯e办 platform", version=ours, path="/schema", render_plugins=[_ContractPlugin()])
