"""What Microsoft's refusals mean: by fault number, and by the AADSTS number of a sign-in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.redaction import redacted
from bot.sentences import Sentence
from bot.sources.platforms.rest import (
    LATER,
    Trouble,
    hiccup,
    is_unreached,
    throttled,
    unreached,
)

TITLE = "Microsoft"
MINUTE = 60.0  # over which Microsoft counts calls
CREDENTIALS, NOT_ALLOWED, EXPIRED, HEADERS, RATE, REPORTS = 105, 106, 109, 116, 117, 207
NOT_THIS_ACCOUNT = 2003
IDENTITIES = (120, 122, 123, 124, 125)  # signed in as a person Microsoft Advertising does not know
SIGN_IN = (
    "Sign in once more with the app (scope msads.manage and offline_access), and put the new "
    "MICROSOFT_ADS_REFRESH_TOKEN in place."
)
LOCKED = (
    "Make a new password at Microsoft first; then sign in once more with the app, and put the new "
    "MICROSOFT_ADS_REFRESH_TOKEN in place."
)
GRANT = (
    "Give the user the account in Microsoft Advertising (Tools, Account access, Users), or check "
    "manager and accounts in perfbot.toml."
)
DEVELOPER = (
    "Copy it from developers.ads.microsoft.com, Account, Request Token (a Super Admin's sign-in), "
    "into MICROSOFT_ADS_DEVELOPER_TOKEN."
)
APP_IDS = frozenset({700016, 90002, 50011})
APP_SECRETS = frozenset({7000215, 7000222, 7000218, 90023})
TAKEN_BACK = frozenset({50173, 50076, 50079, 65001, 500133})


class MicrosoftRefused(Exception):
    """A call that Microsoft answered with a fault; its words stay inside.

    Attributes:
        status: HTTP.
        number, code: Of the first fault: 105, "InvalidCredentials"; 0 and "" where none is named.
        message: Microsoft's own words.
        wait: Seconds it asks to wait.
    """

    def __init__(self, status: int, fault: Mapping[str, Any], wait: float | None) -> None:
        super().__init__(f"status {status}, code {fault.get('Code')}")
        self.status, self.wait = status, wait
        self.number = _whole(fault.get("Code"))
        self.code = str(fault.get("ErrorCode") or "")
        self.message = str(fault.get("Message") or "")


class SignInRefused(Exception):
    """A refresh that Microsoft's sign-in answered with an error.

    Attributes:
        error: `invalid_grant`, `invalid_client` …; "" where it is no answer of the sign-in's.
        number: Of AADSTS…; 0 where none is named.
    """

    def __init__(self, status: int, body: Mapping[str, Any], wait: float | None) -> None:
        super().__init__(f"status {status}")
        self.status, self.wait = status, wait
        self.error = str(body.get("error") or "")
        numbers = body.get("error_codes")
        self.number = _whole(numbers[0]) if isinstance(numbers, list) and numbers else 0


class BrokenAnswer(Exception):
    """An answer or a report that breaks off, or is none."""


class StillCounting(Exception):
    """A report whose last day Microsoft has not finished."""


def _whole(number: Any) -> int:
    try:
        return int(number)
    except (TypeError, ValueError):
        return 0


def first_fault(body: Any) -> Mapping[str, Any]:
    """The first fault of an answer; empty where it names none."""
    if not isinstance(body, dict):
        return {}
    for name in ("Errors", "OperationErrors", "BatchErrors"):
        faults = body.get(name)
        if isinstance(faults, list) and faults and isinstance(faults[0], dict):
            return faults[0]
    return {}


def trouble(error: Exception) -> Trouble:
    """What went wrong, in words, and whether asking again may help."""
    from requests.exceptions import RequestException  # noqa: PLC0415 (an extra)
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    if isinstance(error, MicrosoftRefused):
        return _refused(error)
    if isinstance(error, SignInRefused):
        return _not_signed_in(error)
    if isinstance(error, StillCounting):
        sentence = Sentence("Microsoft is still counting %(days)s.", days=str(error))
        return Trouble(sentence, LATER)
    if is_unreached(error):
        return unreached(TITLE)
    broken = (BrokenAnswer, RequestException, HTTPError, zipfile.BadZipFile, UnicodeDecodeError,
              json.JSONDecodeError, EOFError)  # fmt: skip
    if isinstance(error, broken) or type(error).__module__.startswith("openapi_client"):
        # their words may hold the address of a report, which is a secret for five minutes
        return Trouble("Microsoft's answer broke off or could not be read.", LATER, again=True)
    raise error


def _refused(error: MicrosoftRefused) -> Trouble:
    if error.number in (RATE, REPORTS) or error.status == 429:
        return throttled(TITLE, error.wait or MINUTE)
    if error.number in WAYS:
        return Trouble(*WAYS[error.number])
    if error.number in IDENTITIES:
        return Trouble("Microsoft Advertising knows this person under another sign-in.", SIGN_IN)
    if "NoLongerSupported" in error.code:
        hint = "Update perfbot: it asks for a version of the API that Microsoft has switched off."
        return Trouble("Microsoft's API has moved on.", hint)
    if error.status >= 500 or not error.number:
        return replace(hiccup(TITLE), wait=error.wait)
    words = redacted(error.message).strip().rstrip(".") or error.code or str(error.number)
    return Trouble(Sentence("Microsoft refused: %(words)s.", words=words), "See docs/sources.md.")


WAYS: dict[int, tuple[str, str]] = {
    CREDENTIALS: (
        "Microsoft signs this user in, and does not accept the developer token with it.", DEVELOPER,
    ),
    HEADERS: ("Microsoft misses the developer token.", DEVELOPER),
    NOT_ALLOWED: ("Microsoft does not let this user read that account.", GRANT),
    NOT_THIS_ACCOUNT: ("Microsoft does not let this user read that account.", GRANT),
    108: (
        "Microsoft has locked this user, because somebody else may have signed in as them.",
        LOCKED,
    ),
    EXPIRED: ("Microsoft's access token has expired as soon as it was made.", SIGN_IN),
}  # fmt: skip


def _not_signed_in(error: SignInRefused) -> Trouble:
    if error.status == 429:
        return throttled(TITLE, error.wait or MINUTE)
    if error.number in APP_IDS or error.error == "unauthorized_client":
        hint = "Azure portal, App registrations, Overview: copy the Application (client) ID."
        return Trouble("Microsoft does not know this app: check MICROSOFT_ADS_CLIENT_ID.", hint)
    if error.number in APP_SECRETS or error.error == "invalid_client":
        hint = (
            "Azure portal, App registrations, Certificates & secrets: make a new one. A mobile or "
            "desktop app has none: leave it away."
        )
        return Trouble("Microsoft does not accept MICROSOFT_ADS_CLIENT_SECRET.", hint)
    if error.error in ("invalid_grant", "interaction_required", "consent_required"):
        return Trouble(
            "Microsoft's refresh token was taken back."
            if error.number in TAKEN_BACK
            else "Microsoft's refresh token has expired or is not known.",
            SIGN_IN,
        )
    if error.status >= 500 or not error.error:
        return replace(hiccup(TITLE), wait=error.wait)
    sentence = Sentence("Microsoft's sign-in refused: %(words)s.", words=redacted(error.error))
    return Trouble(sentence, SIGN_IN)
