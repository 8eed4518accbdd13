"""What Meta's refusals mean, by code and subcode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.redaction import redacted
from bot.sentences import Sentence
from bot.sources.platforms.rest import LATER, Trouble, is_unreached, unreached

RENEW = "Business settings, System users: make a new token with ads_read, and put it in place."
THROTTLED = frozenset({4, 17, 32, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80014})
GRANT = (
    "Give the system user the ad account (Business settings, Ad accounts, People), and the token "
    "the permission ads_read."
)
UNKNOWN_TOKEN = "Meta's access token is not accepted."  # noqa: S105, a sentence
TOKENS = {463: "Meta's access token has expired.", 460: "Meta's access token was taken back."}
DENIED = frozenset({10, 200, 272, 294})
TRANSIENT = frozenset({1, 2, 2601})
SMALLER = "Please reduce the amount of data"
MINUTE = 60.0


def trouble(error: Exception) -> Trouble:
    """What went wrong, in words, and whether asking again may help."""
    from facebook_business.exceptions import (  # noqa: PLC0415 (an extra)
        FacebookBadObjectError,
        FacebookError,
        FacebookRequestError,
    )
    from requests.exceptions import RequestException  # noqa: PLC0415

    if isinstance(error, FacebookRequestError):
        return _refused(error)
    if is_unreached(error):
        return unreached("Meta")
    if isinstance(
        error, FacebookBadObjectError | RequestException | TypeError | ValueError | KeyError
    ):
        # a web page with status 200, an answer that breaks off; its words may hold the address.
        # The SDK takes a page for an object and fails over its letters.
        return Trouble("Meta's answer broke off or could not be read.", LATER, again=True)
    if isinstance(error, FacebookError):
        return Trouble("Meta's library could not read the answer.", LATER, again=True)
    raise error


def is_large(error: Exception) -> bool:
    """Whether the same report must be asked for asynchronously."""
    words = getattr(error, "api_error_message", lambda: None)()
    return bool(words) and str(words).startswith(SMALLER)


def _refused(error: Any) -> Trouble:
    code = error.api_error_code()
    if code in THROTTLED:
        wait = regained(error.http_headers() or {})
        return Trouble("Meta's limit on calls is used up for now.", LATER, again=True, wait=wait)
    passing = code is None or code in TRANSIENT or error.api_transient_error()
    if passing or (error.http_status() or 0) >= 500:
        return Trouble("Meta could not answer just now.", LATER, again=True)
    return _for_good(code, error.api_error_subcode(), str(error.api_error_message() or ""))


def _for_good(code: int, subcode: int | None, message: str) -> Trouble:
    """What asking again does not mend."""
    words = redacted(message).rstrip(".")
    if code == 190:
        return Trouble(TOKENS.get(subcode or 0, UNKNOWN_TOKEN), RENEW)
    if code in DENIED or (code == 100 and subcode == 33):
        return Trouble(
            Sentence("Meta does not let this token read that: %(words)s.", words=words), GRANT
        )
    if code == 2635:
        hint = "Update perfbot: it asks for a version of the API that Meta has switched off."
        return Trouble("Meta's API has moved on.", hint)
    return Trouble(Sentence("Meta refused: %(words)s.", words=words), "See docs/sources.md.")


def regained(headers: Mapping[str, str]) -> float | None:
    """Seconds until calls are let through again, by the usage header; None where it is silent."""
    minutes = [
        use.get("estimated_time_to_regain_access", 0)
        for uses in _usage(headers, "x-business-use-case-usage").values()
        for use in uses
    ]
    longest = max(minutes, default=0)
    return longest * MINUTE if longest else None


def used(headers: Mapping[str, str]) -> float:
    """The largest share of a quota that is used, 0-100."""
    shares = [0.0]
    for uses in _usage(headers, "x-business-use-case-usage").values():
        for use in uses:
            shares += [float(use.get(n, 0)) for n in ("call_count", "total_cputime", "total_time")]
    throttle = _usage(headers, "x-fb-ads-insights-throttle")
    shares += [float(throttle.get(n) or 0) for n in ("app_id_util_pct", "acc_id_util_pct")]
    return max(shares)


def _usage(headers: Mapping[str, str], name: str) -> dict[str, Any]:
    try:
        usage = json.loads(headers.get(name) or "{}")
    except ValueError:
        return {}
    return usage if isinstance(usage, dict) else {}
