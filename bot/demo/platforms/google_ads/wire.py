"""The gRPC side: methods by path, requests from bytes, refusals in trailing metadata, pages.

gRPC clients insist on TLS: a certificate for localhost is made when it is first needed, one a
process, as gRPC reads `GRPC_DEFAULT_SSL_ROOTS_FILE_PATH` once: all servers of a process must be
trusted by the same file. It is its own authority and good for a week.
"""

from __future__ import annotations

import atexit
import base64
import hashlib
import ipaddress
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.ads.googleads.v26.services.types import (
    campaign_budget_service,
    campaign_service,
    customer_service,
    google_ads_service,
)

from bot.demo.platforms.google_ads.access import Refusal, Status, metadata

VERSION = "v26"
SERVICES = "/google.ads.googleads."
HEADERS = (
    "authorization", "developer-token", "login-customer-id", "x-goog-request-params",
    "x-goog-api-client",
)  # fmt: skip
MESSAGES = {
    Status.INVALID_ARGUMENT: "Request contains an invalid argument.",
    Status.UNAUTHENTICATED: "Request had invalid authentication credentials.",
    Status.PERMISSION_DENIED: "The caller does not have permission",
    Status.NOT_FOUND: "Requested entity was not found.",
    Status.RESOURCE_EXHAUSTED: "Resource has been exhausted (e.g. check quota).",
    Status.INTERNAL: "Internal error encountered.",
    Status.ABORTED: "The operation was aborted.",
}
REQUESTS: dict[str, Any] = {
    "GoogleAdsService/SearchStream": google_ads_service.SearchGoogleAdsStreamRequest,
    "GoogleAdsService/Search": google_ads_service.SearchGoogleAdsRequest,
    "CustomerService/ListAccessibleCustomers": customer_service.ListAccessibleCustomersRequest,
    "CampaignBudgetService/MutateCampaignBudgets":
        campaign_budget_service.MutateCampaignBudgetsRequest,
    "CampaignService/MutateCampaigns": campaign_service.MutateCampaignsRequest,
}  # fmt: skip
Call = Callable[[str, Any, grpc.ServicerContext], Iterator[bytes]]


class Handlers(grpc.GenericRpcHandler):
    """Finds the method by its path; other versions of the API are refused by name.

    The SDK ships no servicer classes, so bytes are read with its message classes here; answers
    are bytes already.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        """The handler; None, which gRPC answers with UNIMPLEMENTED, for what is not there."""
        version, _, method = details.method.removeprefix(SERVICES).partition(".services.")
        if not details.method.startswith(SERVICES) or not method:
            return None
        if version != VERSION:
            return grpc.unary_unary_rpc_method_handler(lambda _, context: _old(context, version))
        if method not in REQUESTS:
            return None
        read = REQUESTS[method].pb().FromString
        if method.endswith("Stream"):
            return grpc.unary_stream_rpc_method_handler(
                lambda request, context: self._call(method, request, context), read
            )
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: next(self._call(method, request, context)), read
        )


def _old(context: grpc.ServicerContext, version: str) -> None:
    message = f"Version {version} is deprecated. Requests to this version will be blocked."
    abort(context, [Refusal("request_error", "UNSUPPORTED_VERSION", message)], "local-0", version)


def abort(
    context: grpc.ServicerContext, refusals: list[Refusal], request_id: str, version: str = VERSION
) -> None:
    """Ends the call with the GoogleAdsFailure of the refusals in its trailing metadata."""
    status = refusals[0].status
    context.set_trailing_metadata(metadata(refusals, request_id, version))
    context.abort(status, MESSAGES.get(status, refusals[0].message))


def half(answer: bytes) -> bytes:
    """The first half of a streamed batch's rows."""
    response = google_ads_service.SearchGoogleAdsStreamResponse.pb().FromString(answer)
    del response.results[len(response.results) // 2 :]
    return bytes(response.SerializeToString())


# -- pages --------------------------------------------------------------------------------
def _mark(request: Any) -> str:
    return hashlib.sha256(f"{request.customer_id}{request.query}".encode()).hexdigest()[:12]


def page_token(request: Any, start: int) -> str:
    """The token of the page that starts at that row of the query's answer."""
    return base64.urlsafe_b64encode(f"{_mark(request)}:{start}".encode()).decode()


def offset(request: Any) -> int:
    """Where the page starts; a token of another query is refused.

    Raises:
        Refusal: `INVALID_PAGE_TOKEN`.
    """
    if not request.page_token:
        return 0
    try:
        mark, start = base64.urlsafe_b64decode(request.page_token).decode().split(":")
    except ValueError:
        mark, start = "", ""
    if mark != _mark(request) or not start.isdecimal():
        raise Refusal("request_error", "INVALID_PAGE_TOKEN", "Page token is invalid.")
    return int(start)


@dataclass(frozen=True)
class Certificate:
    """Chain and key in PEM; `path` holds the chain, for those who must trust it."""

    chain: bytes
    key: bytes
    path: Path


@cache
def certificate() -> Certificate:
    """This process's certificate for localhost and 127.0.0.1; its folder goes with the process."""
    key = ec.generate_private_key(ec.SECP256R1())
    chain = _signed(key).public_bytes(serialization.Encoding.PEM)
    folder = Path(tempfile.mkdtemp(prefix="perfbot-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "roots.pem"
    path.write_bytes(chain)
    os.chmod(path, 0o600)  # noqa: PTH101
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Certificate(chain, private, path)


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "perfbot local platforms")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
