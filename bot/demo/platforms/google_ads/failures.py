"""Refusals as Google gives them: a GoogleAdsFailure in the trailing metadata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import grpc
from google.ads.googleads.v26.errors.types import errors
from google.ads.googleads.v26.errors.types.errors import (
    ErrorCode,
    ErrorLocation,
    GoogleAdsError,
    GoogleAdsFailure,
)

Status = grpc.StatusCode
SCOPES: Any = errors.QuotaErrorDetails.QuotaRateScope


class Refusal(Exception):
    """What is refused, in the API's own words.

    Args:
        kind: The field of ErrorCode, e.g. `query_error`.
        code: The enum value's name, e.g. `UNRECOGNIZED_FIELD`.
        message: The sentence the API writes.
        status: The gRPC status.
        trigger: The value that caused it.
    """

    def __init__(
        self,
        kind: str,
        code: str,
        message: str,
        *,
        status: grpc.StatusCode = Status.INVALID_ARGUMENT,
        trigger: str = "",
    ) -> None:
        super().__init__(message)
        self.kind, self.code, self.message, self.status = kind, code, message, status
        self.trigger = trigger
        self.operation: int | None = None
        self.retry_seconds: float | None = None

    def after(self, seconds: float | None) -> Refusal:
        """The same refusal, with how long the quota asks to wait."""
        self.retry_seconds = seconds
        return self

    def at(self, operation: int) -> Refusal:
        """The same refusal, of a certain operation of a mutate call."""
        self.operation = operation
        return self


class Bare(Exception):
    """A refusal without a GoogleAdsFailure: what fails before the API is reached."""

    def __init__(self, status: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Refusals(Exception):
    """Several refused operations of one call."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(refusals[0].message)
        self.refusals = list(refusals)


def failure(refusals: Sequence[Refusal], request_id: str) -> Any:
    """The GoogleAdsFailure of those refusals."""
    return GoogleAdsFailure(errors=[_error(refusal) for refusal in refusals], request_id=request_id)


def metadata(refusals: Sequence[Refusal], request_id: str, version: str) -> tuple[Any, ...]:
    """The trailing metadata under the key of the version that was called."""
    key = f"google.ads.googleads.{version}.errors.googleadsfailure-bin"
    written = GoogleAdsFailure.serialize(failure(refusals, request_id))
    return ((key, written), ("request-id", request_id))


def _error(refusal: Refusal) -> Any:
    error = GoogleAdsError(error_code=_code(refusal), message=refusal.message)
    if refusal.trigger:
        error.trigger.string_value = refusal.trigger
    if refusal.operation is not None:
        element = ErrorLocation.FieldPathElement(field_name="operations", index=refusal.operation)
        error.location.field_path_elements.append(element)
    if refusal.retry_seconds is not None:
        quota: Any = error.details.quota_error_details
        quota.rate_name = "Number of operations for basic access"
        quota.rate_scope = SCOPES.DEVELOPER
        quota.retry_delay = {"seconds": int(refusal.retry_seconds)}
    return error


def _code(refusal: Refusal) -> Any:
    """The code by its name: a name that the SDK does not know cannot be sent."""
    enum = ErrorCode.meta.fields[refusal.kind].enum
    return ErrorCode(**{refusal.kind: enum[refusal.code]})
