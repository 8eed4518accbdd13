"""The way in for another workspace: `/slack/install` and `/slack/oauth_redirect`.

Bolt's own OAuth flow, with a state that is used once, ends, and is the browser's that began; its
pages are one sentence each. What is asked too often, or is too long, is turned away first.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anyio import CapacityLimiter, fail_after, to_thread
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import PerfbotError
from bot.slack.installations import Installs, States
from bot.slack.lanes import QuestionRate
from bot.slack.web_clients import web_client

log = logging.getLogger(__name__)
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
LONGEST = 4_000  # characters of an address; Slack's codes and states are short
AT_ONCE, EACH_SECOND = 20.0, 0.5  # installs begun or ended, of everybody together
PATIENCE = 15.0  # seconds
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",  # the address holds a code
    "X-Content-Type-Options": "nosniff",
}
AGAIN = "Begin again at /slack/install."
REASONS = {
    "access_denied": "The install was cancelled, and nothing was kept.",
    "invalid_browser": "This install was begun in another browser, or too long ago.",
    "invalid_state": "This install was ended already, or begun too long ago.",
    "missing_code": "Slack sent no code.",
    "invalid_code": "Slack does not take the code it gave: it is used once, and ends soon.",
}


class NotInstalled(PerfbotError):
    """An install that came to nothing."""

    code = "not_installed"

    def __init__(self, reason: str) -> None:
        sentence = REASONS.get(reason, "The install came to nothing: something failed here.")
        super().__init__(sentence, hint=AGAIN)


@dataclass(frozen=True)
class AppIdentity:
    """The app at Slack: whose installs are asked for, and where Slack leads back to.

    Attributes:
        address: Where perfbot is on the web, `https://perfbot.example.com`.
    """

    client_id: str
    client_secret: str
    scopes: Sequence[str]
    address: str
    api_url: str = ""


@dataclass(frozen=True)
class InstallBooks:
    """Where what comes of an install is kept: installs that are done, and those begun."""

    installs: Installs
    states: States


class Installer:
    """Answers the two addresses.

    Args:
        app: The app at Slack.
        books: Where what comes of it is kept.
        sentence: An error as whoever installs is told it.
        done: Is told of each workspace that was installed.
        clock: Aware UTC now.
    """

    def __init__(
        self,
        app: AppIdentity,
        books: InstallBooks,
        sentence: Callable[[PerfbotError], str],
        done: Callable[[str], object],
        clock: Callable[[], datetime],
    ) -> None:
        self.app, self.sentence, self.done, self.clock = app, sentence, done, clock
        self._rate = QuestionRate(AT_ONCE, EACH_SECOND)
        self._threads = CapacityLimiter(4)
        callbacks = CallbackOptions(success=self._succeeded, failure=self._failed)
        settings = OAuthSettings(
            client_id=app.client_id,
            client_secret=app.client_secret,
            scopes=app.scopes,
            redirect_uri=f"{app.address.rstrip('/')}{REDIRECT}",
            install_page_rendering_enabled=False,
            installation_store=books.installs,
            state_store=books.states,
            callback_options=callbacks,
            authorization_url=_authorize_url(app.api_url),
        )
        client, log = web_client(None, app.api_url or None), logging.getLogger("slack_bolt.perfbot")
        self.flow = OAuthFlow(client=client, settings=settings, logger=log)

    def routes(self) -> list[Route]:
        """The two addresses, beside whatever else is served."""
        return [
            Route(INSTALL, self._answers(self.flow.handle_installation), methods=["GET"]),
            Route(REDIRECT, self._answers(self.flow.handle_callback), methods=["GET"]),
        ]

    def _answers(self, step: Callable[[BoltRequest], BoltResponse]) -> Callable[..., Any]:
        async def answer(request: Request) -> Response:
            if len(str(request.url)) > LONGEST:
                return PlainTextResponse("too long", 414)
            if not self._rate.allows("install", self.clock()):
                return PlainTextResponse("too many", 429, headers={"Retry-After": "10"})
            try:
                with fail_after(PATIENCE):
                    answered = await to_thread.run_sync(
                        self._tried, step, to_bolt_request(request, b""),
                        limiter=self._threads, abandon_on_cancel=True,
                    )  # fmt: skip
            except TimeoutError:
                return PlainTextResponse("too slow", 503)
            response = to_starlette_response(answered)
            response.headers.update(HEADERS)
            return response

        return answer

    def _tried(self, step: Callable[[BoltRequest], BoltResponse], req: BoltRequest) -> BoltResponse:
        try:
            return step(req)
        except PerfbotError as error:
            log.warning("An install came to nothing: %s", error)
            return self._page(self.sentence(error), 403)
        except Exception as error:  # noqa: BLE001  (whoever installs is told a sentence)
            log.error("An install failed: %s", type(error).__name__)  # noqa: TRY400, no arguments
            return self._page(self.sentence(NotInstalled("")), 500)

    def _succeeded(self, args: SuccessArgs) -> BoltResponse:
        team, name = str(args.installation.team_id), str(args.installation.team_name or "")
        self.done(team)
        log.info("perfbot was installed into workspace %s (%s).", team, name)
        return self._page(self.sentence(Ready(name or team)), 200, ended=True)

    def _failed(self, args: FailureArgs) -> BoltResponse:
        log.warning("An install came to nothing: %s.", args.reason if args.reason in REASONS
                    else "another reason")  # fmt: skip
        status = args.suggested_status_code
        return self._page(self.sentence(NotInstalled(args.reason)), status, ended=True)

    def _page(self, sentence: str, status: int, *, ended: bool = False) -> BoltResponse:
        page = HTMLResponse(PAGE.format(sentence=html.escape(sentence)))
        headers: dict[str, Any] = {"Content-Type": "text/html; charset=utf-8"}
        if ended:
            utils = self.flow.settings.state_utils
            headers["Set-Cookie"] = [utils.build_set_cookie_for_deletion()]
        return BoltResponse(status=status, body=bytes(page.body).decode(), headers=headers)


class Ready(PerfbotError):
    """That it worked, said by the way errors are said."""

    code = "installed"

    def __init__(self, name: str) -> None:
        super().__init__(
            "perfbot is installed in %(name)s.",
            hint="Write /invite @perfbot in a channel. It shows nothing there until whoever runs "
            "perfbot says whose the channel is.",
            values={"name": name},
        )


PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>perfbot</title>'
    "<body><p>{sentence}</p></body></html>"
)


def _authorize_url(api_url: str) -> str | None:
    """Slack's dialog: beside the Web API where that is elsewhere, as in the local workspace."""
    if not api_url:
        return None
    return f"{api_url.rstrip('/').removesuffix('/api')}/oauth/v2/authorize"
