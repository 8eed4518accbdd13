"""The Bolt app: every listener, each request once, nothing listening anywhere yet."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App

from bot.slack import answers, buttons, commands, home, threads
from bot.slack.base import Parts
from bot.slack.clients import web_client
from bot.slack.listeners import Ears
from bot.slack.people import People
from bot.slack.say import Speaker

WORKERS = 10  # Bolt's five are few where each answer waits for Slack
FEATURES = (commands, answers, buttons, threads, home)


def build(
    parts: Parts, *, bot_token: str, signing_secret: str | None = None, api_url: str | None = None
) -> App:
    """The app with all its listeners.

    HTTP mode needs the signing secret, a socket none; `api_url` is where Slack's Web API is
    (`https://slack.com/api/` where not given).
    """
    app = App(
        client=web_client(bot_token, api_url),
        signing_secret=signing_secret or "",
        token_verification_enabled=False,  # `clients.introduce` says it in a sentence
        listener_executor=ThreadPoolExecutor(WORKERS, thread_name_prefix="perfbot-slack"),
        logger=logging.getLogger("slack_bolt.perfbot"),
    )
    ears = Ears(app, parts, People(parts), Speaker(parts))
    for feature in FEATURES:
        feature.register(ears)
    _register_the_rest(app)
    return app


def drain(app: App) -> None:
    """Wait for the listeners at work, and take no more."""
    app.listener_runner.listener_executor.shutdown(wait=True)


def _register_the_rest(app: App) -> None:
    """Heard and left alone: link buttons, closed modals. Unheard, Slack would ask again."""
    anything = re.compile(".*")

    def heard(ack: Callable[..., Any]) -> None:
        ack()

    app.action(anything)(heard)
    app.event(anything)(lambda: None)
    app.view_closed(anything)(heard)
