"""Who may ask what: access tokens, the developer token, customer ids, login-customer-id.

Who may not is refused as Google does: a GoogleAdsFailure in the trailing metadata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from google.ads.googleads.v26.errors.types import errors
from google.ads.googleads.v26.errors.types.errors import (
    ErrorCode,
    ErrorLocation,
    GoogleAdsError,
    GoogleAdsFailure,
)

from bot.demo.platforms.entities import Account
from bot.demo.platforms.google_ads.filling import MANAGER
from bot.demo.platforms.journal import Faults
from bot.demo.platforms.tokens import Tokens
from bot.demo.platforms.world import World

Status = grpc.StatusCode
QUOTA_SCOPES: Any = errors.QuotaErrorDetails.QuotaRateScope


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
        quota.rate_scope = QUOTA_SCOPES.DEVELOPER
        quota.retry_delay = {"seconds": int(refusal.retry_seconds)}
    return error


def _code(refusal: Refusal) -> Any:
    """The code by its name: a name that the SDK does not know cannot be sent."""
    enum = ErrorCode.meta.fields[refusal.kind].enum
    return ErrorCode(**{refusal.kind: enum[refusal.code]})


DENIED = (
    "User doesn't have permission to access customer. Note: If you're accessing a client customer, "
    "the manager's customer id must be set in the 'login-customer-id' header."
)
UNSCOPED = "Request had insufficient authentication scopes."


@dataclass(frozen=True)
class Access:
    """The checks before anything is answered.

    The user has the manager account and, beside it, the second client account directly; the
    others are reached through the manager only. All are real accounts: a developer token that is
    not `approved` may only ask for the list of them.
    """

    world: World
    tokens: Tokens
    developer_token: str
    faults: Faults
    writable: bool = True
    approved: bool = True

    def direct(self) -> list[str]:
        """Customers the user is a member of: what ListAccessibleCustomers lists."""
        return [MANAGER, *(a.account_id for a in self.world.accounts("google")[1:2])]

    def caller(self, headers: Mapping[str, str]) -> None:
        """Tokens of the caller.

        Raises:
            Refusal: An access token that is missing, expired or revoked; a developer token that is
                missing or wrong.
        """
        self._oauth(headers.get("authorization", "").removeprefix("Bearer "))
        developer = headers.get("developer-token")
        if not developer:
            raise Refusal(
                "request_error", "DEVELOPER_TOKEN_PARAMETER_MISSING",
                "The developer token is missing from the request headers.",
                status=Status.UNAUTHENTICATED,
            )  # fmt: skip
        if developer != self.developer_token:
            raise _unknown("DEVELOPER_TOKEN_INVALID", "The developer token is not valid.")

    def _oauth(self, token: str) -> None:
        standing = self.tokens.standing(token)
        if self.faults.take("expired"):
            standing = "expired"
        if self.faults.is_on("revoked") and self.faults.take("revoked"):
            standing = "revoked"
        if standing == "good":
            return
        codes = {
            "expired": ("OAUTH_TOKEN_EXPIRED", "OAuth token with the header has expired."),
            "revoked": ("OAUTH_TOKEN_REVOKED", "OAuth token with the header has been revoked."),
            "unknown": ("OAUTH_TOKEN_INVALID", "The OAuth token in the header is not valid."),
        }
        raise _unknown(*codes[standing])

    def customer(self, customer_id: str, headers: Mapping[str, str]) -> Account | None:
        """The account that is asked about; None for the manager itself.

        Raises:
            Refusal: An id that is none, an unknown one, or one the caller cannot reach this way.
        """
        if not _is_id(customer_id):
            raise Refusal(
                "request_error", "INVALID_CUSTOMER_ID", f"Invalid customer ID '{customer_id}'."
            )
        login = headers.get("login-customer-id")
        if login is not None and not _is_id(login):
            raise Refusal(
                "header_error", "INVALID_LOGIN_CUSTOMER_ID",
                "The login customer id could not be validated.",
            )  # fmt: skip
        if not self.approved:
            raise Refusal(
                "authorization_error", "DEVELOPER_TOKEN_NOT_APPROVED",
                "The developer token is only approved for use with test accounts. To access "
                "non-test accounts, apply for Basic or Standard access.",
                status=Status.PERMISSION_DENIED,
            )  # fmt: skip
        account = self.world.account("google", customer_id)
        if account is None and customer_id != MANAGER:
            raise _unknown("CUSTOMER_NOT_FOUND", "No customer found for the provided customer id.")
        if not self._reaches(login, customer_id):
            raise Refusal(
                "authorization_error", "USER_PERMISSION_DENIED", DENIED,
                status=Status.PERMISSION_DENIED,
            )  # fmt: skip
        return account

    def _reaches(self, login: str | None, customer_id: str) -> bool:
        through = login or customer_id
        return through in self.direct() and through in (MANAGER, customer_id)

    def write(self) -> None:
        """Whether the user may change anything.

        Raises:
            Refusal: A user with read-only access.
        """
        if not self.writable or self.faults.take("missing_scope"):
            raise Refusal(
                "authorization_error", "ACTION_NOT_PERMITTED",
                "The user does not have permission to perform this action on the resource.",
                status=Status.PERMISSION_DENIED,
            )  # fmt: skip


def _is_id(written: str) -> bool:
    return written.isdecimal() and len(written) == 10


def _unknown(code: str, message: str) -> Refusal:
    return Refusal("authentication_error", code, message, status=Status.UNAUTHENTICATED)
