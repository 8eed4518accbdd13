"""Web clients that wait politely and never post twice of their own accord."""

from __future__ import annotations

import copy
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.errors import PerfbotError, SettingsError
from bot.telemetry import metrics

SLACK = "https://slack.com/api/"
TIMEOUT = 20  # seconds; Slack's own answers come within a few
LONGEST_WAIT = 10  # seconds of Retry-After worth waiting for; longer ones go back to the outbox
TOKENS_AT = "https://api.slack.com/apps"
BAD_TOKEN = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
             "team_not_installed")  # fmt: skip


class ShortWaits(RateLimitErrorRetryHandler):
    """Waits out a short 429; a long one is raised, so that no lease runs out meanwhile."""

    def _can_retry(self, *, response: HttpResponse | None = None, **_: Any) -> bool:
        limited = response is not None and response.status_code == 429
        return limited and retry_after(response) <= LONGEST_WAIT


class Counting(RetryHandler):
    """Counts what became of each call (`bot.telemetry.metrics`), and never tries again.

    It stands first: whoever comes after is asked only until one wants to try again. Bolt hands its
    handlers to the client of each request, so that no call is left out.
    """

    def can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002, the SDK's signature
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Count it."""
        metrics.slack_called(_failure(response, error))
        return False


def _failure(response: HttpResponse | None, error: Exception | None) -> str:
    """Slack's word for what went wrong, "" where nothing did."""
    if response is None:
        return "unreachable"
    if response.status_code == 429:
        return "ratelimited"
    body = response.body or {}
    if error is None and body.get("ok", True):
        return ""
    return str(body.get("error") or "http_error")


def retry_after(response: Any) -> float:
    """Seconds a 429 asks to wait; 1 where it does not say."""
    headers = {str(name).lower(): value for name, value in (response.headers or {}).items()}
    value = headers.get("retry-after", 1)
    value = value[0] if isinstance(value, list) else value
    try:
        return float(value)
    except ValueError:
        return 1.0


def web_client(token: str | None, api_url: str | None = None) -> WebClient:
    """A client for one token.

    The SDK's own connection retry is left out: a post that failed halfway may have
    happened, and only the outbox knows how to look.
    """
    return WebClient(
        token=token,
        base_url=_with_slash(api_url or SLACK),
        timeout=TIMEOUT,
        retry_handlers=[Counting(), ShortWaits(max_retry_count=2)],
    )


def patient(client: WebClient, seconds: float) -> WebClient:
    """The same client where its answer is not worth waiting for longer than so many seconds."""
    brief = copy.copy(client)
    brief.retry_handlers = [Counting()]
    brief.timeout = seconds  # type: ignore[assignment]  # a socket takes parts of a second
    return brief


def introduce(client: WebClient, variable: str = "SLACK_BOT_TOKEN") -> dict[str, Any]:
    """Who the token is (auth.test): team_id, user_id, bot_id, ….

    Raises:
        SettingsError: Slack does not know the token.
        SlackUnreachable: Slack does not answer.
    """
    try:
        return dict(client.auth_test().data)  # type: ignore[arg-type]  # bytes only for downloads
    except SlackApiError as error:
        raise refused(error, variable) from error
    except OSError as error:
        raise SlackUnreachable(client.base_url) from error


def refused(error: SlackApiError, variable: str) -> PerfbotError:
    """The sentence for a token Slack turned down."""
    code = str(error.response.get("error", ""))
    if code in {*BAD_TOKEN, "not_allowed_token_type"}:
        return SettingsError(
            f"Slack does not accept {variable} ({code}).",
            hint=f"Copy it again from your app's page at {TOKENS_AT}.",
        )
    return PerfbotError(
        f"Slack refused {error.response.get('req_method') or 'a call'} ({code}).",
        hint=f"Check the app at {TOKENS_AT}.",
    )


class SlackUnreachable(PerfbotError):
    """Slack, or what SLACK_API_URL points at, does not answer."""

    code = "slack_unreachable"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"Slack does not answer at {address}.",
            hint="Check the network, or SLACK_API_URL where it is set.",
        )


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
