"""What Google's refusals mean, whichever of its libraries raises them."""

from __future__ import annotations

from typing import Any

from bot.redaction import redacted
from bot.sentences import Sentence
from bot.sources.platforms.rest import LATER, Trouble, hiccup, unreached

SIGN_IN = "Sign in once more as a user who has the account, and put the new refresh token in place."
NOBODY_THERE = ("failed to connect", "DNS resolution failed", "name resolution")  # gRPC's words
WORDS: dict[str, tuple[str, str]] = {
    "DEVELOPER_TOKEN_NOT_APPROVED": (
        "The developer token may only read test accounts.",
        "In the manager account: Admin, API Center, apply for Basic access.",
    ),
    "DEVELOPER_TOKEN_INVALID": (
        "Google does not know this developer token.",
        "Copy it from the manager account: Admin, API Center.",
    ),
    "DEVELOPER_TOKEN_PARAMETER_MISSING": (
        "The developer token is missing.", "Set GOOGLE_ADS_DEVELOPER_TOKEN.",
    ),
    "DEVELOPER_TOKEN_PROHIBITED": (
        "This developer token belongs to another Google Cloud project.",
        "Use the OAuth client of the project that the token was first used with.",
    ),
    "USER_PERMISSION_DENIED": (
        "The user who signed in does not reach this account.",
        "Set manager to the manager account's id, or have the user invited: Admin, Access.",
    ),
    "CUSTOMER_NOT_FOUND": (
        "Google knows no such account.", "Check the ten digits at the top of Google Ads.",
    ),
    "INVALID_CUSTOMER_ID": (
        "This is no account id.", "Write the ten digits at the top of Google Ads.",
    ),
    "INVALID_LOGIN_CUSTOMER_ID": (
        "The manager account's id is none.", "Write its ten digits in manager.",
    ),
    "CUSTOMER_NOT_ENABLED": (
        "The account is closed or not set up yet.", "Leave it out of accounts, or have it opened.",
    ),
    "OAUTH_TOKEN_REVOKED": ("The permission was taken back.", SIGN_IN),
    "OAUTH_TOKEN_INVALID": ("Google does not accept the access token.", SIGN_IN),
    "OAUTH_TOKEN_EXPIRED": (
        "Google calls each new access token expired.",
        ("Set this computer's clock right; else sign in once more, and put the new refresh token "
         "in place."),
    ),
}  # fmt: skip
READ_ONLY = ("ACTION_NOT_PERMITTED", "OPERATION_ACCESS_DENIED", "MUTATE_ACTION_NOT_PERMITTED")
PASSING = ("quota_error", "internal_error", "database_error")
QUOTA = "Google's quota is used up for now."
USED_UP = "Nothing stored is lost; the next pull fetches it. Ask for Standard access if it recurs."
SCOPE = "insufficient authentication scopes"


def trouble(error: Exception) -> Trouble:
    """What went wrong, in words, and whether asking again may help.

    google-ads raises `GoogleAdsException` for some statuses and google.api_core's errors for
    others (RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE); google-auth its own for tokens.
    """
    from google.api_core.exceptions import GoogleAPICallError  # noqa: PLC0415 (an extra)
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415
    from grpc import RpcError  # noqa: PLC0415

    if isinstance(error, GoogleAuthError):
        return _signing_in(error)
    failure = failure_of(error)
    if failure is not None and failure.errors:
        return refused(failure.errors[0])
    if isinstance(error, GoogleAPICallError | RpcError):
        return _status(error)
    raise error


def is_expired(error: Exception) -> bool:
    """Whether a new access token may be all that is needed."""
    failure = failure_of(error)
    return bool(failure and failure.errors and _code(failure.errors[0])[1] == "OAUTH_TOKEN_EXPIRED")


def words_of(error: Any) -> str:
    """What Google says of one error, without what may be secret."""
    return redacted(error.message)


def is_read_only(error: Exception) -> bool:
    """Whether the user who signed in may read and not change."""
    failure = failure_of(error)
    return bool(failure and any(_code(fault)[1] in READ_ONLY for fault in failure.errors))


def failure_of(error: Exception) -> Any:
    """The GoogleAdsFailure of an exception, wherever it is; None where there is none."""
    failure = getattr(error, "failure", None)
    if failure is not None:
        return failure
    for call in getattr(error, "errors", ()) or ():
        for key, value in getattr(call, "trailing_metadata", lambda: None)() or ():
            if str(key).endswith("googleadsfailure-bin"):
                return _parsed(value)
    return None


def _parsed(value: bytes) -> Any:
    from google.ads.googleads.v26.errors.types.errors import (  # noqa: PLC0415
        GoogleAdsFailure,
    )

    return GoogleAdsFailure.deserialize(value)


def _code(error: Any) -> tuple[str, str]:
    """The kind and the name of a code; a name the SDK does not know is its number."""
    code = error.error_code
    message = getattr(code, "_pb", code)
    kind = message.WhichOneof("error_code") or "unknown"
    if kind == "unknown":
        return kind, ""
    number = getattr(message, kind)
    value = message.DESCRIPTOR.fields_by_name[kind].enum_type.values_by_number.get(number)
    return kind, value.name if value else str(number)


def refused(error: Any) -> Trouble:
    """One error of a GoogleAdsFailure."""
    kind, name = _code(error)
    if kind in PASSING:
        if kind == "quota_error":
            return Trouble(QUOTA, USED_UP, again=True, wait=_delay(error))
        return hiccup("Google")
    words = redacted(error.message).rstrip(".")
    unknown = Sentence("Google refused: %(words)s.", words=words), "See docs/sources.md."
    sentence, hint = WORDS.get(name, unknown)
    return Trouble(sentence, hint, again=name == "OAUTH_TOKEN_EXPIRED")


def _delay(error: Any) -> float | None:
    delay = error.details.quota_error_details.retry_delay
    seconds = delay.total_seconds() if hasattr(delay, "total_seconds") else float(delay.seconds)
    return seconds or None


def _signing_in(error: Exception) -> Trouble:
    words = str(error)
    if "invalid_grant" in words:
        return Trouble("The Google sign-in has expired or was taken back.", SIGN_IN)
    if "invalid_client" in words:
        hint = "Check GOOGLE_ADS_CLIENT_ID and GOOGLE_ADS_CLIENT_SECRET in Google Cloud."
        return Trouble("Google does not know this OAuth client.", hint)
    return Trouble("Google's sign-in did not answer.", "Check the network.", again=True)


def _status(error: Any) -> Trouble:
    """A refusal without a GoogleAdsFailure: by its gRPC status alone."""
    code = error.code() if callable(getattr(error, "code", None)) else error.grpc_status_code
    name = getattr(code, "name", "UNKNOWN")
    if name == "PERMISSION_DENIED" and SCOPE in str(error):
        return Trouble(
            "The sign-in lacks the permission https://www.googleapis.com/auth/adwords.",
            "Sign in once more and tick Google Ads when Google asks.",
        )
    if name == "UNAUTHENTICATED":
        return Trouble("Google does not accept the sign-in.", SIGN_IN)
    if name == "UNAVAILABLE" and any(words in str(error) for words in NOBODY_THERE):
        return unreached("Google")
    if name in ("UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "UNKNOWN", "ABORTED"):
        return Trouble("Google's answer broke off or could not be read.", LATER, again=True)
    if name == "RESOURCE_EXHAUSTED":
        return Trouble(QUOTA, USED_UP, again=True)
    sentence = Sentence("Google refused the call (%(name)s).", name=name)
    return Trouble(sentence, "See docs/sources.md.")
