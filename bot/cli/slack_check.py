"""What `perfbot doctor` tries of Slack: tokens by using them, channels by looking into them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.places import shipped
from bot.settings import Settings
from bot.slack.lookups import absence
from bot.slack.web_clients import introduce, patient, refused, web_client
from bot.store import Store, open_store
from bot.store.base import Subscription

PATIENCE = 8.0  # seconds; a doctor is waited for
FINE, WORTH_KNOWING, WRONG = "✔", "·", "✘"


Finding = tuple[str, str]  # a mark, and the sentence


def tried(settings: Settings, db: str | None) -> Iterator[Finding]:
    """Tokens, scopes, the socket, and the channels of every subscription: a tick means tried."""
    missing = settings.tokens.missing(settings.slack.mode)
    if missing:
        names = " and ".join(missing)
        yield (WORTH_KNOWING, f"No Slack yet: {names} not set. perfbot demo needs none.")
        return
    assert settings.tokens.bot is not None, "`missing` has looked"
    client = web_client(settings.tokens.bot.get_secret_value(), settings.tokens.api_url)
    client = patient(client, PATIENCE)
    identity = introduce(client)
    yield (
        FINE,
        f"Slack accepts the bot's token: {identity.get('user')} in {identity.get('team')}.",
    )
    yield from _scopes(client)
    yield from _way_in(settings)
    yield from _channels(settings, db, client)


def needed_scopes() -> frozenset[str]:
    """What the manifest asks for, which is what perfbot uses."""
    manifest: Any = yaml.safe_load(shipped("slack-manifest.yml").read_text(encoding="utf-8"))
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])


def _scopes(client: WebClient) -> Iterator[Finding]:
    """Slack says with every answer what was granted."""
    answer = client.auth_test()
    headers = {str(name).lower(): value for name, value in (answer.headers or {}).items()}
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")} - {""}
    if not granted:  # a server that does not say
        return
    lacking = sorted(needed_scopes() - granted)
    if lacking:
        complaint = f"Slack has not granted {', '.join(lacking)}"
        yield (WRONG, f"{complaint}: bring the app up to date with slack-manifest.yml.")
    else:
        yield (FINE, f"Slack has granted all {len(needed_scopes())} scopes.")


def _way_in(settings: Settings) -> Iterator[Finding]:
    """The socket is opened as far as its address; a signing secret only Slack can try."""
    if settings.slack.mode == "http":
        caveat = "whether it is right Slack's first request shows"
        yield (WORTH_KNOWING, f"SLACK_SIGNING_SECRET is set; {caveat}.")
        return
    assert settings.tokens.app is not None, "`missing` has looked"
    token = settings.tokens.app.get_secret_value()
    client = patient(web_client(token, settings.tokens.api_url), PATIENCE)
    try:
        client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        raise refused(error, "SLACK_APP_TOKEN") from error
    yield (FINE, "Slack opens a socket for the app's token.")


def _channels(settings: Settings, db: str | None, client: WebClient) -> Iterator[Finding]:
    store = open_store(settings.database(db), read_only=True, missing_ok=True)
    try:
        subscriptions = store.subscriptions()
        wrong = [
            finding
            for subscription in subscriptions
            for finding in _of_one(store, client, subscription)
        ]
    finally:
        store.close()
    yield from wrong
    if subscriptions and not wrong:
        channels = len({subscription.channel for subscription in subscriptions})
        yield (FINE, f"All {channels} subscribed channels can be posted to.")


def _of_one(store: Store, client: WebClient, subscription: Subscription) -> Iterator[Finding]:
    """What keeps a subscription from its channel."""
    from bot.jobs.due_digests import has_zone  # noqa: PLC0415  (the scheduler's room, for one question)

    preference = store.preference(f"channel:{subscription.channel}")
    place = f"#{preference['name'].lstrip('#')}" if preference.get("name") else subscription.channel
    if not has_zone(subscription):
        zone = subscription.time_zone
        yield (WRONG, f"The summary for {place} cannot come: no time zone {zone}.")
    since = f" (since {preference['away_since'][:10]})" if preference.get("away_since") else ""
    reason = absence(client, subscription.channel)
    if reason is not None:
        yield (WRONG, f"The summary for {place} cannot come{since}: {reason}")
    elif preference.get("away"):  # reading still works where it is archived; posting was tried
        complaint = f"Slack said {preference['away']} when it was last posted to"
        yield (WRONG, f"The summary for {place} waits{since}: {complaint}.")
