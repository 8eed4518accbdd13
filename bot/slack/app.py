"""The Bolt app: every listener, each request once, nothing listening anywhere yet."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.slack import advice_buttons, files, home, questions, threads
from bot.slack.base import SlackParts
from bot.slack.catching_up import CatchingUp, Threads
from bot.slack.failing import NotInstalledHere
from bot.slack.lanes import ANSWERING, Hearing, Lanes, QuestionRate, Turns, behind
from bot.slack.listeners import Listeners
from bot.slack.lookups import People
from bot.slack.say import Responder
from bot.slack.web_clients import web_client
from bot.slack.workspaces import ByWorkspace, Workspaces

FEATURES = (questions, advice_buttons, threads, files, home)
STOPPING = 4.0  # seconds for what is at work


def build(
    parts: SlackParts,
    *,
    bot_token: str,
    signing_secret: str | None = None,
    api_url: str | None = None,
    workspaces: Workspaces | None = None,
) -> App:
    """The app with all its listeners.

    HTTP mode needs the signing secret, a socket none; `api_url` is where Slack's Web API is
    (`https://slack.com/api/` where not given). With `workspaces` it hears several, each with a
    token of its own.
    """
    lanes = Lanes(answers=Turns(ANSWERING, "perfbot-answers", budget=parts.patience))
    hearing = Hearing(lanes, signing_secret or "")
    app = App(
        client=web_client(None if workspaces else bot_token, api_url),
        signing_secret=signing_secret or "",
        token_verification_enabled=True,  # who we are is asked now, not when a question waits
        authorize=_authorize(workspaces),
        oauth_flow=workspaces.flow if workspaces else None,
        user_facing_authorize_error_message=parts.excuse(NotInstalledHere(), parts.language)[0],
        listener_executor=hearing,
        logger=logging.getLogger("slack_bolt.perfbot"),
    )
    if workspaces is not None:
        app.middleware(workspaces.crossing())
    ears = _ears(app, parts)
    for feature in FEATURES:
        feature.register(ears)
    _register_the_end(app, parts, workspaces)
    _register_the_rest(app)
    return app


def _authorize(workspaces: Workspaces | None) -> Callable[..., Any] | None:
    return ByWorkspace(workspaces) if workspaces else None


def _ears(app: App, parts: SlackParts) -> Listeners:
    lanes = behind(app).lanes
    return Listeners(app, parts, People(parts), Responder(parts), lanes, QuestionRate(*parts.rate))


def catching_up(
    app: App,
    parts: SlackParts,
    threads: Threads,
    connected: Callable[[], bool],
    client: WebClient | None = None,
) -> CatchingUp:
    """Reads back what was said while nobody listened; to be called every few seconds.

    `client` is the one for every workspace, where there are several.
    """
    return CatchingUp(_ears(app, parts), client or app.client, threads, connected)


def drain(app: App, seconds: float = STOPPING) -> None:
    """Begin nothing more; what is at work has so many seconds to end.

    Whoever still waits in line is told that perfbot is starting anew.
    """
    hearing = behind(app)
    hearing.shutdown(wait=False)
    hearing.lanes.close(seconds)


def _register_the_end(app: App, parts: SlackParts, workspaces: Workspaces | None) -> None:
    """Slack says that the token is void, or the app gone: nothing can be said any more."""

    def ended(event: dict[str, Any], body: dict[str, Any]) -> None:
        if workspaces is None or not workspaces.ended(body):
            parts.taken_back(str(event["type"]))

    app.event("tokens_revoked")(ended)
    app.event("app_uninstalled")(ended)


def _register_the_rest(app: App) -> None:
    """Heard and left alone: link buttons, closed modals. Unheard, Slack would ask again."""
    anything = re.compile(".*")

    def acknowledge(ack: Callable[..., Any]) -> None:
        ack()

    app.action(anything)(acknowledge)
    app.event(anything)(lambda: None)
    app.view_closed(anything)(acknowledge)
