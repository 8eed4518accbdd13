"""The gRPC side: methods by path, requests from bytes, refusals in trailing metadata, pages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import grpc
from google.ads.googleads.v26.services.types import (
    campaign_budget_service,
    campaign_service,
    customer_service,
    google_ads_service,
)

from bot.demo.platforms.google_ads.failures import Refusal, Status, metadata

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
